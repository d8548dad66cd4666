import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { components } from '../shared/api/schema';
import { clothes, project } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { server } from '../testing/server';

type Evaluation = components['schemas']['Evaluation'];
type Comparison = components['schemas']['Comparison'];

const share = (value: number | null, n: number) => ({ value, low: value === null ? null : value - 0.05, high: value === null ? null : value + 0.05, n });
const [probe] = project.runs;
if (probe === undefined) throw new Error('The project has a run');
const older = { ...probe, id: 'older', name: 'probe of version spring' };

const evaluation: Evaluation = {
  as_of: 1, run: probe, n: 100, without_truth: 0, without_prediction: 0, accuracy: share(0.8, 100), macro_f1: share(0.79, 100),
  classes: [{ id: 0, name: 'Shirt', retired: false }, { id: 1, name: 'Coat', retired: false }],
  per_class: [
    { class: 'Shirt', precision: share(0.9, 40), recall: share(0.7, 50), f1: share(0.78, 50), n: 50, predicted: 40 },
    { class: 'Coat', precision: share(0.75, 60), recall: share(0.9, 50), f1: share(0.82, 50), n: 50, predicted: 60 },
  ],
  confusion: [[35, 15, 0], [5, 45, 0]],
  calibration: [{ low: 0.9, high: 1, n: 60, confidence: 0.95, accuracy: 0.9 }],
  calibration_error: 0.04,
  thresholds: [{ threshold: 0, coverage: 1, accuracy: 0.8 }, { threshold: 0.5, coverage: 0.75, accuracy: 0.9 }],
};

const comparison: Comparison = {
  as_of: 1, n: 100, a: older, b: probe, accuracy_a: share(0.7, 100), accuracy_b: share(0.8, 100), difference: share(0.1, 100),
  better: [1, 2], worse: [3], better_count: 2, worse_count: 1, p_value: 0.02, verdict: 'likely_real_gain',
  per_class: [{ class: 'Shirt', n: 50, before: share(0.6, 50), after: share(0.7, 50), difference: share(0.1, 50), verdict: 'too_small_to_tell' }],
};

const asked: unknown[] = [];

beforeEach(() => {
  asked.length = 0;
  server.use(
    ...clothes,
    http.post('*/projects/clothes/evaluations', async ({ request }) => {
      const body = await request.json();
      asked.push(body);
      return HttpResponse.json(evaluation);
    }),
    http.post('*/projects/clothes/comparisons', () => HttpResponse.json(comparison)),
  );
});

test('a cell of the confusion matrix opens exactly its samples', async () => {
  const { user, path, search } = renderApp('/projects/clothes/model');
  await user.click(await screen.findByRole('link', { name: 'Shirt predicted as Coat: 15 of 50' }));
  expect(path()).toBe('/projects/clothes/explore');
  expect(search()['filter']).toEqual({
    all: [{ split: ['test'] }, { label: { class: ['Shirt'] } }, { prediction: { run: 'probe', class: ['Coat'] } }],
  });
});

test('rows and columns open too, an empty cell does not', async () => {
  server.use(http.post('*/projects/clothes/evaluations', () => HttpResponse.json({ ...evaluation, confusion: [[50, 0, 0], [5, 45, 0]] })));
  renderApp('/projects/clothes/model');
  const matrix = within(await screen.findByRole('region', { name: 'Confusion matrix' }));
  expect(matrix.getByRole('columnheader', { name: 'Coat' })).toContainElement(matrix.getAllByRole('link', { name: 'Coat' })[0] ?? null);
  expect(matrix.getByRole('rowheader', { name: 'Coat' })).toBeVisible();
  expect(matrix.queryByRole('link', { name: /Shirt predicted as Coat/ })).not.toBeInTheDocument();
});

test('figures stand with their interval and n', async () => {
  renderApp('/projects/clothes/model');
  expect(await screen.findByText('75.0 – 85.0 · n 100')).toBeVisible();
  expect(screen.getByText('off by 4.0 % on average (ECE)')).toBeVisible();
});

test('the matrix can be read as shares of its rows', async () => {
  const { user } = renderApp('/projects/clothes/model');
  const cell = await screen.findByRole('link', { name: 'Shirt predicted as Coat: 15 of 50' });
  expect(cell).toHaveTextContent('15');
  await user.click(screen.getByRole('radio', { name: 'Row %' }));
  expect(cell).toHaveTextContent('30');
});

test('a threshold counts again and narrows what a cell opens', async () => {
  const { user, search } = renderApp('/projects/clothes/model');
  const slider = await screen.findByRole('slider', { name: 'Confidence threshold' });
  slider.focus();
  await user.keyboard('{ArrowRight>10/}');
  expect(await screen.findByText('At 50 % the model answers for 75.0 % of the samples and is right in 90.0 % of those.')).toBeVisible();
  await user.click(await screen.findByRole('link', { name: 'Shirt predicted as Coat: 15 of 50' }));
  expect(search()['filter']).toMatchObject({ all: [{}, {}, { prediction: { confidence: [0.5, 1] } }] });
  expect(asked).toContainEqual(expect.objectContaining({ threshold: 0.5 }));
});

test('two runs are compared by sample, by class and with a verdict', async () => {
  server.use(http.get('*/projects/clothes', () => HttpResponse.json({ ...project, runs: [probe, older] })));
  const { user, search } = renderApp('/projects/clothes/model');
  const panel = within(await screen.findByRole('region', { name: 'Compare' }));
  expect(await panel.findByText('better')).toBeVisible();
  expect(panel.getByText('McNemar p = 0.020')).toBeVisible();
  expect(panel.getByRole('row', { name: /Shirt 60.0 → 70.0 50 no difference that can be told/ })).toBeVisible();
  await user.click(panel.getByRole('link', { name: '2 got right' }));
  expect(search()['filter']).toEqual({ ordinals: [1, 2] });
});

test('without test samples the page says what is missing', async () => {
  server.use(http.post('*/projects/clothes/evaluations', () => HttpResponse.json({ ...evaluation, n: 0, sentence: 'No sample in test has a label.' })));
  renderApp('/projects/clothes/model');
  expect(await screen.findByText('No sample in test has a label.')).toBeVisible();
});

test('a matrix of many classes begins small and can be made larger', async () => {
  const many = Array.from({ length: 100 }, (_, id) => ({ id, name: `class ${String(id)}`, retired: false }));
  const confusion = many.map((_, row) => [...many.map((__, column) => (row === column ? 7 : 0)), 0]);
  server.use(http.post('*/projects/clothes/evaluations', () => HttpResponse.json({ ...evaluation, classes: many, confusion })));
  const { user } = renderApp('/projects/clothes/model');
  const diagonal = await screen.findByRole('link', { name: 'class 3 predicted as class 3: 7 of 7' });
  expect(diagonal).toHaveTextContent(/^$/);
  const size = screen.getByRole('slider', { name: 'Size of the cells' });
  size.focus();
  await user.keyboard('{End}');
  expect(screen.getByRole('link', { name: 'class 3 predicted as class 3: 7 of 7' })).toHaveTextContent('7');
});
