import type { Bounds, Point } from './geometry';

// What of the map is on the screen: the point in the middle, and pixels per unit as a power of two.
export interface View {
  x: number;
  y: number;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

const kMargin = 16;

export function fitView({ left, right, top, bottom }: Bounds, { width, height }: Size): View {
  const across = (right - left) / Math.max(width - 2 * kMargin, kMargin);
  const down = (bottom - top) / Math.max(height - 2 * kMargin, kMargin);
  return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: -Math.log2(Math.max(across, down, 1e-9)) };
}

// From pixels of the canvas to the map's own coordinates.
export function toMap({ x, y, zoom }: View, { width, height }: Size, px: number, py: number): Point {
  const scale = 2 ** zoom;
  return [x + (px - width / 2) / scale, y + (py - height / 2) / scale];
}

export function movedBy(view: View, dx: number, dy: number): View {
  const scale = 2 ** view.zoom;
  return { ...view, x: view.x - dx / scale, y: view.y - dy / scale };
}

// What lies under the pixel stays there.
export function zoomedAround(view: View, size: Size, px: number, py: number, zoom: number): View {
  const [x, y] = toMap(view, size, px, py);
  const scale = 2 ** zoom;
  return { x: x - (px - size.width / 2) / scale, y: y - (py - size.height / 2) / scale, zoom };
}
