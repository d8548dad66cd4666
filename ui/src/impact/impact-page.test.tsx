import { fireEvent, screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import { clothes } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { server } from '../testing/server';
import type { Impact } from './impact-query';

const share = (value: number) => ({ value, low: value - 0.01, high: value + 0.01, n: 2000 });

const impact: Impact = {
  ready: true, baseline: { name: 'import', sequence: 1 }, baselines: [{ name: 'import', sequence: 1 }, { name: 'spring', sequence: 9 }],
  sentence: 'Fixing 41 labels: accuracy 83.1 → 84.0 %, likely real (p = 0.02)', verdict: 'likely_real_gain', n: 2000,
  changes: { labels: 41, splits: 0, excluded: 0, samples: 41 },
  accuracy_before: share(0.831), accuracy_after: share(0.84), accuracy_difference: { value: 0.009, low: 0.002, high: 0.016, n: 2000 },
  better: [5, 6], worse: [],
  per_class: [{ class: 'Shirt', n: 200, before: share(0.6), after: share(0.62), difference: share(0.02), verdict: 'too_small_to_tell' }],
};

const answer = (more: Partial<Impact> = {}) => server.use(...clothes, http.get('*/projects/clothes/impact', () => HttpResponse.json({ ...impact, ...more })));

test('the plain sentence stands above the figures, which have their interval', async () => {
  answer();
  renderApp('/projects/clothes/impact');
  expect(await screen.findByText('Fixing 41 labels: accuracy 83.1 → 84.0 %, likely real (p = 0.02)')).toBeVisible();
  expect(screen.getByRole('region', { name: 'Accuracy' })).toHaveTextContent('83.1 → 84.0 %+0.9 points, 95 % interval +0.2 to +1.6 · n 2,000');
  expect(screen.getByRole('row', { name: 'Shirt 60.0 62.0 +2.0 200 too small to tell' })).toBeVisible();
  expect(screen.queryByRole('table', { name: /test labels? changed/ })).not.toBeInTheDocument();
});

test('what moved opens in Explore; what did not cannot be opened', async () => {
  answer();
  const { user, search } = renderApp('/projects/clothes/impact');
  expect(await screen.findByText('none got wrong')).toBeVisible();
  await user.click(screen.getByRole('link', { name: '2 got right' }));
  expect(search()).toMatchObject({ filter: { ordinals: [5, 6] }, run: 'probe' });
});

test('edited test labels are told apart from a better model, two by two', async () => {
  answer({
    test_labels_changed: 3,
    two_by_two: [
      { labels: 'old', before: share(0.831), after: share(0.84), p_value: 0.02, n: 2000 },
      { labels: 'new', before: share(0.832), after: share(0.842), p_value: 0.0001, n: 2000 },
    ],
  });
  renderApp('/projects/clothes/impact');
  const panel = within(await screen.findByRole('region', { name: '3 test labels changed' }));
  expect(panel.getByRole('columnheader', { name: 'Probe before' })).toBeVisible();
  expect(panel.getByRole('row', { name: /the old test labels .* 0.020/ })).toBeVisible();
  expect(panel.getByRole('row', { name: /the new test labels .* < 0.001/ })).toBeVisible();
});

test('another baseline can be chosen', async () => {
  const asked: (string | null)[] = [];
  server.use(
    ...clothes,
    http.get('*/projects/clothes/impact', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('baseline'));
      return HttpResponse.json(impact);
    }),
  );
  const { user } = renderApp('/projects/clothes/impact');
  await user.click(await screen.findByRole('combobox', { name: 'Since' }));
  await user.click(await screen.findByRole('option', { name: 'version spring' }));
  await screen.findByText(/Fixing 41 labels/);
  expect(asked).toContain('spring');
});

test('a baseline chosen just before the page is loaded again is kept', async () => {
  answer();
  const { user } = renderApp('/projects/clothes/impact');
  await user.click(await screen.findByRole('combobox', { name: 'Since' }));
  const option = await screen.findByRole('option', { name: 'version spring' });
  const sent = vi.spyOn(globalThis, 'fetch');
  fireEvent.click(option);
  window.dispatchEvent(new Event('pagehide'));
  expect(sent).toHaveBeenCalledWith('/api/v1/preferences', expect.objectContaining({ method: 'PUT', keepalive: true, body: JSON.stringify({ 'impact.baseline.clothes': 'spring' }) }));
  sent.mockRestore();
});

test('before there is anything to compare, the page says what it waits for', async () => {
  answer({ ready: false, sentence: 'Nothing was changed since the import.' });
  renderApp('/projects/clothes/impact');
  expect(await screen.findByText('Nothing was changed since the import.')).toBeVisible();
});
