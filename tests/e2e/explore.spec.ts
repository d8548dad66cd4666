// Explore in detail on the demo project: lasso, brush, orders, similar samples, and links for a colleague.
import type { Page } from '@playwright/test';
import { ExplorePage } from './pages/explore';
import { searchOf } from './pages/shell';
import { expect, test, type Api } from './support/test';

interface Detail {
  path: string;
  quality: Record<string, number>;
  predictions: { name: string; confidence: number; probabilities?: { probability: number }[] }[];
}

async function drag(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  const [first, ...others] = points;
  if (first === undefined) return;
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of others) await page.mouse.move(...point, { steps: 8 });
  await page.mouse.up();
}

async function openClothes(page: Page, api: Api, search: Record<string, unknown> = {}): Promise<ExplorePage> {
  const id = await api.idOf('Clothes');
  await api.whenReady(id, 120_000);
  const explore = new ExplorePage(page, id);
  await explore.open('explore', search);
  await expect(explore.tile(0)).toBeVisible();
  return explore;
}

async function firstTiles(explore: ExplorePage, count = 5): Promise<number[]> {
  await expect(explore.tile(count - 1)).toBeVisible();
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push(await explore.ordinalOf(index));
  return found;
}

// Whoever comes first waits for the demo project's probe.
test.setTimeout(180_000);

