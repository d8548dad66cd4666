import type { components } from '../shared/api/schema';

type Evaluation = components['schemas']['Evaluation'];
export type ClassOrder = 'given' | 'worst' | 'name';

// Indices into `evaluation.classes`. Classes without samples are neither best nor worst: they come last.
export function classOrder(evaluation: Evaluation, order: ClassOrder): number[] {
  const indices = evaluation.classes.map((_, index) => index);
  if (order === 'given') return indices;
  const name = (index: number) => evaluation.classes[index]?.name ?? '';
  if (order === 'name') return indices.sort((a, b) => name(a).localeCompare(name(b)));
  const recall = new Map(evaluation.per_class.map((row) => [row.class, row.n === 0 ? null : row.recall.value]));
  const key = (index: number) => recall.get(name(index)) ?? Number.POSITIVE_INFINITY;
  return indices.sort((a, b) => key(a) - key(b) || a - b);
}
