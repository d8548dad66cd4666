import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { card, clothes } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { problem, server } from '../testing/server';

test('projects stand on a wall with their counts', async () => {
  server.use(...clothes);
  renderApp('/');
  expect(await screen.findByRole('link', { name: /Clothes 4 samples · 3 labeled/ })).toHaveAttribute('href', '/projects/clothes/explore');
});

test('a taken name is refused with the reason', async () => {
  server.use(http.post('*/api/v1/projects', () => problem(409, 'conflict', 'There is a project called "Clothes" already.')), ...clothes);
  const { user } = renderApp('/');
  await user.click(await screen.findByRole('button', { name: 'New project' }));
  const dialog = await screen.findByRole('dialog', { name: 'New project' });
  await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'Clothes{Enter}');
  expect(await within(dialog).findByText('There is a project called "Clothes" already.')).toBeVisible();
});

test('a project goes to the trash and comes back', async () => {
  let trashed = false;
  server.use(
    http.get('*/api/v1/projects', ({ request }) =>
      HttpResponse.json({ projects: (new URL(request.url).searchParams.get('trashed') === 'true') === trashed ? [{ ...card, trashed }] : [] }),
    ),
    http.patch('*/api/v1/projects/clothes', async ({ request }) => {
      trashed = ((await request.json()) as { trashed: boolean }).trashed;
      return HttpResponse.json({ ...card, trashed });
    }),
    ...clothes,
  );
  const { user } = renderApp('/');
  await user.click(await screen.findByRole('button', { name: 'More for Clothes' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Put in the trash' }));
  expect(await screen.findByText('No projects yet')).toBeVisible();
  await user.click(screen.getByRole('radio', { name: 'Trash' }));
  await user.click(await screen.findByRole('button', { name: 'Bring back' }));
  expect(await screen.findByText('The trash is empty')).toBeVisible();
});

test('the demo says on its card what was planted, and one’s own photographs are one step away', async () => {
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ projects: [{ ...card, banner: '300 labels were swapped on purpose' }] })), ...clothes);
  const { user } = renderApp('/');
  expect(await screen.findByRole('link', { name: /Clothes .* 300 labels were swapped on purpose/ })).toBeVisible();
  await user.click(screen.getByRole('button', { name: /Your own photographs/ }));
  expect(await screen.findByRole('dialog', { name: 'New project' })).toBeVisible();
});
