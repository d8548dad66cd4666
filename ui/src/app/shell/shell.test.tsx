import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { clearSelection } from '../../shared/selection/selection';
import { clothes, editResult, project } from '../../testing/clothes';
import { renderApp } from '../../testing/render-app';
import { problem, server } from '../../testing/server';

beforeEach(() => {
  clearSelection();
  server.use(...clothes);
});

test('a person signs out and stands before the login page', async () => {
  const gone = vi.fn();
  server.use(
    http.delete('*/api/v1/session', () => {
      gone();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, path } = renderApp('/projects/clothes/classes');
  await user.click(await screen.findByRole('button', { name: 'You and help' }));
  expect(await screen.findByText('Ada, owner')).toBeVisible();
  await user.click(screen.getByRole('menuitem', { name: 'Sign out' }));
  expect(await screen.findByText('You come in with a login link.')).toBeVisible();
  expect(gone).toHaveBeenCalledOnce();
  expect(path()).toBe('/login');
});

test('who signs out while an edit waits is asked first', async () => {
  server.use(http.post('*/projects/clothes/edits', () => HttpResponse.error()));
  const { user } = renderApp('/projects/clothes/explore');
  await user.click((await screen.findAllByRole('option'))[0] as HTMLElement);
  await user.keyboard('2');
  await user.click(await screen.findByRole('button', { name: 'You and help' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
  expect(await screen.findByRole('dialog', { name: 'Sign out now?' })).toHaveTextContent('1 change has not reached the server yet.');
  server.use(http.post('*/projects/clothes/edits', () => HttpResponse.json(editResult())));
  await user.click(screen.getByRole('button', { name: 'Stay' }));
  await vi.waitFor(() => expect(screen.getByRole('button', { name: 'saved' })).toBeVisible(), { timeout: 8000 });
});

test('while the server is away the screen stays and says so', async () => {
  const { user } = renderApp('/projects/clothes/explore');
  await user.click((await screen.findAllByRole('option'))[0] as HTMLElement);
  let away = true;
  server.use(http.all('*/api/v1/*', () => (away ? HttpResponse.error() : undefined)), http.post('*/projects/clothes/edits', () => HttpResponse.json(editResult())));
  await user.keyboard('2');
  expect(await screen.findByText(/The server does not answer/)).toBeVisible();
  expect(screen.getAllByRole('option')).toHaveLength(4);
  away = false;
  await user.click(screen.getByRole('button', { name: 'Try now' }));
  await vi.waitFor(() => expect(screen.queryByText(/The server does not answer/)).toBeNull());
});

test('a single edit is read out once it is saved', async () => {
  server.use(http.post('*/projects/clothes/edits', () => HttpResponse.json(editResult())));
  const { user } = renderApp('/projects/clothes/explore');
  await user.click((await screen.findAllByRole('option'))[0] as HTMLElement);
  await user.keyboard('2');
  await vi.waitFor(() => expect(screen.getByTestId('announcer')).toHaveTextContent('Set class Coat, saved'));
});

test('every screen says how far its derived data are, and names the window', async () => {
  server.use(
    http.get('*/projects/clothes', () =>
      HttpResponse.json({ ...project, views: [{ view: 'embeddings', done: 30, total: 120, ready: false, generation: 0 }] }),
    ),
  );
  renderApp('/projects/clothes/versions');
  server.use(http.get('*/projects/clothes/versions', () => HttpResponse.json({ versions: [] })));
  expect(await screen.findByRole('progressbar', { name: 'Making embeddings' })).toBeVisible();
  expect(document.title).toBe('Versions · Clothes · Burnish');
});

test('a job that waits for another try says why', async () => {
  server.use(
    http.get('*/api/v1/jobs', () =>
      HttpResponse.json({
        jobs: [
          {
            id: 'j1',
            kind: 'prepare',
            name: 'Making thumbnails and embeddings',
            state: 'waiting',
            done: 0,
            total: 0,
            failure: 'There is no room left on the disk.',
            created_at: '2026-11-29T12:00:00Z',
          },
        ],
      }),
    ),
  );
  const { user } = renderApp('/projects/clothes/versions');
  await user.click(await screen.findByRole('button', { name: 'Jobs: 1 waiting' }));
  expect(await screen.findByText('There is no room left on the disk. It is tried again soon.')).toBeVisible();
  expect(screen.queryByRole('progressbar', { name: 'Making thumbnails and embeddings' })).toBeNull();
});

test('an address of no project leads back to the projects', async () => {
  server.use(
    http.get('*/projects/nowhere', () => problem(404, 'not_found', 'There is no such project.')),
    http.get('*/api/v1/projects', () => HttpResponse.json({ projects: [] })),
  );
  const { user, path } = renderApp('/projects/nowhere/explore');
  expect(await screen.findByText('There is nothing here')).toBeVisible();
  await user.click(screen.getByRole('link', { name: 'All projects' }));
  expect(await screen.findByRole('heading', { name: 'Projects' })).toBeVisible();
  expect(path()).toBe('/');
});
