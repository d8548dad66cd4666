// recycling-photos with some train labels flipped by a seed, as a folder that the server may import from.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const kFlipped = 0.08;

export const recyclingSource = process.env['BURNISH_TEST_DATA'] === undefined ? undefined : resolve(process.env['BURNISH_TEST_DATA'], 'recycling-photos');

export const hasRecycling = () => recyclingSource !== undefined && existsSync(resolve(recyclingSource, 'labels.csv'));

// A small generator with a written state, so that every run flips the same labels (Numerical Recipes' constants).
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function writeFlipped(folder: string): void {
  if (recyclingSource === undefined) return;
  mkdirSync(folder, { recursive: true });
  cpSync(resolve(recyclingSource, 'images'), resolve(folder, 'images'), { recursive: true });
  const [head, ...lines] = readFileSync(resolve(recyclingSource, 'labels.csv'), 'utf8').trim().split(/\r?\n/);
  const rows = lines.map((line) => line.split(','));
  const classes = [...new Set(rows.map((row) => row[1] ?? ''))].sort();
  const next = numbers(7);
  const flipped = rows.map(([file = '', label = '', split = '']) => {
    if (split !== 'train' || next() >= kFlipped) return [file, label, split];
    // A person who mixes classes up does so always in the same way.
    return [file, classes[(classes.indexOf(label) + 1) % classes.length] ?? label, split];
  });
  writeFileSync(resolve(folder, 'labels.csv'), [head, ...flipped.map((row) => row.join(','))].join('\n') + '\n');
}
