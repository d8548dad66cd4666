import { expect, test } from 'vitest';
import { numbersFrom } from '../../testing/numbers';
import { boundsOf } from './geometry';
import { PointIndex } from './point-index';

test('what is nearest is found as if every point had been asked', () => {
  const next = numbersFrom(7);
  const x = Float32Array.from({ length: 5000 }, () => next() * next());
  const y = Float32Array.from({ length: 5000 }, () => next());
  const index = new PointIndex(x, y, boundsOf(x, y));
  for (let round = 0; round < 200; round += 1) {
    const [px, py, within] = [next() * 1.2 - 0.1, next() * 1.2 - 0.1, next() * 0.02];
    let best: number | undefined;
    let least = within * within;
    x.forEach((at, point) => {
      const distance = (at - px) ** 2 + ((y[point] ?? 0) - py) ** 2;
      if (distance <= least) [best, least] = [point, distance];
    });
    expect(index.nearest(px, py, within)).toBe(best);
  }
});

test('of points at one place the last is found, and far from all none', () => {
  const [x, y] = [new Float32Array([1, 1, 1]), new Float32Array([2, 2, 2])];
  const index = new PointIndex(x, y, boundsOf(x, y));
  expect(index.nearest(1, 2, 0.1)).toBe(2);
  expect(index.nearest(3, 2, 0.1)).toBeUndefined();
});
