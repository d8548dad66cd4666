// What goes out comes back: each format through the browser and in again, with the same truth for what it carries.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ImportPage } from './pages/imports';
import { Shell } from './pages/shell';
import { png } from './support/pictures';
import { text, write } from './support/files';
import { expect, sources, test, type Api } from './support/test';

let project = '';

// Labels, splits, a field whose values a spreadsheet would run, and a sample without a label.
async function begin(api: Api): Promise<string> {
  project = (await api.find('To export')) ?? '';
  if (project !== '') return project;
  const files = Object.fromEntries(['bar', 'disc'].flatMap((kind) => [0, 1, 2].map((seed) => [`photos/${kind}-${String(seed)}.png`, png(kind, seed)])));
  const rows = Object.keys(files).map((path, at) => `${path},${at === 5 ? '' : path.includes('bar') ? 'bar' : 'disc'},${at % 3 === 0 ? 'test' : 'train'},${at === 1 ? '=1+1' : `note ${String(at)}`}`);
  write(join(sources(), 'to export'), { ...files, 'list.csv': text('path,label,split,note', ...rows) });
  project = await api.createProject('To export');
  await api.importFrom(project, 'to export/list.csv');
  return project;
}

async function openExport(page: Shell['page'], api: Api, format: RegExp) {
  const shell = new Shell(page, await begin(api));
  await shell.open('versions');
  await page.getByRole('button', { name: /^Export/ }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('radio', { name: format }).click();
  return dialog;
}

const nameOf = (path: string) => path.split('/').at(-1) ?? path;

async function truthByName(api: Api, id: string) {
  return Object.fromEntries(Object.entries(await api.truthOf(id)).map(([path, truth]) => [nameOf(path), truth]));
}

for (const { what, format, mode, leavesOut } of [
  { what: 'folder per class', format: /^Folder per class/, mode: undefined, leavesOut: 'fields' },
  { what: 'CSV, exact', format: /CSV/, mode: /Exact/, leavesOut: 'history' },
  { what: 'CSV, safe for spreadsheets', format: /CSV/, mode: /Safe for spreadsheets/, leavesOut: 'history' },
  { what: 'Parquet', format: /Parquet/, mode: undefined, leavesOut: 'history' },
]) {
  test(`${what}: downloaded, and imported into a new project with the same truth`, async ({ page, api, watch }) => {
    test.setTimeout(90_000);
    const dialog = await openExport(page, api, format);
    if (mode !== undefined) await dialog.getByRole('radio', { name: mode }).click();
    await expect(dialog.getByRole('list', { name: 'This format does not carry' }).getByText(leavesOut, { exact: true })).toBeVisible();
    const downloading = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    const path = test.info().outputPath('export.zip');
    await (await downloading).saveAs(path);
    const imports = new ImportPage(page, await api.createProject(`Back: ${what}`));
    await imports.open('import');
    await imports.takeFromComputer(path);
    await imports.whenChecked('6 samples');
    await imports.finish();
    expect(await truthByName(api, imports.project)).toEqual(await truthByName(api, project));
    expect(watch.problems()).toEqual([]);
  });
}

test('an export is written into a folder of the server, and comes back from there', async ({ page, api, watch }) => {
  test.setTimeout(90_000);
  const dialog = await openExport(page, api, /CSV/);
  await dialog.getByRole('radio', { name: 'A new folder on the server' }).click();
  await dialog.getByRole('combobox', { name: 'Below' }).click();
  await page.getByRole('option', { name: 'sources' }).click();
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('exported');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog).toBeHidden();
  const written = join(sources(), 'exported');
  await expect.poll(() => existsSync(written) && readdirSync(written).some((name) => name.endsWith('.csv')), { timeout: 60_000 }).toBe(true);
  const imports = new ImportPage(page, await api.createProject('Back from the server'));
  await imports.open('import');
  await imports.takeFolder('sources', 'exported');
  await imports.whenChecked('6 samples');
  await imports.finish();
  expect(await truthByName(api, imports.project)).toEqual(await truthByName(api, project));
  expect(watch.problems()).toEqual([]);
});
