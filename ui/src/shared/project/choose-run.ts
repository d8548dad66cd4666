import type { ModelRun, Project } from '../api/types';

// The run that a link names, else the probe, else the newest.
export function chooseRun(project: Project, wanted: string | undefined): ModelRun | undefined {
  return (
    project.runs.find((run) => run.id === wanted) ??
    project.runs.find((run) => run.id === 'probe') ??
    project.runs.toSorted((a, b) => b.created_at - a.created_at)[0]
  );
}
