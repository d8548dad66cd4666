import { screen } from '@testing-library/react';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { renderApp } from '../testing/render-app';
import { problem, server } from '../testing/server';
import { tokenInFragment } from './token';

test('who is not in is told how to come in', async () => {
  server.use(http.get('*/api/v1/projects', () => problem(401, 'unauthenticated', 'Log in first.')));
  const { path } = renderApp('/');
  expect(await screen.findByText('burnish login')).toBeVisible();
  expect(path()).toBe('/login');
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
