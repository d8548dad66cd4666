export function columnsIn(width: number, side: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (side + gap)));
}

// Where a key leads from the active tile, or nothing if the key does not move.
export function moveBy(key: string, active: number, count: number, columns: number, perPage: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -perPage,
    PageDown: perPage,
  };
  if (count === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return undefined;
  const next = active + step;
  // One row further than there is stays put, except that the last, shorter row can be reached.
  if (next < 0) return key === 'ArrowUp' ? active : 0;
  if (next >= count) return key === 'ArrowDown' && Math.floor(active / columns) === Math.floor((count - 1) / columns) ? active : count - 1;
  return next;
}
