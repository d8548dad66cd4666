import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Edit } from '../shared/api/types';
import { clothes, editResult } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { server } from '../testing/server';
import type { Suspect, Suspects } from './suspects-query';

const suspect = (ordinal: number, given: string, suggested: string): Suspect => ({
  ordinal, given, suggested, present: given, state: 'set', score: 0.04, decided: false, agreement: 0.2,
});
const rows = [suspect(0, 'Shirt', 'Coat'), suspect(1, 'Coat', 'Shirt'), suspect(2, 'Shirt', 'Coat')];

function ranking(suspects: readonly Suspect[], more: Partial<Suspects> = {}): Suspects {
  const left = suspects.filter(({ decided }) => !decided).length;
  return {
    generation: 4, newest_generation: 4, as_of: 1, ready: true, total: suspects.length, remaining: left, decided: suspects.length - left,
    pairs: [{ given: 'Shirt', suggested: 'Coat', count: 2 }, { given: 'Coat', suggested: 'Shirt', count: 1 }],
    suspects: [...suspects], ...more,
  };
}

const edits: Edit[] = [];
let undone = 0;

beforeEach(() => {
  edits.length = 0;
  undone = 0;
  server.use(
    ...clothes,
    http.get('*/projects/clothes/suspects', ({ request }) => {
      const asked = new URL(request.url).searchParams;
      return HttpResponse.json(ranking(rows.filter(({ given }) => asked.get('given') === null || asked.get('given') === given)));
    }),
    http.get('*/projects/clothes/impact', () =>
      HttpResponse.json({ ready: false, baseline: { name: 'import', sequence: 1 }, baselines: [], sentence: '', changes: { labels: 0, splits: 0, excluded: 0, samples: 0 } }),
    ),
    http.post('*/projects/clothes/edits', async ({ request }) => {
      edits.push((await request.json()) as Edit);
      return HttpResponse.json(editResult());
    }),
    http.post('*/projects/clothes/undo', () => {
      undone += 1;
      return HttpResponse.json(editResult());
    }),
  );
});

const question = (ordinal: number, given: string) => screen.findByRole('img', { name: `Sample ${String(ordinal)}, labeled ${given}` });

test('Enter accepts, K keeps, a digit chooses another class, and each decision confirms the label', async () => {
  const { user } = renderApp('/projects/clothes/suspects');
  await question(0, 'Shirt');
  await user.keyboard('{Enter}');
  await question(1, 'Coat');
  await user.keyboard('k');
  await question(2, 'Shirt');
  await user.keyboard('1');
  expect(await screen.findByText('All decided')).toBeVisible();
  await vi.waitFor(() =>
    expect(edits).toMatchObject([
      { target: { ordinals: [0] }, set: { class: 'Coat', confirm: true } },
      { target: { ordinals: [1] }, set: { confirm: true } },
      { target: { ordinals: [2] }, set: { class: 'Shirt', confirm: true } },
    ]),
  );
});

test('S skips without an edit; Z takes the last decision back and returns to it', async () => {
  const { user } = renderApp('/projects/clothes/suspects');
  await question(0, 'Shirt');
  await user.keyboard('s');
  await question(1, 'Coat');
  await user.keyboard('{Enter}');
  await question(2, 'Shirt');
  expect(screen.getByText('2 of 3 remain')).toBeVisible();
  await user.keyboard('z');
  await question(1, 'Coat');
  expect(screen.getByText('3 of 3 remain')).toBeVisible();
  await vi.waitFor(() => expect(undone).toBe(1));
  expect(edits).toHaveLength(1);
});

test('Enter on a button that has the focus presses that button', async () => {
  const { user } = renderApp('/projects/clothes/suspects');
  await question(0, 'Shirt');
  screen.getByRole('button', { name: /^Keep Shirt/ }).focus();
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(edits).toMatchObject([{ target: { ordinals: [0] }, set: { confirm: true } }]));
});

test('a class pair is walked alone, from its first sample', async () => {
  const { user } = renderApp('/projects/clothes/suspects');
  await question(0, 'Shirt');
  await user.click(screen.getByRole('button', { name: 'Coat → Shirt 1' }));
  await question(1, 'Coat');
  expect(screen.getByText('1 of 1 remain')).toBeVisible();
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(edits).toMatchObject([{ target: { ordinals: [1] }, set: { class: 'Shirt', confirm: true } }]));
});

test('many are accepted at once on the wall, each with its own suggestion', async () => {
  const { user } = renderApp('/projects/clothes/suspects');
  await question(0, 'Shirt');
  await user.keyboard('w');
  const wall = within(await screen.findByRole('list', { name: 'Suspected labels' }));
  await user.click(wall.getByRole('button', { name: 'Coat → Shirt' }));
  expect(screen.getByText(/1 chosen/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Choose all shown' }));
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(edits).toMatchObject([{ target: { ordinals: [0, 1, 2] }, set: { accept_suggestion: true }, generation: 4 }]));
  expect(await wall.findByRole('button', { name: 'Shirt, decided' })).toBeVisible();
});

test('a newer ranking announces itself and waits', async () => {
  server.use(
    http.get('*/projects/clothes/suspects', ({ request }) => {
      const asked = new URL(request.url).searchParams.get('generation');
      return HttpResponse.json(asked === '5' ? ranking(rows.slice(2), { generation: 5, newest_generation: 5 }) : ranking(rows, { newest_generation: 5 }));
    }),
  );
  const { user } = renderApp('/projects/clothes/suspects');
  await question(0, 'Shirt');
  await user.click(screen.getByRole('button', { name: 'New ranking ready' }));
  await question(2, 'Shirt');
  expect(screen.queryByRole('button', { name: 'New ranking ready' })).not.toBeInTheDocument();
});

test('without a ranking the page says why', async () => {
  server.use(http.get('*/projects/clothes/suspects', () => HttpResponse.json(ranking([], { ready: false, sentence: 'The ranking follows the probe, which is being trained.' }))));
  renderApp('/projects/clothes/suspects');
  expect(await screen.findByText('The ranking follows the probe, which is being trained.')).toBeVisible();
});
