// The newest sequence number that this tab knows of each project: from its own writes and from the server's events.
// Reads ask for `at_least` this number, so that nobody sees a state older than what they did.
import type { SequenceNumber } from '../api/types';

const heads = new Map<string, SequenceNumber>();
const listeners = new Set<() => void>();

export function headOf(project: string): SequenceNumber {
  return heads.get(project) ?? 0;
}

export function noteSequence(project: string, sequence: SequenceNumber): void {
  if (sequence <= headOf(project)) return;
  heads.set(project, sequence);
  for (const listener of listeners) listener();
}

export function subscribeToHeads(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
