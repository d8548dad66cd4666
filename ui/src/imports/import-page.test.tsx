import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { clothes } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { problem, server } from '../testing/server';
import type { Import, ImportMapping, ImportPlan } from './imports-query';

const plan: ImportPlan = {
  format: 'csv', formats: ['csv', 'folder_per_class'], content: 'samples', samples: 3,
  columns: [
    { name: 'file', role: { role: 'path' }, examples: ['a.jpg', 'b.jpg'] },
    { name: 'label', role: { role: 'class' }, examples: ['glass', 'paper'] },
    { name: 'site', role: { role: 'field', type: 'text' }, examples: ['Hamburg'] },
  ],
  rows: [{ path: 'a.jpg', class: 'glass', split: 'train', values: { site: 'Hamburg' } }],
  classes: [{ name: 'glass', count: 2, known: false }, { name: 'paper', count: 1, known: true }],
  splits: { train: 2, test: 1 },
  problems: [{ code: 'not_an_image', severity: 'left_out', sentence: '12 files are not images.', way_out: 'Remove them.', count: 12, names: ['notes.txt'] }],
  mapping: { format: 'csv' },
  can_commit: true,
};

const one = (more: Partial<Import>): Import => ({ id: 'i1', state: 'checked', source: { kind: 'folder', name: 'photos/recycling' }, created_at: 0, files: 3, bytes: 900, plan, ...more });

let now: Import;
const checks: ImportMapping[] = [];
let commits = 0;

beforeEach(() => {
  checks.length = 0;
  commits = 0;
  now = one({});
  server.use(
    ...clothes,
    http.get('*/media-roots', () => HttpResponse.json({ roots: [{ name: 'photos' }] })),
    http.get('*/media-roots/photos/folders', ({ request }) =>
      HttpResponse.json(
        new URL(request.url).searchParams.get('path') === ''
          ? { path: '', folders: ['recycling'], files: [], image_count: 0 }
          : { path: 'recycling', folders: [], files: ['labels.csv'], image_count: 3 },
      ),
    ),
    http.get('*/projects/clothes/imports', () => HttpResponse.json({ imports: [] })),
    http.post('*/projects/clothes/imports', () => HttpResponse.json(one({ state: 'open', plan: undefined } as never), { status: 201 })),
    http.get('*/projects/clothes/imports/i1', () => HttpResponse.json(now)),
    http.post('*/projects/clothes/imports/i1/check', async ({ request }) => {
      checks.push((await request.json()) as ImportMapping);
      return HttpResponse.json(now, { status: 202 });
    }),
    http.post('*/projects/clothes/imports/i1/commit', () => {
      commits += 1;
      now = one({ state: 'done', report: { samples: 3, left_out: 12, seconds: 1.5, problems: plan.problems } });
      return HttpResponse.json(now, { status: 202 });
    }),
  );
});

async function chosen(name: string) {
  const { user } = renderApp('/projects/clothes/import');
  await user.click(await screen.findByRole('tab', { name: 'A folder of the server' }));
  await user.click(await screen.findByRole('button', { name: 'recycling' }));
  await user.click(await screen.findByRole('button', { name }));
  return user;
}

test('a table on the server is shown with its columns, rows, classes and problems before anything is written', async () => {
  await chosen('labels.csv');
  expect(await screen.findByRole('heading', { name: /Where: photos\/recycling/ })).toBeVisible();
  expect(screen.getByRole('row', { name: /file .* a.jpg · b.jpg/ })).toBeVisible();
  expect(screen.getByRole('row', { name: /a.jpg glass train Hamburg/ })).toBeVisible();
  expect(screen.getByRole('row', { name: /glass new 2/ })).toBeVisible();
  const problems = within(screen.getByRole('list', { name: 'Problems' }));
  expect(problems.getByRole('img', { name: 'Left out' })).toBeVisible();
  expect(problems.getByText('12 files are not images.')).toBeVisible();
  expect(commits).toBe(0);
});

