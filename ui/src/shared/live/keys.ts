// Two kinds of query: live ones are read again when the project changes; frozen ones (a result and its order) stay as
// they are until the person asks for newer ones.
export const liveKey = (project: string, ...rest: readonly unknown[]) => ['live', project, ...rest] as const;
export const frozenKey = (project: string, ...rest: readonly unknown[]) => ['frozen', project, ...rest] as const;
