import { describe, expect, test } from 'vitest';
import { moveBy, shapeGrid } from './grid-geometry';

describe('the shape of the grid', () => {
  test('photographs grow until they fill the width, in the shape of the first', () => {
    const { columns, side, height, gap } = shapeGrid(700, 104, { width: 160, height: 120 });
    expect(columns).toBe(6);
    expect(columns * side + (columns - 1) * gap).toBeGreaterThan(690);
    expect(height).toBe(Math.round(side * 0.75));
  });
  test('small pictures keep whole multiples of their size', () => {
    const small = { width: 28, height: 28 };
    expect(shapeGrid(700, 104, small)).toEqual({ columns: 5, side: 112, height: 112, gap: 28 });
    expect(shapeGrid(700, 60, small).side).toBe(56);
    expect(shapeGrid(700, 104, small, 1.5).side * 1.5).toBe(168);
  });
  test('a panorama does not make all tiles flat', () => {
    expect(shapeGrid(100, 100, { width: 300, height: 30 }).height).toBe(60);
  });
  test('a narrow pane still has one column', () => {
    expect(shapeGrid(40, 104, undefined).columns).toBe(1);
  });
});

describe('keys in a grid of 10 tiles in rows of 4', () => {
  test.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 7, 9],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 2, 2],
    ['End', 0, 9],
    ['Home', 9, 0],
    ['PageDown', 0, 8],
  ])('%s from %i leads to %i', (key, from, to) => {
    expect(moveBy(key, from, 10, 4, 8)).toBe(to);
  });
  test('other keys do not move', () => {
    expect(moveBy('x', 3, 10, 4, 8)).toBeUndefined();
    expect(moveBy('End', 0, 0, 4, 8)).toBeUndefined();
  });
});
