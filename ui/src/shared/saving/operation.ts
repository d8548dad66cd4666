// One write that waits for the server, kept in the browser until the server has said that it is on disk.
import type { Conflict, Edit, EditResult, LabelState, Ordinal, SequenceNumber, Split } from '../api/types';

// What an edit makes of a tile, shown before the server has answered.
export interface TilePatch {
  class?: string | null;
  state?: LabelState;
  split?: Split;
  excluded?: boolean;
}

export type Work =
  | { kind: 'edit'; edit: Edit; patch: TilePatch }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'undo-change'; sequence: SequenceNumber };

export interface Operation {
  // The Idempotency-Key: the same on every try.
  id: string;
  // The tab that sends it; another tab takes it over when this one is gone.
  owner: string;
  project: string;
  // For people: "Set class Shirt".
  title: string;
  // Milliseconds; the order of operations.
  at: number;
  work: Work;
  // Its base has been settled and it may have reached the server.
  settled?: boolean;
  // Set when the server refused it because the samples had moved.
  conflicts?: Conflict[];
}

// An operation that the server has done; its patch stands until the tiles themselves are as new.
export interface LandedOperation {
  operation: Operation;
  result: EditResult;
}

export function touchedBy(operation: Operation): readonly Ordinal[] | 'unknown' {
  if (operation.work.kind !== 'edit') return 'unknown';
  const { target } = operation.work.edit;
  return 'ordinals' in target ? target.ordinals : 'unknown';
}

export function overlaps(a: readonly Ordinal[] | 'unknown', b: readonly Ordinal[] | 'unknown'): boolean {
  if (a === 'unknown' || b === 'unknown') return true;
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  const set = new Set(many);
  return few.some((ordinal) => set.has(ordinal));
}

export function patchOf(set: Edit['set']): TilePatch {
  const patch: TilePatch = {};
  if (set.class !== undefined) {
    patch.class = set.class;
    patch.state = 'set';
  }
  if (set.confirm) patch.state = 'confirmed';
  if (set.split !== undefined) patch.split = set.split;
  if (set.excluded !== undefined) patch.excluded = set.excluded;
  return patch;
}
