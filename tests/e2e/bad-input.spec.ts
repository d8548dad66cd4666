// Input that is wrong: one clear sentence with the name of the thing, and nothing half done.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImportPage } from './pages/imports';
import { shapes, text, write, zip, type Files } from './support/files';
import { png } from './support/pictures';
import { expect, sources, test, type Api } from './support/test';

const good = png('disc', 1);
const other = png('bar', 1);

async function begin(page: ImportPage['page'], api: Api, name: string) {
  const imports = new ImportPage(page, await api.createProject(name));
  const head = (await api.project(imports.project)).card.sequence;
  await imports.open('import');
  return { imports, head };
}

// Nothing of an import that was not confirmed is in the project.
async function expectUntouched(api: Api, project: string, head: number) {
  const { card } = await api.project(project);
  expect(card).toMatchObject({ samples: 0, sequence: head });
}

async function expectSentences(imports: ImportPage, sentences: readonly string[]) {
  for (const sentence of sentences) await expect(imports.problems.getByText(sentence, { exact: true })).toBeVisible({ timeout: 60_000 });
}

test('files that are no good photographs are named, and the rest comes in', async ({ page, api, watch, accessible }) => {
  const { imports, head } = await begin(page, api, 'Bad photographs');
  await imports.take({
    'good.png': good,
    'other.png': other,
    'notes.png': Buffer.from('These are only words, and quite a few of them, so that nobody takes them for a photograph.'),
    'cut.png': other.subarray(0, 60),
    'empty.png': Buffer.alloc(0),
    'really a png.jpg': png('square', 1),
    'drawing.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  });
  // The check reads the beginning of each file; that the end of one is missing is found by the import.
  await imports.whenChecked('4 samples');
  await expectSentences(imports, [
    'notes.png is not an image.',
    'empty.png is empty: it has zero bytes.',
    'drawing.svg is an SVG drawing, which may hold programs; Burnish does not open it.',
    'The name of really a png.jpg tells another kind of picture than it is; it is read as what it is.',
  ]);
  await accessible('Import, problems');
  await expectUntouched(api, imports.project, head);
  await imports.finish();
  await expect(page.getByText(/3 samples imported in .*, 4 files left out\./)).toBeVisible();
  await expectSentences(imports, ['cut.png is cut off: the end of the picture is missing.']);
  expect((await api.project(imports.project)).card.samples).toBe(3);
  expect(watch.problems()).toEqual([]);
});

test('links out of the folder, names in no known letters, and zip entries that climb out are refused', async ({ page, api, watch }) => {
  const folder = join(sources(), 'hostile');
  write(folder, { 'good.png': good });
  symlinkSync('/etc/hostname', join(folder, 'outside.png'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/not-utf8-`), Buffer.from([0xff, 0xfe]), Buffer.from('.png')]), other);
  const { imports, head } = await begin(page, api, 'Hostile');
  await imports.takeFolder('sources', 'hostile');
  await imports.whenChecked('1 sample');
  await expectSentences(imports, ['outside.png is a link that leads out of the folder; it is not followed.']);
  await expect(imports.problems.getByText(/^The name not-utf8-.* is not UTF-8 text\.$/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await imports.take({ 'climbing.zip': zip([['inside.png', good], ['../climbed.png', other]]) });
  await imports.whenChecked('1 sample');
  await expectSentences(imports, ['../climbed.png would land outside the folder that the archive unpacks to; it is refused.']);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
  await expectUntouched(api, imports.project, head);
  expect(watch.problems()).toEqual([]);
});

test('rows of a table that cannot be used are named by line; a byte order mark does no harm', async ({ page, api, watch }) => {
  const { imports, head } = await begin(page, api, 'Bad rows');
  const rows = text('path,label', 'good.png,disc', 'other.png,bar,too much', 'oth\0er.png,bar', 'gone.png,disc', '../secret.png,disc', ',disc');
  await imports.take({ 'good.png': good, 'other.png': other, 'list.csv': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), rows]) });
  await imports.whenChecked('1 sample');
  await expect(imports.row(/^path Path of the photograph/)).toBeVisible();
  await expectSentences(imports, [
    'The row in line 3 of list.csv has another number of cells than the header.',
    'The row in line 4 of list.csv holds a NUL byte, which no text has.',
    'The row in line 7 of list.csv names no file.',
    'gone.png does not exist.',
    '../secret.png leads out of the source; it is refused.',
  ]);
  await expectUntouched(api, imports.project, head);
  expect(watch.problems()).toEqual([]);
});

for (const { what, files, sentence } of [
  { what: 'a table without a column of paths', files: { 'list.csv': text('colour,size', 'red,1', 'blue,2') }, sentence: 'No column of list.csv holds paths of pictures.' },
  { what: 'a table without rows', files: { 'list.csv': text('path,label') }, sentence: 'There is nothing to import in list.csv: no picture and no table with pictures.' },
  { what: 'an archive that is none', files: { 'broken.zip': Buffer.from('PK\x03\x04 and then nothing that makes sense') }, sentence: 'broken.zip is damaged or not an archive that Burnish reads; nothing was taken from it.' },
  { what: 'a Parquet table that is none', files: { 'table.parquet': Buffer.from('PAR1 is all that is right about this file PAR1') }, sentence: 'table.parquet is damaged or not the kind of table that its name says.' },
  { what: 'nothing to import', files: { 'readme.txt': text('Nothing to see here.') }, sentence: 'There is nothing to import in readme.txt: no picture and no table with pictures.' },
] satisfies { what: string; files: Files; sentence: string }[]) {
  test(`${what} cannot be imported, and the page says why`, async ({ page, api, watch }) => {
    const { imports, head } = await begin(page, api, `No: ${what}`);
    await imports.take(files);
    await expectSentences(imports, [sentence]);
    await expect(page.getByRole('button', { name: /^Import/ })).toBeDisabled();
    await expectUntouched(api, imports.project, head);
    expect(watch.problems()).toEqual([]);
  });
}

test('a folder that went away between looking and choosing is said, and the wizard begins again', async ({ page, api, watch }) => {
  const { imports, head } = await begin(page, api, 'Gone');
  write(join(sources(), 'going'), { 'good.png': good });
  await page.route('**/imports', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    return route.continue({ postData: JSON.stringify({ kind: 'folder', root: 'sources', path: 'gone already' }) });
  });
  await imports.takeFolder('sources', 'going');
  await expect(page.getByText('There is no folder "gone already" that can be read in "sources".')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
  await expectUntouched(api, imports.project, head);
  expect(watch.problems()).toEqual([]);
});

test('the same import a second time changes nothing', async ({ page, api, watch }) => {
  write(join(sources(), 'twice'), shapes(2));
  const { imports } = await begin(page, api, 'Twice');
  await api.importFrom(imports.project, 'twice');
  const before = await api.truthOf(imports.project);
  await imports.takeFolder('sources', 'twice');
  await expect(imports.difference.getByText('6 already here and unchanged')).toBeVisible({ timeout: 60_000 });
  await expect(imports.difference.getByRole('listitem')).toHaveCount(1);
  expect(await api.truthOf(imports.project)).toEqual(before);
  expect(watch.problems()).toEqual([]);
});

test('rows of predictions that make no sense are named, and the others come in', async ({ page, api, watch }) => {
  write(join(sources(), 'judged'), shapes(3));
  const { imports } = await begin(page, api, 'Judged');
  await api.importFrom(imports.project, 'judged');
  const before = await api.truthOf(imports.project);
  await imports.take({
    'predictions.csv': text(
      'path,bar,disc,square',
      'bar/bar-00.png,0.8,0.1,0.1',
      'bar/bar-01.png,0.8,0.8,0.8',
      'bar/bar-02.png,NaN,0.5,0.5',
      'disc/disc-00.png,-0.5,1.5,0',
      'disc/nobody.png,0.1,0.8,0.1',
      'square/square-00.png,0.1,0.1,0.8',
      'square/square-00.png,0.8,0.1,0.1',
    ),
  });
  const predictions = page.getByText('A model’s predictions', { exact: true });
  await expect(predictions).toBeVisible({ timeout: 60_000 });
  await predictions.click();
  await expectSentences(imports, [
    'The probabilities of bar/bar-01.png do not sum to 1.',
    'bar/bar-02.png has a probability that is not a number.',
    'disc/disc-00.png has a probability below 0 or above 1.',
    'disc/nobody.png is no sample of this project.',
    'square/square-00.png has two predictions; the first is taken.',
  ]);
  await imports.whenChecked('2 predictions');
  await imports.finish();
  expect(await api.truthOf(imports.project)).toEqual(before);
  expect(watch.problems()).toEqual([]);
});

test('a predicted class that the project does not have is named, and the person chooses', async ({ page, api, watch }) => {
  write(join(sources(), 'named'), shapes(2));
  const { imports } = await begin(page, api, 'Named');
  await api.importFrom(imports.project, 'named');
  await imports.take({ 'predictions.csv': text('path,prediction', 'bar/bar-00.png,bar', 'bar/bar-01.png,triangle') });
  const predictions = page.getByText('A model’s predictions', { exact: true });
  await expect(predictions).toBeVisible({ timeout: 60_000 });
  await predictions.click();
  await page.getByText('Leave their rows out', { exact: true }).click();
  await expectSentences(imports, ['triangle is no class of this project.']);
  await imports.whenChecked('1 prediction');
  await imports.finish();
  expect((await api.project(imports.project)).classes.map(({ name }) => name)).not.toContain('triangle');
  expect(watch.problems()).toEqual([]);
});
