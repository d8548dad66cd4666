// Every kind of source that the wizard takes, into new projects and into one that has samples already.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ImportPage } from './pages/imports';
import { kKinds, shapes, text, write, zip } from './support/files';
import { idx, idxPictures, png } from './support/pictures';
import { expect, sources, test, type Api } from './support/test';

async function emptyProject(page: ImportPage['page'], api: Api, name: string): Promise<ImportPage> {
  const imports = new ImportPage(page, await api.createProject(name));
  await imports.open('import');
  return imports;
}

async function counts(api: Api, id: string) {
  const { card, splits, classes } = await api.project(id);
  const used = Object.entries(splits).filter(([, count]) => count > 0);
  return { samples: card.samples, splits: Object.fromEntries(used), classes: Object.fromEntries(classes.map(({ name, count }) => [name, count])) };
}

const even = (count: number) => Object.fromEntries(kKinds.map((kind) => [kind, count]));

test('a folder of the server with train and test folders', async ({ page, api, watch }) => {
  write(join(sources(), 'with splits'), { ...shapes(4, { below: 'train/' }), ...shapes(2, { below: 'test/', from: 4 }) });
  const imports = await emptyProject(page, api, 'With splits');
  await imports.takeFolder('sources', 'with splits');
  await imports.whenChecked('18 samples');
  await expect(page.getByText('The data names no train and test split')).toBeHidden();
  await imports.finish();
  expect(await counts(api, imports.project)).toEqual({ samples: 18, splits: { train: 12, test: 6 }, classes: even(6) });
  expect(watch.problems()).toEqual([]);
});

test('many files dropped: one folder has no classes, and says so', async ({ page, api, watch }) => {
  const imports = await emptyProject(page, api, 'Dropped');
  await imports.drop(shapes(3));
  await imports.whenChecked('9 samples');
  await expect(page.getByText(/no labels/)).toBeVisible();
  await imports.finish();
  expect(await counts(api, imports.project)).toEqual({ samples: 9, splits: { pool: 9 }, classes: {} });
  expect(watch.problems()).toEqual([]);
});

