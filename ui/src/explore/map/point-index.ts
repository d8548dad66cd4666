// The points of a map by place, in square cells, so that what is under the pointer is found without asking each of them.
import type { Bounds } from './geometry';

const kPointsPerCell = 4;
const kMostCells = 1024;

export class PointIndex {
  readonly #x: Float32Array;
  readonly #y: Float32Array;
  readonly #bounds: Bounds;
  readonly #side: number;
  readonly #columns: number;
  // Where the points of each cell begin in #points.
  readonly #starts: Uint32Array;
  readonly #points: Uint32Array;

  constructor(x: Float32Array, y: Float32Array, bounds: Bounds) {
    this.#x = x;
    this.#y = y;
    this.#bounds = bounds;
    const columns = Math.max(1, Math.min(kMostCells, Math.round(Math.sqrt(x.length / kPointsPerCell))));
    this.#columns = columns;
    this.#side = Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top, 1e-9) / columns;
    const cells = new Uint32Array(x.length);
    const starts = new Uint32Array(columns * columns + 1);
    for (let index = 0; index < x.length; index += 1) {
      const cell = this.#row(y[index] ?? 0) * columns + this.#column(x[index] ?? 0);
      cells[index] = cell;
      starts[cell + 1] = (starts[cell + 1] ?? 0) + 1;
    }
    for (let cell = 0; cell < columns * columns; cell += 1) starts[cell + 1] = (starts[cell + 1] ?? 0) + (starts[cell] ?? 0);
    const next = starts.slice();
    this.#points = new Uint32Array(x.length);
    for (let index = 0; index < x.length; index += 1) {
      const cell = cells[index] ?? 0;
      const at = next[cell] ?? 0;
      this.#points[at] = index;
      next[cell] = at + 1;
    }
    this.#starts = starts;
  }

  // The nearest point, of equally near ones the one that was drawn last.
  nearest(x: number, y: number, within: number): number | undefined {
    let best: number | undefined;
    let least = within * within;
    const [left, right] = [this.#column(x - within), this.#column(x + within)];
    for (let row = this.#row(y - within); row <= this.#row(y + within); row += 1) {
      const from = this.#starts[row * this.#columns + left] ?? 0;
      const to = this.#starts[row * this.#columns + right + 1] ?? 0;
      for (let at = from; at < to; at += 1) {
        const index = this.#points[at] ?? 0;
        const distance = ((this.#x[index] ?? 0) - x) ** 2 + ((this.#y[index] ?? 0) - y) ** 2;
        if (distance > least || (distance === least && best !== undefined && index < best)) continue;
        best = index;
        least = distance;
      }
    }
    return best;
  }

  #column(x: number): number {
    return Math.max(0, Math.min(this.#columns - 1, Math.floor((x - this.#bounds.left) / this.#side)));
  }

  #row(y: number): number {
    return Math.max(0, Math.min(this.#columns - 1, Math.floor((y - this.#bounds.top) / this.#side)));
  }
}
