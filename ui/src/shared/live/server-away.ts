// Whether the server answers, as far as this tab has seen: the last request decides.
import { useSyncExternalStore } from 'react';

let away = false;
const listeners = new Set<() => void>();

export function noteServer(answers: boolean): void {
  if (away === !answers) return;
  away = !answers;
  for (const listener of listeners) listener();
}

export function useServerAway(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => away,
  );
}
