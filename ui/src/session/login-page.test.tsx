import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import { clothes, editResult } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { problem, server } from '../testing/server';
import { tokenInFragment } from './token';

test('who is not in is told how to come in', async () => {
  server.use(http.get('*/api/v1/projects', () => problem(401, 'unauthenticated', 'Log in first.')));
  const { path } = renderApp('/');
  expect(await screen.findByText('burnish login')).toBeVisible();
  expect(path()).toBe('/login');
});

test('whose session ended in the middle of work hears what waits, and goes on there once they are in elsewhere', async () => {
  let isIn = true;
  const sent = vi.fn();
  server.use(
    http.all('*/api/v1/*', ({ request }) => {
      if (!isIn) return problem(401, 'unauthenticated', 'Log in first.');
      if (request.method !== 'POST' || !request.url.endsWith('/undo')) return undefined;
      sent(request.headers.get('Idempotency-Key'));
      return HttpResponse.json(editResult());
    }),
    ...clothes,
  );
  const { user, client, path } = renderApp('/projects/clothes/history');
  const undo = await screen.findByRole('button', { name: 'Undo' });
  isIn = false;
  await user.click(undo);
  await client.invalidateQueries();
  expect(await screen.findByText('1 change waits')).toBeVisible();
  expect(path()).toBe('/login');
  isIn = true;
  window.dispatchEvent(new Event('focus'));
  await waitFor(() => expect(path()).toBe('/projects/clothes/history'));
  await waitFor(() => expect(sent).toHaveBeenCalledOnce());
});

test.each([
  ['#token=abc', 'abc'],
  ['#abc', 'abc'],
  ['', undefined],
  ['#token=', undefined],
  ['#other=abc', undefined],
])('the fragment %j holds the token %j', (hash, token) => {
  expect(tokenInFragment(hash)).toBe(token);
});
