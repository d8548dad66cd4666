// The whole demo, 70,000 photographs: too much for every run, so only in the long one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExplorePage } from './pages/explore';
import { start, stop } from './support/server';
import { Api, Watch, expect, login, test } from './support/test';

test.skip(process.env['BURNISH_LONG'] !== '1', 'Takes minutes; ./dev test --long runs it.');

const kLoadedWithin = 1_800_000;

test('all 70,000 photographs of the demo open and scroll', async ({ browser }) => {
  test.setTimeout(kLoadedWithin + 300_000);
  const data = mkdtempSync(join(tmpdir(), 'burnish-e2e-all-'));
  const server = await start(data, { demo: 'all', startWithin: kLoadedWithin });
  try {
    const context = await browser.newContext({ baseURL: server.origin, viewport: { width: 1440, height: 900 } });
    await login(context, server);
    const page = await context.newPage();
    const watch = new Watch();
    watch.on(page);
    const explore = new ExplorePage(page, await new Api(context, server.origin).idOf('Clothes'));
    await explore.open('explore');
    await expect(explore.count('70,000 samples')).toBeVisible({ timeout: 60_000 });
    await expect(explore.tile(0)).toBeVisible({ timeout: 60_000 });
    await explore.grid.focus();
    await page.keyboard.press('End');
    await expect(explore.grid.locator('[aria-posinset="70000"]')).toBeVisible({ timeout: 60_000 });
    expect(watch.problems()).toEqual([]);
    await context.close();
  } finally {
    await stop(server);
    rmSync(data, { recursive: true, force: true });
  }
});
