// A list of changes as people remember it: by day.
import { toDate } from '../shared/format';

export interface Day<T> {
  name: string;
  entries: T[];
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function nameOf(date: Date, now: Date): string {
  if (midnight(date) === midnight(now)) return 'Today';
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (midnight(date) === midnight(yesterday)) return 'Yesterday';
  return date.toLocaleDateString(undefined, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
}

// Keeps the order; entries of one day stand together.
export function byDay<T extends { at: number }>(entries: readonly T[], now = new Date()): Day<T>[] {
  const days: Day<T>[] = [];
  for (const entry of entries) {
    const name = nameOf(toDate(entry.at), now);
    const last = days.at(-1);
    if (last?.name === name) last.entries.push(entry);
    else days.push({ name, entries: [entry] });
  }
  return days;
}
