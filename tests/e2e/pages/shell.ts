import { expect, type Locator, type Page } from '@playwright/test';

export type Screen = 'explore' | 'model' | 'suspects' | 'impact' | 'versions' | 'history' | 'classes' | 'import' | 'about';

// The frame of every screen of a project.
export class Shell {
  readonly undo: Locator;
  readonly redo: Locator;
  readonly saved: Locator;

  constructor(
    readonly page: Page,
    readonly project: string,
  ) {
    this.undo = page.getByRole('button', { name: 'Undo', exact: true }).first();
    this.redo = page.getByRole('button', { name: 'Redo', exact: true });
    this.saved = page.getByText('saved', { exact: true });
  }

  async open(screen: Screen, search: Record<string, unknown> = {}): Promise<void> {
    const query = Object.entries(search).map(([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`);
    await this.page.goto(`/projects/${this.project}/${screen}${query.length === 0 ? '' : `?${query.join('&')}`}`);
  }

  async go(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click();
  }

  // Every edit that was made here is on disk.
  async whenSaved(): Promise<void> {
    await expect(this.saved).toBeVisible();
  }
}

export function searchOf(page: Page): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
  for (const [name, value] of new URL(page.url()).searchParams) {
    try {
      parsed[name] = JSON.parse(value);
    } catch {
      parsed[name] = value;
    }
  }
  return parsed;
}