test('another meaning of a column is checked again with the whole mapping', async () => {
  const user = await chosen('labels.csv');
  await user.click(await screen.findByRole('combobox', { name: 'Meaning of site' }));
  await user.click(await screen.findByRole('option', { name: 'Leave out' }));
  await vi.waitFor(() =>
    expect(checks.at(-1)).toEqual({
      format: 'csv',
      columns: { file: { role: 'path' }, label: { role: 'class' }, site: { role: 'ignore' } },
    }),
  );
});

test('every name behind a problem can be seen', async () => {
  server.use(http.get('*/imports/i1/problems', () => HttpResponse.json({ total: 12, names: ['notes.txt', 'thumbs.db'] })));
  const user = await chosen('labels.csv');
  await user.click(await screen.findByRole('button', { name: 'Show the names (12)' }));
  expect(await screen.findByText('thumbs.db')).toBeInTheDocument();
});

test('the last step imports, and the report stays with what was left out', async () => {
  const user = await chosen('labels.csv');
  await user.click(await screen.findByRole('button', { name: 'Import 3 samples' }));
  expect(await screen.findByText('3 samples imported in 1.5 s, 12 files left out.')).toBeVisible();
  expect(commits).toBe(1);
  expect(within(screen.getByRole('region', { name: /Import$/ })).getByRole('link', { name: 'Explore' })).toHaveAttribute('href', '/projects/clothes/explore');
});

test('what stops the import keeps the last step closed', async () => {
  now = one({ plan: { ...plan, can_commit: false, problems: [{ code: 'no_path', severity: 'stops', sentence: 'No column names the photographs.', count: 1, names: [] }] } });
  await chosen('Use this folder');
  expect(await screen.findByText('No column names the photographs.')).toBeVisible();
  expect(screen.getByRole('button', { name: /^Import/ })).toBeDisabled();
});

test('data without splits can be split by class', async () => {
  now = one({ plan: { ...plan, splits: { pool: 3 } } });
  const user = await chosen('labels.csv');
  await user.click(await screen.findByRole('radio', { name: /Split by class/ }));
  await vi.waitFor(() => expect(checks.at(-1)).toMatchObject({ split_plan: 'stratified', split_shares: [0.7, 0, 0.3] }));
});

test('a changed choice closes the last step at once, before the server has answered', async () => {
  now = one({ plan: { ...plan, splits: { pool: 3 } } });
  const user = await chosen('labels.csv');
  expect(await screen.findByRole('button', { name: 'Import 3 samples' })).toBeEnabled();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  server.use(
    http.post('*/projects/clothes/imports/i1/check', async () => {
      await answered;
      return HttpResponse.json(now, { status: 202 });
    }),
  );
  await user.click(screen.getByRole('radio', { name: /All to train/ }));
  await user.click(screen.getByRole('button', { name: 'Import 3 samples' }));
  expect(screen.getByRole('button', { name: 'Import 3 samples' })).toBeDisabled();
  answer();
  await vi.waitFor(() => expect(screen.getByRole('button', { name: 'Import 3 samples' })).toBeEnabled());
  expect(commits).toBe(0);
});

test('a second import shows what differs and overwrites nothing by itself', async () => {
  now = one({ plan: { ...plan, difference: { new: 0, unchanged: 2, changed_content: 0, changed_labels: 1, duplicates: 0, missing: 0 } } });
  const user = await chosen('labels.csv');
  const choice = within(await screen.findByRole('radiogroup', { name: '1 label differs from the project’s' }));
  expect(choice.getByRole('radio', { name: 'Keep the project’s' })).toBeChecked();
  await user.click(choice.getByRole('radio', { name: 'Take the source’s' }));
  await vi.waitFor(() => expect(checks.at(-1)).toMatchObject({ changed_labels: 'replace' }));
});

test('a refusal is said in the server’s words', async () => {
  server.use(http.post('*/imports/i1/check', () => problem(400, 'invalid_argument', 'There is nothing to import in this folder.')));
  await chosen('Use this folder');
  expect(await screen.findByText('There is nothing to import in this folder.')).toBeVisible();
});
