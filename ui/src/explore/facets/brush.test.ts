import { expect, test } from 'vitest';
import { brushRange, isInRange } from './brush';

const edges = [0, 10, 20, 30, 40];

test('a brush snaps to the bins that it touches', () => {
  expect(brushRange(edges, 0.3, 0.6)).toEqual([10, 30]);
  expect(brushRange(edges, 0.6, 0.3)).toEqual([10, 30]);
});

test('at the ends a brush is open', () => {
  expect(brushRange(edges, 0, 0.2)).toEqual([null, 10]);
  expect(brushRange(edges, 0.9, 1)).toEqual([30, null]);
});

test('bins outside of a range are told apart', () => {
  expect([0, 1, 2, 3].map((bin) => isInRange(edges, bin, [10, 30]))).toEqual([false, true, true, false]);
});
