import { useSyncExternalStore } from 'react';

let said = '';
const listeners = new Set<() => void>();

// For who cannot see the tile change: what was saved, in the server's sentence. The same sentence twice in a row is
// read twice.
export function announce(message: string): void {
  said = said === message ? `${message}\u00a0` : message;
  for (const listener of listeners) listener();
}

export function Announcer() {
  const message = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  return (
    <div className="visually-hidden" aria-live="polite" data-testid="announcer">
      {message}
    </div>
  );
}
