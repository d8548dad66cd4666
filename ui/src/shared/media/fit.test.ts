import { expect, test } from 'vitest';
import { fitPicture } from './fit';

test('a small picture is scaled by a whole factor, in device pixels', () => {
  expect(fitPicture(28, 28, 96)).toEqual({ width: 84, height: 84, sharp: true });
  expect(fitPicture(28, 28, 96, 2)).toEqual({ width: 84, height: 84, sharp: true });
  expect(fitPicture(28, 28, 100, 1.5).width * 1.5).toBeCloseTo(28 * 5);
});

test('a small picture in a smaller square keeps its pixels', () => {
  expect(fitPicture(64, 32, 40)).toEqual({ width: 64, height: 32, sharp: true });
});

test('a photograph fills the square with its longer side', () => {
  expect(fitPicture(320, 240, 160)).toEqual({ width: 160, height: 120, sharp: false });
});

test('a box may be lower than it is wide', () => {
  expect(fitPicture(320, 240, 160, 1, 100)).toEqual({ width: 320 * (100 / 240), height: 100, sharp: false });
});
