// Results of other models come in as tables and are compared with the probe and with one another.
import { join } from 'node:path';
import { ExplorePage } from './pages/explore';
import { ImportPage } from './pages/imports';
import { Shell } from './pages/shell';
import { kKinds, shapes, text, write } from './support/files';
import { expect, sources, test, type Api } from './support/test';

const kReadyWithin = 120_000;
const kMistaken = ['test/bar/bar-20.png', 'test/bar/bar-21.png'];
const kName = 'Two models';

interface Predicted {
  path: string;
  split: string;
  truth: { class: string };
  predictions: { name: string; class: string | null }[];
}

let project = '';

async function begin(api: Api): Promise<string> {
  project = (await api.find(kName)) ?? '';
  if (project !== '') return project;
  write(join(sources(), 'two models'), { ...shapes(10, { below: 'train/' }), ...shapes(6, { below: 'test/', from: 20 }) });
  project = await api.createProject(kName);
  await api.importFrom(project, 'two models');
  await api.whenReady(project, kReadyWithin);
  return project;
}

async function testSamples(api: Api): Promise<(Predicted & { ordinal: number })[]> {
  const { card } = await api.project(project);
  const all = await Promise.all(Array.from({ length: card.samples }, (_, ordinal) => api.get<Predicted>(`/projects/${project}/samples/${String(ordinal)}`)));
  return all.map((sample, ordinal) => ({ ...sample, ordinal })).filter(({ split }) => split === 'test');
}

async function runId(api: Api, name: string): Promise<string> {
  const { runs } = await api.get<{ runs: { id: string; name: string }[] }>(`/projects/${project}`);
  const found = runs.find((run) => run.name === name);
  if (found === undefined) throw new Error(`There is no run ${name}`);
  return found.id;
}

async function bring(imports: ImportPage, file: string, name: string, table: Buffer): Promise<void> {
  await imports.open('import');
  await imports.take({ [file]: table });
  const predictions = imports.page.getByText('A model’s predictions', { exact: true });
  await expect(predictions).toBeVisible({ timeout: 60_000 });
  await predictions.click();
  const run = imports.page.getByRole('textbox', { name: 'Name of the model run' });
  await run.fill(name);
  await run.press('Tab');
  await imports.whenChecked('18 predictions');
  await imports.finish();
}

// What the grid shows, all of it.
async function ordinalsShown(explore: ExplorePage, count: number): Promise<number[]> {
  await expect(explore.tiles).toHaveCount(count);
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push(await explore.ordinalOf(index));
  return found.sort((a, b) => a - b);
}

test('a table of paths and classes, and one of probabilities, become model runs', async ({ page, api, watch }) => {
  test.setTimeout(kReadyWithin + 90_000);
  const imports = new ImportPage(page, await begin(api));
  const samples = await testSamples(api);
  const rows = samples.map(({ path, truth }) => `${path},${kMistaken.includes(path) ? 'disc' : truth.class}`);
  await bring(imports, 'classes.csv', 'by class', text('path,prediction', ...rows));
  const sure = samples.map(({ path, truth }) => [path, ...kKinds.map((kind) => (kind === truth.class ? '0.9' : '0.05'))].join(','));
  await bring(imports, 'probabilities.csv', 'by probability', text(`path,${kKinds.join(',')}`, ...sure));
  await imports.go('Explore');
  await page.getByRole('button', { name: 'probe', exact: true }).click();
  await page.getByRole('menuitem', { name: /by probability/ }).click();
  await expect(page).toHaveURL(/run=/);
  await expect(new ExplorePage(page, project).tile(0)).toHaveAttribute('title', /predicted bar with 0\.90/);
  expect(watch.problems()).toEqual([]);
});

test('two model runs are compared by McNemar, by class and by sample', async ({ page, api, watch, accessible }) => {
  const shell = new Shell(page, await begin(api));
  await shell.open('model', { run: await runId(api, 'by probability') });
  const compare = page.getByRole('region', { name: 'Compare' });
  await compare.getByRole('combobox', { name: 'Compare with' }).click();
  await page.getByRole('option', { name: 'by class', exact: true }).click();
  await expect(compare.getByText(/Accuracy 88\.9 → 100\.0 % on 18 samples/)).toBeVisible();
  await expect(compare.getByText('McNemar p = 0.500')).toBeVisible();
  await expect(compare.getByText('none got wrong')).toBeVisible();
  await expect(compare.getByRole('row', { name: /^bar 66\.7 → 100\.0 6/ })).toBeVisible();
  await accessible('Model, comparison');
  await compare.getByRole('link', { name: '2 got right' }).click();
  const mistaken = (await testSamples(api)).filter(({ path }) => kMistaken.includes(path)).map(({ ordinal }) => ordinal);
  expect(await ordinalsShown(new ExplorePage(page, project), 2)).toEqual(mistaken);
  expect(watch.problems()).toEqual([]);
});

test('an imported run is compared with the probe, and every number opens the samples that it counts', async ({ page, api, watch }) => {
  const shell = new Shell(page, await begin(api));
  const samples = await testSamples(api);
  const of = ({ predictions }: Predicted, name: string) => predictions.find((prediction) => prediction.name === name)?.class;
  const right = (sample: Predicted, name: string) => of(sample, name) === sample.truth.class;
  const run = await runId(api, 'by class');
  for (const { text: what, found } of [
    { text: 'right', found: samples.filter((sample) => !right(sample, 'probe') && right(sample, 'by class')) },
    { text: 'wrong', found: samples.filter((sample) => right(sample, 'probe') && !right(sample, 'by class')) },
  ]) {
    await shell.open('model', { run });
    const compare = page.getByRole('region', { name: 'Compare' });
    await compare.getByRole('combobox', { name: 'Compare with' }).click();
    await page.getByRole('option', { name: 'probe', exact: true }).click();
    if (found.length === 0) {
      await expect(compare.getByText(`none got ${what}`)).toBeVisible();
      continue;
    }
    await compare.getByRole('link', { name: `${String(found.length)} got ${what}` }).click();
    expect(await ordinalsShown(new ExplorePage(page, project), found.length)).toEqual(found.map(({ ordinal }) => ordinal));
  }
  await shell.open('model', { run });
  await page.getByRole('region', { name: 'Confusion matrix' }).getByRole('link', { name: /^bar predicted as disc/ }).click();
  expect(await ordinalsShown(new ExplorePage(page, project), 2)).toEqual(samples.filter(({ path }) => kMistaken.includes(path)).map(({ ordinal }) => ordinal));
  expect(watch.problems()).toEqual([]);
});
