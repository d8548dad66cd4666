import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Change } from '../shared/api/types';
import { clothes, editResult } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { server } from '../testing/server';
import { byDay } from './days';

const change = (sequence: number, more: Partial<Change> = {}): Change => ({
  sequence, at: Date.now() * 1000, author: 'Ada', kind: 'edit', summary: `Set class Coat, ${String(sequence)}`, reason: '', samples: 1, undoes: null, undone_by: null, ...more,
});

const asked: (string | null)[] = [];

beforeEach(() => {
  asked.length = 0;
  server.use(
    http.get('*/projects/clothes/changes', ({ request }) => {
      const query = new URL(request.url).searchParams;
      const count = Number(query.get('count'));
      if (count > 1) asked.push(query.get('before'));
      const newest = Number(query.get('before') ?? 251) - 1;
      const changes = Array.from({ length: Math.min(count, newest) }, (_, index) => change(newest - index));
      return HttpResponse.json({ head: 250, changes, can_undo: null, can_redo: null });
    }),
    ...clothes,
  );
});

test('older changes follow back to the first one', async () => {
  const { user } = renderApp('/projects/clothes/history');
  expect(await screen.findByText('Set class Coat, 250')).toBeVisible();
  expect(screen.queryByText('Set class Coat, 150')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Older changes' }));
  expect(await screen.findByText('Set class Coat, 150')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Older changes' }));
  expect(await screen.findByText('Set class Coat, 1')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Older changes' })).toBeNull();
  expect([...new Set(asked)]).toEqual([null, '151', '51']);
});

test('a change is taken back after it was asked about', async () => {
  const undone = vi.fn();
  server.use(
    http.get('*/projects/clothes/changes', () => HttpResponse.json({ head: 7, changes: [change(7)], can_undo: null, can_redo: null })),
    http.post('*/projects/clothes/changes/7/undo', () => {
      undone();
      return HttpResponse.json(editResult());
    }),
  );
  const { user } = renderApp('/projects/clothes/history');
  const row = (await screen.findByText('Set class Coat, 7')).closest('li') as HTMLElement;
  await user.click(within(row).getByRole('button', { name: 'Undo' }));
  await user.click(within(await screen.findByRole('dialog', { name: 'Take this back?' })).getByRole('button', { name: 'Undo' }));
  await vi.waitFor(() => expect(undone).toHaveBeenCalledOnce());
});

test('a project without changes offers the import', async () => {
  server.use(http.get('*/projects/clothes/changes', () => HttpResponse.json({ head: 0, changes: [], can_undo: null, can_redo: null })));
  renderApp('/projects/clothes/history');
  expect(await screen.findByRole('link', { name: 'Import photographs' })).toHaveAttribute('href', '/projects/clothes/import');
});

test('changes stand under their day', () => {
  const now = new Date(2026, 2, 10, 12);
  const at = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime() * 1000;
  const days = byDay([{ at: at(10, 9) }, { at: at(10, 0) }, { at: at(9, 23) }, { at: at(1, 5) }], now);
  expect(days.map(({ name, entries }) => [name, entries.length])).toEqual([
    ['Today', 2],
    ['Yesterday', 1],
    [new Date(2026, 2, 1).toLocaleDateString(undefined, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }), 1],
  ]);
});
