import { expect, test } from 'vitest';
import { fitted, panned, zoomedAt } from './pose';

test('what lies under the pointer stays there while zooming', () => {
  const pose = zoomedAt(panned(fitted, 10, 0), 2, 50, 20);
  // The picture's point under (50, 20) was at 40, 20 of the fitted picture.
  expect(40 * pose.scale + pose.x).toBeCloseTo(50);
  expect(20 * pose.scale + pose.y).toBeCloseTo(20);
});

test('zoom has its limits', () => {
  expect(zoomedAt(fitted, 1000, 0, 0).scale).toBe(40);
  expect(zoomedAt(fitted, 0.001, 0, 0).scale).toBe(0.5);
});
