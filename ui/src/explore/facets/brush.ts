import type { Range } from '../../shared/filter/facet-selection';

// From two positions (shares of the width) to a range; it snaps outwards to the edges of bins, so that what is
// highlighted is what is counted. The ends of the histogram are open.
export function brushRange(edges: readonly number[], from: number, to: number): Range {
  const bins = edges.length - 1;
  if (bins < 1) return [null, null];
  const first = Math.min(bins - 1, Math.floor(Math.min(from, to) * bins));
  const last = Math.max(first + 1, Math.min(bins, Math.ceil(Math.max(from, to) * bins)));
  return [first === 0 ? null : (edges[first] ?? null), last === bins ? null : (edges[last] ?? null)];
}

export function isInRange(edges: readonly number[], bin: number, [low, high]: Range): boolean {
  const start = edges[bin] ?? 0;
  const end = edges[bin + 1] ?? 0;
  return (low === null || end > low) && (high === null || start < high);
}
