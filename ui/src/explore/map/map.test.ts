import { expect, test } from 'vitest';
import { membership, paint } from './colours';
import { isInside, pointsInside, thinOut, type Point } from './geometry';

const square: Point[] = [[0, 0], [2, 0], [2, 2], [0, 2]];

test('a lasso takes what is inside of it', () => {
  expect(isInside(square, 1, 1)).toBe(true);
  expect(isInside(square, 3, 1)).toBe(false);
  expect(pointsInside(square, [1, 3, 0.5, -1], [1, 1, 1.5, 0])).toEqual([0, 2]);
});

test('a dent in a lasso is outside', () => {
  const dented: Point[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  expect(isInside(dented, 2, 3)).toBe(false);
  expect(isInside(dented, 2, 0.5)).toBe(true);
});

test('a long lasso is thinned out', () => {
  const long = Array.from({ length: 2400 }, (_, index): Point => [index, 0]);
  expect(thinOut(long)).toHaveLength(480);
  expect(thinOut(square)).toEqual(square);
});

test('points take the colour of their value, and fade outside of the filter', () => {
  const values = { kind: 'categories' as const, names: ['wrong', 'right'], ordinal: new Uint32Array([0, 1, 2]), code: new Uint16Array([0, 65535, 1]) };
  const { colours, legend } = paint(new Uint32Array([2, 0, 1]), values, membership(new Uint32Array([2]), 3));
  expect([...colours.slice(0, 4)]).toEqual([0x1f, 0x9e, 0x95, 220]);
  expect([...colours.slice(4, 8)]).toEqual([0x8c, 0x8f, 0x91, 30]);
  expect([...colours.slice(8, 11)]).toEqual([0x8c, 0x8f, 0x91]);
  expect(legend).toEqual([{ name: 'wrong', colour: '#e2572f' }, { name: 'right', colour: '#1f9e95' }]);
});

test('points with a value lie over those without, and these over what the filter leaves out', () => {
  const values = { kind: 'categories' as const, names: ['bar'], ordinal: new Uint32Array([0, 1, 2]), code: new Uint16Array([0, 65535, 0]) };
  const { colours } = paint(new Uint32Array([0, 1, 2]), values, membership(new Uint32Array([0, 1]), 3));
  const [labelled, unlabelled, out] = [colours[3] ?? 0, colours[7] ?? 0, colours[11] ?? 0]; // alpha is the order of drawing
  expect(labelled).toBeGreaterThan(unlabelled);
  expect(unlabelled).toBeGreaterThan(out);
});

test('numbers take a ramp between their ends, and missing ones none', () => {
  const number = new Float32Array([0, NaN, 1]);
  const { colours } = paint(new Uint32Array([0, 1, 2]), { kind: 'numbers', low: 0, high: 1, ordinal: new Uint32Array([0, 1, 2]), number }, undefined);
  expect([...colours.slice(0, 3)]).toEqual([46, 62, 110]);
  expect([...colours.slice(4, 7)]).toEqual([0x8c, 0x8f, 0x91]);
  expect([...colours.slice(8, 11)]).toEqual([252, 222, 156]);
});
