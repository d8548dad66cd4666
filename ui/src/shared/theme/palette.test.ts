import { expect, test } from 'vitest';
import { classColour, noLabelColour, palette, toRgb, type Rgb } from './palette';

// Deuteranopia and protanopia after Machado, Oliveira and Fernandes (2009), severity 1, in linear light.
const kinds: Record<string, readonly (readonly number[])[]> = {
  'the usual eye': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
};

const linear = (channel: number) => ((channel / 255) <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);

function oklab(rgb: Rgb, matrix: readonly (readonly number[])[]): number[] {
  const [r = 0, g = 0, b = 0] = matrix.map((row) =>
    Math.max(0, row.reduce((sum, factor, index) => sum + factor * linear(rgb[index as 0 | 1 | 2]), 0)),
  );
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)));

test('there are twenty colours, all different', () => {
  expect(new Set(palette).size).toBe(20);
});

// 0.02 is about what an eye can just tell apart; the first ten, which most projects need, keep well clear of it.
test.each(Object.keys(kinds))('the first ten colours can be told apart with %s', (kind) => {
  const seen = palette.slice(0, 10).map((hex) => oklab(toRgb(hex), kinds[kind] ?? []));
  const nearest = Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b))));
  expect(nearest).toBeGreaterThan(0.05);
});

test('a class keeps its colour, and no class is grey', () => {
  expect(classColour(3)).toBe(classColour(23));
  expect(classColour(undefined)).toBe(noLabelColour);
});
