// The samples that a person has selected. Grid, map and action bar share it; it ends with the project or the result.
import { useSyncExternalStore } from 'react';
import type { Ordinal } from '../api/types';

export type Selection =
  | { kind: 'none' }
  | { kind: 'some'; ordinals: ReadonlySet<Ordinal> }
  // All that matched when the result was made.
  | { kind: 'all'; result: string; count: number };

const none: Selection = { kind: 'none' };
let current: Selection = none;
const listeners = new Set<() => void>();

export function select(next: Selection): void {
  current = next.kind === 'some' && next.ordinals.size === 0 ? none : next;
  for (const listener of listeners) listener();
}

export function selectOrdinals(ordinals: Iterable<Ordinal>): void {
  select({ kind: 'some', ordinals: new Set(ordinals) });
}

export function clearSelection(): void {
  if (current !== none) select(none);
}

export function currentSelection(): Selection {
  return current;
}

// Takes one in or lets it go. Of all that match, one less cannot be said, so all are let go.
export function toggleSelected(ordinal: Ordinal): void {
  const ordinals = new Set(current.kind === 'some' ? current.ordinals : []);
  if (!ordinals.delete(ordinal)) ordinals.add(ordinal);
  selectOrdinals(ordinals);
}

export function addSelected(more: Iterable<Ordinal>): void {
  selectOrdinals([...(current.kind === 'some' ? current.ordinals : []), ...more]);
}

// Lets go of what the present result does not hold.
export function keepSelected(result: string, ordinals: Uint32Array): void {
  if (current.kind === 'all' && current.result !== result) clearSelection();
  if (current.kind !== 'some') return;
  const there = new Set(ordinals);
  const kept = [...current.ordinals].filter((ordinal) => there.has(ordinal));
  if (kept.length < current.ordinals.size) selectOrdinals(kept);
}

export function isSelected(selection: Selection, ordinal: Ordinal): boolean {
  return selection.kind === 'all' || (selection.kind === 'some' && selection.ordinals.has(ordinal));
}

export function countSelected(selection: Selection): number {
  if (selection.kind === 'none') return 0;
  return selection.kind === 'all' ? selection.count : selection.ordinals.size;
}

export function useSelection(): Selection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    currentSelection,
  );
}
