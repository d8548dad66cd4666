// Real photographs of somebody's own, brought in through the wizard, and once round the loop.
import { ExplorePage } from './pages/explore';
import { ImportPage } from './pages/imports';
import { SuspectsPage } from './pages/suspects';
import { hasRecycling } from './support/recycling';
import { expect, origin, test, type Api } from './support/test';

test.skip(!hasRecycling(), 'There is no folder recycling-photos in BURNISH_TEST_DATA.');

const kReadyWithin = 240_000;

interface Impact {
  ready: boolean;
  stale?: boolean;
  sentence: string;
  verdict?: string;
  p_value?: number | null;
  accuracy_before?: { value: number };
  accuracy_after?: { value: number };
}

let project = '';

async function settledImpact(api: Api, changed: number): Promise<Impact> {
  let impact: Impact | undefined;
  await expect
    .poll(
      async () => {
        const now = await api.get<Impact & { changes: { labels: number } }>(`/projects/${project}/impact`);
        impact = now;
        return now.ready && now.stale === false && (changed === 0 ? now.changes.labels === 0 : now.changes.labels > 0);
      },
      { timeout: 120_000, intervals: [1000] },
    )
    .toBe(true);
  if (impact === undefined) throw new Error('No impact');
  return impact;
}

test('a table on the server is checked, shown and imported', async ({ page, api, watch, picture, accessible }) => {
  test.setTimeout(kReadyWithin + 90_000);
  await page.goto(origin());
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Recycling');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Import photographs' }).click();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
  project = await api.idOf('Recycling');
  await accessible('Import, where');
  const imports = new ImportPage(page, project);
  await imports.takeFromServer('recycling', 'labels.csv');
  await expect(imports.last).toBeEnabled({ timeout: 60_000 });
  await expect(imports.last).toHaveText('Import 2,527 samples');
  await expect(imports.row(/^cardboard new \d{3}$/)).toBeVisible();
  await expect(imports.row(/^file /)).toBeVisible();
  await page.waitForTimeout(300);
  await accessible('Import, check');
  await picture('import');
  await imports.last.click();
  await expect(page.getByText(/2,527 samples imported in/)).toBeVisible({ timeout: 60_000 });
  await accessible('Import, done');
  expect((await api.project(project)).splits).toMatchObject({ train: 1768, validation: 328, test: 431 });
  await page.getByRole('region', { name: /Import$/ }).getByRole('link', { name: 'Explore' }).click();
  await expect(new ExplorePage(page, project).tiles.first()).toBeVisible();
  await api.whenReady(project, kReadyWithin);
  await page.reload();
  await expect(page.getByRole('img', { name: /^Map of 2,527 samples/ })).toBeVisible();
  await page.waitForTimeout(1500);
  await picture('explore-photographs', 'jpeg');
  expect(watch.problems()).toEqual([]);
});

test('equal photographs under two labels are both there and listed as duplicates', async ({ page, api }) => {
  project = await api.idOf('Recycling');
  const explore = new ExplorePage(page, project);
  await explore.open('explore', { filter: { all: [{ duplicate: true }] } });
  await expect(explore.count('6 of 2,527 samples')).toBeVisible();
});

const kOnOneWall = 200;

// That a careful review is a real gain is shown in tests/loop, which knows the true classes.
test('accepting the worst suspects is measured and said; undoing it returns to the same numbers', async ({ page, api, watch, picture }) => {
  test.setTimeout(300_000);
  project = await api.idOf('Recycling');
  const before = await api.get<Impact>(`/projects/${project}/impact`);
  const suspects = new SuspectsPage(page, project);
  await suspects.open('suspects');
  await suspects.photograph.waitFor();
  await page.keyboard.press('w');
  await page.getByRole('button', { name: 'Choose all shown' }).click();
  const { suspects: ranked } = await api.get<{ suspects: unknown[] }>(`/projects/${project}/suspects?count=1000`);
  const chosen = Math.min(ranked.length, kOnOneWall);
  await page.waitForTimeout(700);
  await picture('wall-photographs', 'jpeg');
  await page.keyboard.press('Enter');
  await suspects.whenSaved();
  const after = await settledImpact(api, 1);
  test.info().annotations.push({ type: 'impact', description: after.sentence });
  await suspects.go('Impact');
  await expect(page.getByText(after.sentence)).toBeVisible();
  await picture('impact-photographs');
  expect(after.sentence).toMatch(new RegExp(`^\\S+ing ${chosen} labels: accuracy \\d+\\.\\d → \\d+\\.\\d %, `));

  await suspects.undo.click();
  const back = await settledImpact(api, 0);
  expect(back.accuracy_after).toEqual(before.accuracy_after);
  expect(back.verdict).toBe('no_change');
  expect(watch.problems()).toEqual([]);
});
