import { expect, test } from 'vitest';
import type { components } from '../shared/api/schema';
import { classOrder } from './class-order';

const figure = (value: number | null, n: number) => ({ value, low: null, high: null, n });
const row = (name: string, recall: number | null, n: number) => ({
  class: name,
  precision: figure(null, 0),
  recall: figure(recall, n),
  f1: figure(null, 0),
  n,
  predicted: 0,
});
const evaluation = {
  classes: ['Shirt', 'Bag', 'Coat', 'Hat'].map((name, id) => ({ id, name, retired: false })),
  per_class: [row('Shirt', 0.6, 10), row('Bag', 0.99, 10), row('Coat', 0.4, 10), row('Hat', null, 0)],
} as unknown as components['schemas']['Evaluation'];

test('classes come in the project’s order, by name, or worst recall first with unmeasured ones last', () => {
  expect(classOrder(evaluation, 'given')).toEqual([0, 1, 2, 3]);
  expect(classOrder(evaluation, 'name')).toEqual([1, 2, 3, 0]);
  expect(classOrder(evaluation, 'worst')).toEqual([2, 0, 1, 3]);
});
