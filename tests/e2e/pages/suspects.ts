import { type Locator, type Page } from '@playwright/test';
import { Shell } from './shell';

export class SuspectsPage extends Shell {
  readonly photograph: Locator;
  readonly remaining: Locator;
  readonly wall: Locator;

  constructor(page: Page, project: string) {
    super(page, project);
    this.photograph = page.getByRole('img', { name: /^Sample \d+, labeled/ });
    this.remaining = page.getByText(/[\d,]+ of [\d,]+ remain/);
    this.wall = page.getByRole('list', { name: 'Suspected labels' });
  }

  async left(): Promise<number> {
    return Number(/^([\d,]+) of/.exec((await this.remaining.textContent())?.trim() ?? '')?.[1]?.replaceAll(',', ''));
  }
}
