import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { clothes } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { problem, server } from '../testing/server';
import type { Diff, ExportFormat, Version } from './versions-query';

const version: Version = { name: 'spring', note: 'for the first training', sequence: 3, digest: '0123456789abcdef0123', samples: 4, created_at: 0, author: 'Ada' };
const formats: ExportFormat[] = [
  { format: 'folder_per_class', name: 'A folder for each class', carries: ['photographs'], leaves_out: ['fields', 'tags'] },
  { format: 'csv', name: 'CSV', carries: ['fields'], leaves_out: ['label history'] },
];
const diff: Diff = {
  from: { name: 'spring', sequence: 3 }, to: { name: 'now', sequence: 5 }, samples_added: 0, samples_withdrawn: 0,
  labels: [{ before: 'Shirt', after: 'Coat', count: 41 }], splits: [{ before: 'pool', after: 'train', count: 2 }],
  excluded: { excluded: 1, included: 0 }, tags: [{ tag: 'blurry', added: 3, removed: 0 }], classes: ['Coat was renamed Overcoat'],
  filter: { changed: { after: 3, upto: 5 } },
};

const exports: unknown[] = [];

beforeEach(() => {
  exports.length = 0;
  server.use(
    ...clothes,
    http.get('*/projects/clothes/versions', () => HttpResponse.json({ versions: [version] })),
    http.post('*/projects/clothes/diffs', () => HttpResponse.json(diff)),
    http.get('*/export-formats', () => HttpResponse.json({ formats })),
    http.get('*/media-roots', () => HttpResponse.json({ roots: [{ name: 'photos' }] })),
    http.post('*/projects/clothes/exports', async ({ request }) => {
      exports.push(await request.json());
      return HttpResponse.json({ id: 'e1', format: 'csv', samples: 4, digest: 'ab', leaves_out: [] }, { status: 201 });
    }),
  );
});

test('an export says what the format does not carry before it starts', async () => {
  const { user } = renderApp('/projects/clothes/versions');
  await user.click(await screen.findByRole('button', { name: 'Export version spring' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Export version spring' }));
  const left = () => within(dialog.getByRole('list', { name: 'This format does not carry' })).getAllByRole('listitem').map((item) => item.textContent);
  await dialog.findByRole('radio', { name: 'CSV' });
  expect(left()).toEqual(['fields', 'tags']);
  await user.click(dialog.getByRole('radio', { name: 'CSV' }));
  expect(left()).toEqual(['label history']);
  await user.click(dialog.getByRole('radio', { name: 'Safe for spreadsheets' }));
  await user.click(dialog.getByRole('button', { name: 'Export' }));
  await vi.waitFor(() => expect(exports).toEqual([{ format: 'csv', version: 'spring', csv_mode: 'spreadsheet', with_media: true }]));
});

test('an export to a folder of the server needs its name', async () => {
  const { user } = renderApp('/projects/clothes/versions');
  await user.click(await screen.findByRole('button', { name: 'Export as it is now' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Export' }));
  await user.click(await dialog.findByRole('radio', { name: 'A new folder on the server' }));
  expect(dialog.getByRole('button', { name: 'Export' })).toBeDisabled();
  await user.type(dialog.getByRole('textbox', { name: 'Folder' }), 'exports/spring');
  await user.click(dialog.getByRole('button', { name: 'Export' }));
  await vi.waitFor(() => expect(exports).toMatchObject([{ folder: { root: 'photos', path: 'exports/spring' } }]));
});

test('a taken version name is refused with the reason', async () => {
  server.use(http.post('*/projects/clothes/versions', () => problem(409, 'conflict', 'There is a version called "spring" already.')));
  const { user } = renderApp('/projects/clothes/versions');
  await user.click(await screen.findByRole('button', { name: 'Publish a version' }));
  await user.type(await screen.findByRole('textbox', { name: 'Version name' }), 'spring{Enter}');
  expect(await screen.findByText('There is a version called "spring" already.')).toBeVisible();
});

test('a difference lists what changed and opens the samples', async () => {
  const { user, search } = renderApp('/projects/clothes/versions');
  expect(await screen.findByRole('row', { name: 'Shirt → Coat 41' })).toBeVisible();
  for (const sentence of ['1 sample excluded.', 'Tag blurry: 3 added, 0 removed.', '2 samples moved from pool to train.', 'Coat was renamed Overcoat']) {
    expect(screen.getByText(sentence)).toBeVisible();
  }
  await user.click(screen.getByRole('link', { name: 'Open the samples that differ' }));
  expect(search()['filter']).toEqual({ changed: { after: 3, upto: 5 } });
});
