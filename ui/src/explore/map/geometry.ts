export type Point = readonly [x: number, y: number];

export interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function boundsOf(x: ArrayLike<number>, y: ArrayLike<number>): Bounds {
  const bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (let index = 0; index < x.length; index += 1) {
    const px = x[index] ?? 0;
    const py = y[index] ?? 0;
    bounds.left = Math.min(bounds.left, px);
    bounds.right = Math.max(bounds.right, px);
    bounds.top = Math.min(bounds.top, py);
    bounds.bottom = Math.max(bounds.bottom, py);
  }
  return x.length === 0 ? { left: -1, right: 1, top: -1, bottom: 1 } : bounds;
}

// The even-odd rule (W. R. Franklin, PNPOLY).
export function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [xi, yi] = polygon[i] ?? [0, 0];
    const [xj, yj] = polygon[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

// Indexes of the points inside.
export function pointsInside(polygon: readonly Point[], x: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const bounds = boundsOf(
    polygon.map(([px]) => px),
    polygon.map(([, py]) => py),
  );
  const found: number[] = [];
  for (let index = 0; index < x.length; index += 1) {
    const px = x[index] ?? 0;
    const py = y[index] ?? 0;
    if (px < bounds.left || px > bounds.right || py < bounds.top || py > bounds.bottom) continue;
    if (isInside(polygon, px, py)) found.push(index);
  }
  return found;
}

const kMostCorners = 500;

// A hand draws more corners than a link can hold: every n-th is enough.
export function thinOut(polygon: readonly Point[]): Point[] {
  const step = Math.max(1, Math.ceil(polygon.length / kMostCorners));
  return polygon.filter((_, index) => index % step === 0);
}
