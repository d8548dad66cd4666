import { expect, type Locator, type Page } from '@playwright/test';
import { Shell } from './shell';

export class ExplorePage extends Shell {
  readonly grid: Locator;
  readonly tiles: Locator;
  readonly actions: Locator;

  constructor(page: Page, project: string) {
    super(page, project);
    this.grid = page.getByRole('listbox', { name: 'Samples' });
    this.tiles = this.grid.getByRole('option');
    this.actions = page.getByRole('toolbar', { name: 'Selected samples' });
  }

  tile(index: number): Locator {
    return this.tiles.nth(index);
  }

  value(name: string | RegExp): Locator {
    return this.page.getByRole('complementary', { name: 'Facets' }).getByRole('button', { name });
  }

  count(text: string): Locator {
    return this.page.getByText(text, { exact: true }).first();
  }

  async sortBy(name: string): Promise<void> {
    await this.page.getByRole('region', { name: 'Samples' }).getByRole('button', { name: /^(As imported|Path|Sharpness|Brightness|Contrast|Entropy|.* first)$/ }).click();
    await this.page.getByRole('menuitem', { name, exact: true }).click();
  }

  async select(index: number): Promise<void> {
    await this.tile(index).click();
    await expect(this.actions).toContainText('1 selected');
  }

  // The ordinal that a tile names.
  async ordinalOf(index: number): Promise<number> {
    const words = await this.tile(index).getAttribute('title');
    return Number(/Sample ([\d,]+)/.exec(words ?? '')?.[1]?.replaceAll(',', ''));
  }
}
