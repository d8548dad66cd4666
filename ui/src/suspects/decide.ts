// What a person decides about a suspected label, and the edit that it becomes.
import type { Edit } from '../shared/api/types';

export type Decision = { kind: 'keep' } | { kind: 'set'; class: string };

// Decided labels are confirmed: they are not asked about again.
export function editOf(decision: Decision): Edit['set'] {
  return decision.kind === 'keep' ? { confirm: true } : { class: decision.class, confirm: true };
}

export function titleOf(decision: Decision, count: number): string {
  const what = decision.kind === 'keep' ? 'Keep the label' : `Set class ${decision.class}`;
  return count === 1 ? what : `${what} of ${String(count)} samples`;
}

// The next place from `from` whose sample is undecided; `from` itself when there is none.
export function nextUndecided(rows: readonly { ordinal: number; decided: boolean }[], from: number, done: ReadonlyMap<number, unknown>): number {
  for (let step = 1; step <= rows.length; step += 1) {
    const place = (from + step) % rows.length;
    const row = rows[place];
    if (row !== undefined && !row.decided && !done.has(row.ordinal)) return place;
  }
  return from;
}