test('the lasso selects what lies inside it, and becomes a filter', async ({ page, api, watch }) => {
  const explore = await openClothes(page, api);
  const map = page.getByRole('img', { name: /^Map of 1,200 samples/ });
  await expect(map).toBeVisible();
  await page.getByRole('button', { name: 'Lasso (L)' }).click();
  const box = await page.getByRole('img', { name: 'Draw around samples; Escape cancels' }).boundingBox();
  if (box === null) throw new Error('The lasso has no place');
  // Clear of the bar that moves the edge of the map.
  const [left, top, middle, bottom] = [box.x + 12, box.y + 12, box.x + box.width / 2, box.y + box.height - 12];
  await drag(page, [[left, top], [middle, top], [middle, bottom], [left, bottom], [left, top]]);
  await expect(explore.actions).toContainText(/\d selected/);
  const selected = Number(/([\d,]+) selected/.exec((await explore.actions.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  expect(selected).toBeGreaterThan(50);
  expect(selected).toBeLessThan(1150);
  await page.getByRole('button', { name: 'Filter to the lasso' }).click();
  await expect.poll(() => searchOf(page)['filter']).toMatchObject({ all: [{ polygon: expect.any(Array) as unknown }] });
  const counted = page.getByText(/^[\d,]+ of 1,200 samples$/).first();
  const matching = async () => Number((await counted.textContent())?.split(' ')[0]?.replaceAll(',', ''));
  // The polygon of the link is thinned to four digits: a point on its very line may fall to the other side.
  await expect.poll(async () => Math.abs((await matching()) - selected)).toBeLessThanOrEqual(5);
  expect(watch.problems()).toEqual([]);
});

test('a brush over a histogram filters, the other facets follow, and a click lets it go', async ({ page, api, watch }) => {
  const explore = await openClothes(page, api);
  const histogram = page.getByRole('complementary', { name: 'Facets' }).getByRole('img', { name: /^How confidence is spread/i });
  await histogram.scrollIntoViewIfNeeded();
  const box = await histogram.boundingBox();
  if (box === null) throw new Error('The histogram has no place');
  const y = box.y + box.height / 2;
  await drag(page, [[box.x + 1, y], [box.x + box.width * 0.6, y]]);
  await expect.poll(() => JSON.stringify(searchOf(page)['filter'] ?? '')).toContain('confidence');
  const counted = page.getByText(/^[\d,]+ of 1,200 samples$/).first();
  const shown = async () => Number((await counted.textContent())?.split(' ')[0]?.replaceAll(',', ''));
  await expect.poll(shown).toBeLessThan(1200); // until the answer, the old count stands
  const matching = await shown();
  expect(matching).toBeGreaterThan(0);
  const splits = explore.page.getByRole('group', { name: /^Values of split/i }).getByRole('button', { name: /: [\d,]+ of [\d,]+$/ });
  await expect
    .poll(async () => (await splits.allTextContents()).reduce((sum, words) => sum + Number(/: ([\d,]+) of/.exec(words)?.[1]?.replaceAll(',', '')), 0))
    .toBe(matching);
  await histogram.click();
  await expect(explore.count('1,200 samples')).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test('similar to several samples: they come first', async ({ page, api, watch }) => {
  const explore = await openClothes(page, api);
  const wanted = [await explore.ordinalOf(1), await explore.ordinalOf(3)];
  await explore.select(1);
  await explore.tile(3).click({ modifiers: ['ControlOrMeta'] });
  await expect(explore.actions).toContainText('2 selected');
  await explore.actions.getByRole('button', { name: 'Find similar' }).click();
  await expect.poll(() => searchOf(page)).toMatchObject({ filter: { all: [{ similar: { to: wanted } }] }, sort: { by: 'similarity' } });
  await expect(explore.count('200 of 1,200 samples')).toBeVisible();
  await expect.poll(async () => (await firstTiles(explore, 2)).sort((a, b) => a - b)).toEqual(wanted);
  expect(watch.problems()).toEqual([]);
});

test('each order puts first what it names', async ({ page, api, watch }) => {
  const explore = await openClothes(page, api, { filter: { all: [{ split: ['test'] }] } });
  const detail = (ordinal: number) => api.get<Detail>(`/projects/${explore.project}/samples/${String(ordinal)}`);
  const confidence = (sample: Detail) => sample.predictions.find(({ name }) => name === 'probe')?.confidence ?? NaN;
  const quality = (name: string) => (sample: Detail) => sample.quality[name] ?? NaN;
  const orders: { name: string; key: (sample: Detail) => string | number; falling: boolean }[] = [
    { name: 'Path', key: (sample: Detail) => sample.path, falling: false },
    { name: 'Least confident first', key: confidence, falling: false },
    { name: 'Most confident first', key: confidence, falling: true },
    ...['Sharpness', 'Brightness', 'Contrast', 'Entropy'].map((by) => ({ name: by, key: quality(by.toLowerCase()), falling: false })),
  ];
  for (const { name, key, falling } of orders) {
    await explore.sortBy(name);
    const sorted = async () => {
      const keys = (await Promise.all((await firstTiles(explore)).map(detail))).map(key);
      return keys.every((value, index) => index === 0 || (falling ? value <= (keys[index - 1] ?? value) : value >= (keys[index - 1] ?? value)));
    };
    await expect.poll(sorted, { message: name }).toBe(true);
  }
  await page.getByRole('region', { name: 'Samples' }).getByRole('button', { name: 'Entropy' }).click();
  await page.getByRole('menuitem', { name: 'Turn the order around' }).click();
  await expect.poll(() => searchOf(page)['sort']).toEqual({ by: 'entropy', descending: true });
  expect(watch.problems()).toEqual([]);
});

test('a colleague who opens the link sees the same', async ({ page, api, watch, another }) => {
  const mine = await openClothes(page, api, {
    filter: { all: [{ split: ['test'] }, { prediction: { run: 'probe', correct: false } }] },
    sort: { by: 'confidence', descending: true },
    colour: 'split',
  });
  const shown = await firstTiles(mine);
  const theirs = new ExplorePage(await another(), mine.project);
  await theirs.page.goto(page.url());
  expect(await firstTiles(theirs)).toEqual(shown);
  await expect(theirs.page.getByRole('combobox', { name: 'Colour the map by' })).toHaveValue('Split');
  await mine.tile(2).dblclick();
  await expect(page.getByRole('article')).toBeVisible();
  await theirs.page.goto(page.url());
  await expect(theirs.page.getByRole('article')).toBeVisible();
  await expect(theirs.page.getByText(/^3 of \d+$/)).toBeVisible();
  expect(watch.problems()).toEqual([]);
});
