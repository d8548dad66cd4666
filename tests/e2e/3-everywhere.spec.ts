// What holds on every screen: nothing serious for people who hear or key it, in both colour schemes and at both widths.
import { ExplorePage } from './pages/explore';
import { Shell, type Screen } from './pages/shell';
import { expect, origin, test } from './support/test';

const screens: readonly Screen[] = ['explore', 'model', 'suspects', 'impact', 'versions', 'history', 'classes', 'import', 'about'];

for (const { scheme, width, height } of [
  { scheme: 'dark', width: 1440, height: 900 },
  { scheme: 'light', width: 1024, height: 768 },
] as const) {
  test.describe(`${scheme}, ${String(width)} wide`, () => {
    test.use({ colorScheme: scheme, viewport: { width, height } });

    test('every screen is sound and fits', async ({ page, api, watch, picture, accessible }) => {
      test.setTimeout(150_000);
      const shell = new Shell(page, await api.idOf('Clothes'));
      for (const screen of screens) {
        await shell.open(screen);
        await shell.saved.waitFor();
        await page.waitForTimeout(900);
        await accessible(`${screen}, ${scheme}, ${String(width)}`);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(wider, `${screen} is wider than the window`).toBeLessThanOrEqual(0);
        if (screen === 'explore' && scheme === 'dark') await picture('explore-dark');
      }
      expect(watch.problems()).toEqual([]);
    });

    test('the projects, the login page and every dialog are sound', async ({ page, api, watch, accessible }) => {
      test.setTimeout(150_000);
      // Signed out, and the page that the server itself sends for /login has no icon.
      watch.expect(/status of 40[14]/);
      const named = (screen: string) => `${screen}, ${scheme}, ${String(width)}`;
      const dialog = page.getByRole('dialog');
      // Faded in, so that its colours are those that a person reads.
      const check = async (screen: string) => {
        await expect(dialog).toBeVisible();
        await expect(dialog).toHaveCSS('opacity', '1');
        await accessible(named(screen));
        await page.keyboard.press('Escape');
        await expect(dialog).toBeHidden();
      };
      await page.goto('/');
      await expect(page.getByRole('link', { name: /Clothes/ })).toBeVisible();
      await accessible(named('projects'));
      await page.getByRole('button', { name: 'New project' }).first().click();
      await check('new project');

      const explore = new ExplorePage(page, await api.idOf('Clothes'));
      await explore.open('explore');
      await explore.select(0);
      await accessible(named('selected samples'));
      await page.keyboard.press('Control+a');
      await expect(explore.actions).toContainText('that match');
      await page.keyboard.press('x');
      await check('exclude all that match');
      await page.keyboard.press('?');
      await check('keys');
      await page.keyboard.press('Control+k');
      await check('actions');
      await explore.open('versions');
      await page.getByRole('button', { name: 'Publish a version' }).first().click();
      await check('publish');
      await page.getByRole('button', { name: /^Export/ }).first().click();
      await check('export');
      await explore.open('history');
      await page.getByRole('listitem').getByRole('button', { name: 'Undo' }).first().click();
      await check('take back');

      await page.context().clearCookies();
      await page.goto('/');
      await expect(page.getByText('You come in with a login link.')).toBeVisible();
      await accessible(named('login'));
      await page.goto('/login?');
      await expect(page.getByText('This link has no token.')).toBeVisible();
      await accessible(named('login, without a token'));
      expect(watch.problems()).toEqual([]);
    });
  });
}

test('everything can be reached by keyboard', async ({ page, api, watch }) => {
  const shell = new Shell(page, await api.idOf('Clothes'));
  await shell.open('explore');
  await page.getByRole('listbox', { name: 'Samples' }).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys on this screen' })).toBeVisible();
  await page.keyboard.press('Escape');
  // A closing dialog keeps its keys to itself until it is gone.
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await expect(page).toHaveURL(/\/model$/);
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Find an action' }).fill('Go to Wrong labels');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/suspects$/);
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('/');
  await expect(page.getByRole('textbox', { name: 'Search by name or path' })).toBeFocused();
  await page.keyboard.type('test/0000');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/explore\?filter=/);
  expect(watch.problems()).toEqual([]);
});

test('an address that does not exist is said, and a stranger is sent to the login page', async ({ page, browser, watch }) => {
  watch.expect(/status of 404|There is no such project/);
  await page.goto(`${origin()}/projects/nobody/explore`);
  await expect(page.getByRole('alert')).toBeVisible();
  const stranger = await browser.newPage();
  await stranger.goto(`${origin()}/projects/nobody/explore`);
  await expect(stranger.getByText('You come in with a login link.')).toBeVisible();
  await stranger.close();
});
