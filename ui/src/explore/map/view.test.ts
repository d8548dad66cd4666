import { expect, test } from 'vitest';
import { fitView, movedBy, toMap, zoomedAround } from './view';

const size = { width: 432, height: 232 };

test('the whole map lies inside, with a margin', () => {
  const view = fitView({ left: -1, right: 1, top: -1, bottom: 1 }, size);
  expect(toMap(view, size, 216, 16)[1]).toBeCloseTo(-1);
  expect(toMap(view, size, 216, 216)[1]).toBeCloseTo(1);
});

test('what is dragged stays under the hand', () => {
  const view = fitView({ left: -1, right: 1, top: -1, bottom: 1 }, size);
  const before = toMap(view, size, 100, 50);
  const after = toMap(movedBy(view, 30, -20), size, 130, 30);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});

test('what lies under the pointer stays there when it is zoomed', () => {
  const view = fitView({ left: -1, right: 1, top: -1, bottom: 1 }, size);
  const before = toMap(view, size, 100, 50);
  const after = toMap(zoomedAround(view, size, 100, 50, view.zoom + 3), size, 100, 50);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});
