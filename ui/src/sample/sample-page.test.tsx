import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Edit } from '../shared/api/types';
import { clothes, editResult } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { server } from '../testing/server';

const edits: Edit[] = [];

beforeEach(() => {
  edits.length = 0;
  server.use(
    ...clothes,
    http.post('*/projects/clothes/edits', async ({ request }) => {
      edits.push((await request.json()) as Edit);
      return HttpResponse.json(editResult());
    }),
  );
});

test('a link opens a sample with everything known of it', async () => {
  renderApp('/projects/clothes/explore?sample=1');
  const page = within(await screen.findByRole('article', { name: 'Sample 1' }));
  expect(await page.findByRole('img', { name: 'Photograph shop/1.png' })).toBeVisible();
  expect(page.getByRole('button', { name: 'Truth: Shirt. Change' })).toBeVisible();
  expect(page.getByRole('region', { name: 'Prediction of probe' })).toHaveTextContent('Coat0.87Shirt truth0.13');
  expect(await page.findByRole('button', { name: 'Open sample 2: Coat, similarity 0.91' })).toBeVisible();
  expect(await page.findByText('label: Coat → Shirt')).toBeVisible();
  expect(page.getByText('2 of 4')).toBeVisible();
});

test('near duplicates are shown and lead to one another', async () => {
  const { user, search } = renderApp('/projects/clothes/explore?sample=1');
  await user.click(await screen.findByRole('button', { name: 'Open the near duplicate 3, likeness 0.93' }));
  expect(search()['sample']).toBe(3);
});

test('arrow keys walk the filtered list, Escape goes back to the grid', async () => {
  const { user, search } = renderApp('/projects/clothes/explore?sample=1');
  await screen.findByText('2 of 4');
  await user.keyboard('{ArrowRight}');
  expect(search()['sample']).toBe(2);
  expect(await screen.findByText('3 of 4')).toBeVisible();
  await user.keyboard('{ArrowLeft}{Escape}');
  expect(search()['sample']).toBeUndefined();
  expect(screen.queryByRole('article')).not.toBeInTheDocument();
});

test('a key changes the class, and it is shown before the server has answered', async () => {
  let answer: () => void = () => undefined;
  server.use(http.post('*/projects/clothes/edits', async ({ request }) => {
    edits.push((await request.json()) as Edit);
    await new Promise<void>((resolve) => (answer = resolve));
    return HttpResponse.json(editResult());
  }));
  const { user } = renderApp('/projects/clothes/explore?sample=1');
  await screen.findByRole('button', { name: 'Truth: Shirt. Change' });
  await user.keyboard('2');
  expect(await screen.findByRole('button', { name: 'Truth: Coat. Change' })).toBeVisible();
  await vi.waitFor(() => expect(edits).toEqual([{ base: 1, target: { ordinals: [1] }, set: { class: 'Coat' } }]));
  answer();
  expect(await screen.findByText('saved')).toBeVisible();
});
