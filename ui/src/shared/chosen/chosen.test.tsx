import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { clothes } from '../../testing/clothes';
import { renderApp } from '../../testing/render-app';
import { server } from '../../testing/server';
import { clearSelection, selectOrdinals } from '../selection/selection';
import { chosenFilter, kMostInLink } from './chosen-filter';

const kept: number[][] = [];

beforeEach(() => {
  kept.length = 0;
  clearSelection();
  server.use(
    ...clothes,
    http.post('*/projects/clothes/stored-sets', async ({ request }) => {
      const { ordinals } = (await request.json()) as { ordinals: number[] };
      kept.push(ordinals);
      return HttpResponse.json({ id: 'set-1', count: ordinals.length }, { status: 201 });
    }),
  );
});

test('a few samples stand in the link themselves, many as a set that the server keeps', async () => {
  expect(await chosenFilter('clothes', [7, 3])).toEqual({ ordinals: [3, 7] });
  expect(kept).toEqual([]);
  const many = Array.from({ length: kMostInLink + 1 }, (_, index) => index);
  expect(await chosenFilter('clothes', many)).toEqual({ stored_set: 'set-1' });
  expect(kept).toEqual([many]);
});

test('"Only these" puts the selection into the address and lets it go', async () => {
  const { user, search } = renderApp('/projects/clothes/explore');
  const [, second] = await screen.findAllByRole('option');
  await user.click(second as HTMLElement);
  await user.keyboard('o');
  await vi.waitFor(() => expect(search()['filter']).toEqual({ all: [{ ordinals: [1] }] }));
  expect(await screen.findByRole('button', { name: 'Remove the filter 1 chosen sample' })).toBeVisible();
  expect(screen.queryByRole('toolbar', { name: 'Selected samples' })).toBeNull();
});

test('a link to the selection is copied for somebody else', async () => {
  const { user } = renderApp('/projects/clothes/explore');
  await screen.findAllByRole('option');
  selectOrdinals([0, 3]);
  await user.click(await screen.findByRole('button', { name: 'Copy link' }));
  expect(await screen.findByText('A link to 2 samples is in the clipboard.')).toBeVisible();
  expect(decodeURIComponent(await navigator.clipboard.readText())).toMatch(/\/projects\/clothes\/explore\?filter=\{"all":\[\{"ordinals":\[0,3\]\}\]\}$/);
});
