// What the page says about saving is true: when the server dies, the network goes, the tab closes, the session ends.
import { ExplorePage } from './pages/explore';
import { kKinds, shapes, text } from './support/files';
import { expect, test, type OwnServer } from './support/own-server';
import { loginLink } from './support/server';
import type { Api } from './support/test';

const kSamples = 12;
const kBackWithin = 60_000;

// Samples without labels, and the classes by number as the keys set them.
async function unlabeled(api: Api, server: OwnServer, name: string): Promise<string> {
  const files = shapes(kSamples / kKinds.length);
  const rows = Object.keys(files).map((path, at) => `${path},${at < kKinds.length ? (kKinds[at] ?? '') : ''}`);
  server.offer(name, { ...files, 'list.csv': text('path,label', ...rows) });
  const project = await api.createProject(name);
  await api.importFrom(project, `${name}/list.csv`);
  return project;
}

const classOf = (key: number) => kKinds[key - 1] ?? '';

// Key by key, one sample after the other, from the tile that has the focus on.
async function label(explore: ExplorePage, keys: readonly number[]): Promise<void> {
  for (const key of keys) {
    await explore.page.keyboard.press(String(key));
    await explore.page.keyboard.press('ArrowRight');
  }
}

async function labels(api: Api, project: string): Promise<string[]> {
  return Object.values(await api.truthOf(project)).map((truth) => truth.split(',')[0] ?? '');
}

async function openGrid(explore: ExplorePage): Promise<void> {
  await explore.open('explore');
  await expect(explore.tiles).toHaveCount(kSamples);
  await explore.tile(0).click();
  await explore.page.keyboard.press('Escape');
}

async function edits(api: Api, project: string): Promise<number> {
  const { changes } = await api.get<{ changes: { kind: string }[] }>(`/projects/${project}/changes?count=200`);
  return changes.filter(({ kind }) => kind === 'edit').length;
}

// Labels that differ from what the import brought, so that each key is one change.
const wanted = [2, 3, 1, 1, 2, 3, 1, 2, 3, 3, 2, 1];

test('the server is killed in the middle of a row of edits: nothing is lost, nothing is doubled', async ({ page, api, watch, server }) => {
  test.setTimeout(150_000);
  watch.expect(/Failed to load resource|WebSocket/);
  const project = await unlabeled(api, server, 'killed');
  const explore = new ExplorePage(page, project);
  await openGrid(explore);
  await label(explore, wanted.slice(0, 5));
  await server.kill();
  await label(explore, wanted.slice(5));
  await expect(page.getByRole('button', { name: /^offline: \d+ changes? waits?$/ })).toBeVisible();
  await expect(explore.saved).toBeHidden();
  await server.startAgain();
  await expect(explore.saved).toBeVisible({ timeout: kBackWithin });
  expect(await labels(api, project)).toEqual(wanted.map(classOf));
  expect(await edits(api, project)).toBe(kSamples);
  expect(watch.problems()).toEqual([]);
});

test('the network goes and comes back: edits wait in the browser and go out', async ({ page, context, api, watch, server }) => {
  test.setTimeout(120_000);
  watch.expect(/Failed to load resource|WebSocket/);
  const project = await unlabeled(api, server, 'offline');
  const explore = new ExplorePage(page, project);
  await openGrid(explore);
  await context.setOffline(true);
  await label(explore, wanted.slice(0, 4));
  await expect(page.getByRole('button', { name: 'offline: 4 changes wait' })).toBeVisible();
  await context.setOffline(false);
  await expect(explore.saved).toBeVisible({ timeout: kBackWithin });
  expect((await labels(api, project)).slice(0, 4)).toEqual(wanted.slice(0, 4).map(classOf));
  expect(await edits(api, project)).toBe(4);
  expect(watch.problems()).toEqual([]);
});

test('a tab is closed with edits that wait: the next one sends them', async ({ page, context, api, watch, server }) => {
  test.setTimeout(120_000);
  watch.expect(/Failed to load resource|WebSocket/);
  const project = await unlabeled(api, server, 'closed');
  const explore = new ExplorePage(page, project);
  await openGrid(explore);
  await context.setOffline(true);
  await label(explore, wanted.slice(0, 3));
  await expect(page.getByRole('button', { name: 'offline: 3 changes wait' })).toBeVisible();
  await page.close();
  expect(await edits(api, project)).toBe(0);
  await context.setOffline(false);
  const next = new ExplorePage(await context.newPage(), project);
  await next.open('history');
  await expect(next.saved).toBeVisible({ timeout: kBackWithin });
  await expect.poll(() => edits(api, project)).toBe(3);
  expect((await labels(api, project)).slice(0, 3)).toEqual(wanted.slice(0, 3).map(classOf));
  expect(watch.problems()).toEqual([]);
});

test('the session ends in between: the edits wait for the next login', async ({ page, context, api, watch, server }) => {
  test.setTimeout(120_000);
  watch.expect(/Failed to load resource|WebSocket/);
  const project = await unlabeled(api, server, 'signed out');
  const explore = new ExplorePage(page, project);
  await openGrid(explore);
  await label(explore, wanted.slice(0, 1));
  await explore.whenSaved();
  await expect.poll(() => edits(api, project)).toBe(1);
  await context.clearCookies();
  await label(explore, wanted.slice(1, 2));
  await expect(page.getByRole('button', { name: /^signed out: 1 change waits$/ }).or(page.getByText('You come in with a login link.'))).toBeVisible();
  await page.goto(loginLink(server.place.data));
  await page.getByRole('link', { name: /signed out/ }).click();
  await expect(explore.saved).toBeVisible({ timeout: kBackWithin });
  expect((await labels(api, project)).slice(0, 2)).toEqual(wanted.slice(0, 2).map(classOf));
  expect(await edits(api, project)).toBe(2);
  expect(watch.problems()).toEqual([]);
});
