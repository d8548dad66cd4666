import { type Locator, type Page } from '@playwright/test';
import { Shell } from './shell';

// Four steps: where, what it is, check, import.
export class ImportPage extends Shell {
  readonly last: Locator;
  readonly problems: Locator;

  constructor(page: Page, project: string) {
    super(page, project);
    this.last = page.getByRole('button', { name: /^Import [\d,]+ (samples?|predictions?)$/ });
    this.problems = page.getByRole('list', { name: 'Problems' });
  }

  // A table or archive directly below a folder that the server offers.
  async takeFromServer(root: string, file: string): Promise<void> {
    await this.page.getByRole('tab', { name: 'A folder of the server' }).click();
    const below = this.page.getByRole('combobox', { name: 'Below' });
    if ((await below.inputValue()) !== root) {
      await below.click();
      await this.page.getByRole('option', { name: root }).click();
    }
    await this.page.getByRole('list', { name: 'Folders and files' }).getByRole('button', { name: file }).click();
  }

  async takeFromComputer(path: string): Promise<void> {
    await this.page.getByTestId('choose-files').setInputFiles(path);
  }

  row(name: RegExp): Locator {
    return this.page.getByRole('row', { name });
  }
}
