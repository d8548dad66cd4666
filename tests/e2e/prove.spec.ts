// Proof and undo on a small project of its own server: test labels edited, baselines, versions, restarts.
import { ExplorePage } from './pages/explore';
import { Shell } from './pages/shell';
import { shapes } from './support/files';
import { expect, test, type OwnServer } from './support/own-server';
import type { Api } from './support/test';

const kMeasuredWithin = 120_000;

interface Impact {
  ready: boolean;
  stale?: boolean;
  changes: { labels: number };
}

let project = '';

async function whenMeasured(api: Api, labels: number, baseline = 'import'): Promise<void> {
  await expect
    .poll(() => api.get<Impact>(`/projects/${project}/impact?baseline=${baseline}`), { timeout: kMeasuredWithin, intervals: [500] })
    .toMatchObject({ ready: true, stale: false, changes: { labels } });
}

async function begin(api: Api, server: OwnServer): Promise<string> {
  project = (await api.find('Proof')) ?? '';
  if (project !== '') return project;
  server.offer('proof', { ...shapes(14, { below: 'train/' }), ...shapes(6, { below: 'test/', from: 20 }) });
  project = await api.createProject('Proof');
  await api.importFrom(project, 'proof');
  await api.whenReady(project, kMeasuredWithin);
  return project;
}

const classOf = async (api: Api, ordinal: number) => (await api.get<{ truth: { class: string } }>(`/projects/${project}/samples/${String(ordinal)}`)).truth.class;

test('after test labels were edited the probe is measured on the old and on the new ones', async ({ page, api, watch, server, accessible }) => {
  test.setTimeout(240_000);
  const explore = new ExplorePage(page, await begin(api, server));
  await explore.open('explore', { filter: { all: [{ split: ['test'] }, { label: { class: ['bar'] } }] } });
  await expect(explore.tiles).toHaveCount(6);
  await explore.select(0);
  await page.keyboard.press('2');
  await explore.select(1);
  await page.keyboard.press('2');
  await explore.whenSaved();
  await whenMeasured(api, 2);
  await explore.go('Impact');
  const table = page.getByRole('region', { name: '2 test labels changed' });
  await expect(table.getByRole('row', { name: /^the old test labels \d+\.\d % \d+\.\d %/ })).toBeVisible({ timeout: kMeasuredWithin });
  await expect(table.getByRole('row', { name: /^the new test labels \d+\.\d % \d+\.\d %/ })).toBeVisible();
  await accessible('Impact, two by two');
  expect(watch.problems()).toEqual([]);
});

test('a version becomes the baseline, another can be chosen, and what differs between two is listed', async ({ page, api, watch, server }) => {
  test.setTimeout(240_000);
  const shell = new Shell(page, await begin(api, server));
  const publish = async (name: string) => {
    await shell.open('versions');
    await page.getByRole('button', { name: 'Publish a version' }).first().click();
    await page.getByRole('textbox', { name: 'Version name' }).fill(name);
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await expect(page.getByRole('button', { name: `Export version ${name}` })).toBeVisible();
  };
  await publish('one');
  const { card } = await api.project(project);
  await api.post(`/projects/${project}/edits`, { base: card.sequence, target: { ordinals: [card.samples - 1] }, set: { class: 'disc' } });
  await publish('two');
  await page.getByRole('combobox', { name: 'From' }).click();
  await page.getByRole('option', { name: 'version one' }).click();
  await page.getByRole('combobox', { name: 'To', exact: true }).click();
  await page.getByRole('option', { name: 'version two' }).click();
  await expect(page.getByText('1 label changed')).toBeVisible();
  await page.getByRole('link', { name: 'Open the samples that differ' }).click();
  const explore = new ExplorePage(page, project);
  await expect(explore.tiles).toHaveCount(1);
  expect(await explore.ordinalOf(0)).toBe(card.samples - 1);

  await whenMeasured(api, 1, 'one');
  await shell.open('impact');
  const since = page.getByRole('combobox', { name: 'Since' });
  await since.click();
  await page.getByRole('option', { name: 'version one' }).click();
  await expect(page.getByText('1 label, 0 splits, 0 excluded or brought back')).toBeVisible({ timeout: kMeasuredWithin });
  await since.click();
  await page.getByRole('option', { name: 'the import' }).click();
  const { changes } = await api.get<Impact>(`/projects/${project}/impact?baseline=import`);
  await expect(page.getByText(new RegExp(`^${String(changes.labels)} labels?, 0 splits, 0 excluded or brought back$`))).toBeVisible({ timeout: kMeasuredWithin });
  await expect(since).toHaveValue('the import');
  expect(watch.problems()).toEqual([]);
});

test('an older change is taken back from the history; what was done later stays', async ({ page, api, watch, server }) => {
  test.setTimeout(120_000);
  const explore = new ExplorePage(page, await begin(api, server));
  await explore.open('explore');
  const tagged = async (index: number, last: number, tag: string) => {
    await explore.select(index);
    await explore.tile(last).click({ modifiers: ['Shift'] });
    await page.keyboard.press('t');
    await page.getByRole('textbox', { name: 'Tag' }).fill(tag);
    await page.getByRole('option', { name: tag }).click();
    await explore.whenSaved();
  };
  await tagged(2, 4, 'older');
  await explore.select(3);
  await page.keyboard.press('3');
  await explore.whenSaved();
  const changed = await explore.ordinalOf(3);
  await tagged(3, 5, 'later');
  const countOf = async (tag: string) => (await api.post<{ count: number }>(`/projects/${project}/results`, { filter: { tag: [tag] } })).count;
  expect(await countOf('older')).toBe(3);
  await explore.go('History');
  const older = page.getByRole('listitem').filter({ hasText: 'older' }).first();
  await older.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => countOf('older')).toBe(0);
  expect(await countOf('later')).toBe(3);
  expect(await classOf(api, changed)).toBe('square');
  expect(watch.problems()).toEqual([]);
});

test('undo and redo go on by button and by key over screens, reloads and a restart of the server', async ({ page, api, watch, server }) => {
  test.setTimeout(180_000);
  watch.expect(/Failed to load resource|WebSocket/);
  const explore = new ExplorePage(page, await begin(api, server));
  await explore.open('explore', { filter: { all: [{ split: ['train'] }] } });
  await explore.select(7);
  const ordinal = await explore.ordinalOf(7);
  const before = await classOf(api, ordinal);
  await page.keyboard.press('2');
  await explore.whenSaved();
  await page.keyboard.press('3');
  await explore.whenSaved();
  expect(await classOf(api, ordinal)).toBe('square');
  await explore.go('Classes');
  await page.keyboard.press('Control+z');
  await expect.poll(() => classOf(api, ordinal)).toBe('disc');
  await server.startAgain();
  await page.reload();
  await expect(explore.undo).toBeEnabled({ timeout: 60_000 });
  await explore.undo.click();
  await expect.poll(() => classOf(api, ordinal)).toBe(before);
  await page.reload();
  await expect(explore.redo).toBeEnabled();
  await explore.redo.click();
  await expect.poll(() => classOf(api, ordinal)).toBe('disc');
  await explore.go('History');
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(() => classOf(api, ordinal)).toBe('square');
  expect(watch.problems()).toEqual([]);
});