test('a zip without splits is split by class, and byte-equal photographs stay together', async ({ page, api, watch }) => {
  const files = shapes(10);
  const twin = png('disc', 0);
  const imports = await emptyProject(page, api, 'Zip');
  await imports.take({ 'shapes.zip': zip({ ...files, 'disc/copy.png': twin, 'disc/copy of copy.png': twin }) });
  await imports.whenChecked('32 samples');
  const byClass = page.getByRole('radio', { name: /Split by class/ });
  await byClass.click();
  await expect(byClass).toBeChecked({ timeout: 60_000 });
  await imports.whenChecked('32 samples');
  await imports.finish();
  const truth = await api.truthOf(imports.project);
  const splitOf = (file: string) => Object.entries(truth).find(([path]) => path.endsWith(file))?.[1];
  expect(splitOf('disc/copy.png')).toBe(splitOf('disc/disc-00.png'));
  expect(splitOf('disc/copy of copy.png')).toBe(splitOf('disc/disc-00.png'));
  const inTest = Object.values(truth).filter((value) => value.endsWith('test'));
  for (const kind of kKinds) {
    const share = inTest.filter((value) => value.startsWith(kind)).length;
    expect(share, kind).toBeGreaterThanOrEqual(2);
    expect(share, kind).toBeLessThanOrEqual(5);
  }
  await page.reload();
  await expect(page.getByRole('region', { name: 'Imports so far' }).getByText('shapes.zip')).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test('the meaning of a CSV column is changed before the import', async ({ page, api, watch }) => {
  const lines = kKinds.flatMap((kind, at) => [0, 1, 2].map((seed) => `${kind}/${kind}-0${String(seed)}.png,${kind},${String(at)},n${String(seed)}`));
  write(join(sources(), 'table'), { ...shapes(3), 'list.csv': text('picture,what,rank,note', ...lines) });
  const imports = await emptyProject(page, api, 'Table');
  await imports.takeFolder('sources', 'table');
  await imports.whenChecked('9 samples');
  await page.getByRole('combobox', { name: 'It is' }).click();
  await page.getByRole('option', { name: 'A table (CSV, TSV)' }).click();
  await expect(imports.row(/^picture /)).toBeVisible();
  await imports.setMeaning('what', 'Field: text');
  await imports.setMeaning('rank', 'Class');
  await imports.setMeaning('note', 'Leave out');
  await expect(imports.row(/^2 new 3$/)).toBeVisible();
  await imports.whenChecked('9 samples');
  await imports.finish();
  expect((await counts(api, imports.project)).classes).toEqual({ 0: 3, 1: 3, 2: 3 });
  const { fields } = await api.get<{ fields: { name: string }[] }>(`/projects/${imports.project}`);
  expect(fields.map(({ name }) => name)).toEqual(['what']);
  expect(watch.problems()).toEqual([]);
});

test('TSV beside its photographs, from this computer', async ({ page, api, watch }) => {
  const pictures = { 'a.png': png('disc', 1), 'b.png': png('bar', 1), 'c.png': png('bar', 2) };
  const imports = await emptyProject(page, api, 'TSV');
  await imports.take({ ...pictures, 'list.tsv': text('path\tlabel\tsplit', 'a.png\tdisc\ttrain', 'b.png\tbar\ttrain', 'c.png\tbar\ttest') });
  await imports.whenChecked('3 samples');
  await imports.finish();
  expect(Object.values(await api.truthOf(imports.project)).sort()).toEqual(['bar, test', 'bar, train', 'disc, train']);
  expect(watch.problems()).toEqual([]);
});

test('IDX files, zipped by gzip as MNIST comes', async ({ page, api, watch }) => {
  const labels = [0, 1, 2, 0, 1, 2];
  const kinds = labels.map((label) => kKinds[label] ?? 'disc');
  const imports = await emptyProject(page, api, 'IDX');
  await imports.take({
    'train-images-idx3-ubyte.gz': gzipSync(idxPictures(kinds)),
    'train-labels-idx1-ubyte.gz': gzipSync(idx([6], Uint8Array.from(labels))),
  });
  await imports.whenChecked('6 samples');
  await imports.finish();
  expect(await counts(api, imports.project)).toEqual({ samples: 6, splits: { train: 6 }, classes: { 0: 2, 1: 2, 2: 2 } });
  expect(watch.problems()).toEqual([]);
});

test('again into the same project: what differs is shown, nothing is overwritten, duplicates are listed', async ({ page, api, watch, accessible }) => {
  const folder = join(sources(), 'again');
  write(folder, shapes(4));
  const project = await api.createProject('Again');
  await api.importFrom(project, 'again');
  await api.post(`/projects/${project}/edits`, { base: (await api.project(project)).card.sequence, target: { ordinals: [0] }, set: { class: 'square' } });
  const before = await api.truthOf(project);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bar/bar-01.png'), png('bar', 77));
  writeFileSync(join(folder, 'disc/twin.png'), png('disc', 0));
  writeFileSync(join(folder, 'disc/disc-99.png'), png('disc', 99));
  const imports = new ImportPage(page, project);
  await imports.open('import');
  await imports.takeFolder('sources', 'again');
  await expect(imports.difference.getByText(/^2 new/)).toBeVisible({ timeout: 60_000 });
  await expect(imports.difference.getByText(/^1 byte-equal to another photograph/)).toBeVisible();
  await expect(imports.difference.getByText('1 photograph changed since')).toBeVisible();
  await expect(imports.difference.getByRole('radiogroup', { name: /1 label differs/ }).getByRole('radio', { name: 'Keep the project’s' })).toBeChecked();
  await accessible('Import, difference');
  await imports.last.click();
  await expect(page.getByText(/imported in/)).toBeVisible({ timeout: 60_000 });
  const after = await api.truthOf(project);
  expect(after).toMatchObject(before);
  expect(Object.keys(after)).toHaveLength(14);
  expect(watch.problems()).toEqual([]);
});

test('cancel leaves nothing, before the import and while files are on their way', async ({ page, api, watch }) => {
  const imports = await emptyProject(page, api, 'Cancelled');
  const nothing = await api.project(imports.project);
  await imports.take({ 'shapes.zip': zip(shapes(3)) });
  await imports.whenChecked('9 samples');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();

  // The upload does not end before the person has changed their mind.
  const held = Promise.withResolvers<undefined>();
  await page.route('**/files?*', async (route) => {
    await held.promise;
    await route.continue().catch(() => undefined);
  });
  await imports.take({ 'shapes.zip': zip(shapes(3)) });
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
  held.resolve(undefined);
  const now = await api.project(imports.project);
  expect(now.card).toMatchObject({ samples: 0, sequence: nothing.card.sequence });
  await page.reload();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Imports so far' })).toBeHidden();
  expect(watch.problems()).toEqual([]);
});
