import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import { facetsQuery } from '../explore/facets/facets-query';
import { projectQuery } from '../shared/project/project-query';
import { projectsQuery } from '../shared/project/projects-query';
import { resultQuery } from '../shared/results/results-query';
import { clothes, project } from '../testing/clothes';
import { problem, server } from '../testing/server';
import { readFirst } from './first-reads';
import { makeQueryClient } from './query-client';
import { placeOf } from './screen-pages';

const newClient = () => makeQueryClient(() => undefined);

test('what Explore shows is there before it is drawn, with the filter of the link', async () => {
  server.use(...clothes);
  const client = newClient();
  const filter = { all: [{ split: ['test' as const] }] };
  const { done, release } = readFirst(client, { pathname: '/projects/clothes/explore', search: `?filter=${encodeURIComponent(JSON.stringify(filter))}` });
  await done;
  expect(client.getQueryData(projectQuery('clothes').queryKey)?.card.name).toBe(project.card.name);
  expect(client.getQueryData(facetsQuery('clothes', filter, 'probe', {}).queryKey)).toBeDefined();
  const result = resultQuery('clothes', { filter, run: 'probe' }).queryKey;
  expect(client.getQueryData(result)).toMatchObject({ id: 'r1' });
  release();
  await vi.waitFor(() => expect(client.getQueryData(result)).toBeUndefined());
});

test('what could not be read is read again by who shows it', async () => {
  server.use(http.get('*/projects/clothes', () => problem(404, 'not_found', 'There is no such project.')), ...clothes);
  const client = newClient();
  await readFirst(client, { pathname: '/projects/clothes/explore', search: '' }).done;
  expect(client.getQueryState(projectQuery('clothes').queryKey)).toBeUndefined();
});

test('the wall of projects is asked for by its address', async () => {
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ projects: [] })), http.get('*/api/v1/session', () => problem(401, 'unauthenticated', 'Nobody is in.')));
  const client = newClient();
  await readFirst(client, { pathname: '/', search: '' }).done;
  expect(client.getQueryData(projectsQuery(false).queryKey)).toEqual([]);
});

test('addresses name a project and a screen, or nothing', () => {
  expect(placeOf('/projects/a%20b/model')).toEqual({ project: 'a b', screen: 'model' });
  expect(placeOf('/projects/a/')).toEqual({ project: 'a', screen: 'explore' });
  expect(placeOf('/projects/a/constructor')).toBeUndefined();
  expect(placeOf('/projects/%zz/model')).toBeUndefined();
  expect(placeOf('/login')).toBeUndefined();
});
