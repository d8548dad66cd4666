import { expect, type Locator, type Page } from '@playwright/test';
import { chosen, type Files } from '../support/files';
import { Shell } from './shell';

const kReadWithin = 60_000;

// Four steps: where, what it is, check, import.
export class ImportPage extends Shell {
  readonly last: Locator;
  readonly problems: Locator;
  readonly difference: Locator;

  constructor(page: Page, project: string) {
    super(page, project);
    this.last = page.getByRole('button', { name: /^Import [\d,]+ (samples?|predictions?)$/ });
    this.problems = page.getByRole('list', { name: 'Problems' });
    this.difference = page.getByRole('region', { name: 'Difference to what the project has' });
  }

  // A table or archive directly below a folder that the server offers.
  async takeFromServer(root: string, file: string): Promise<void> {
    await this.openRoot(root);
    await this.entry(file).click();
  }

  // A whole folder that the server offers.
  async takeFolder(root: string, folder: string): Promise<void> {
    await this.openRoot(root);
    await this.entry(folder).click();
    await expect(this.page.getByRole('button', { name: `/ ${folder}`, exact: true })).toBeVisible();
    await this.page.getByRole('button', { name: 'Use this folder' }).click();
  }

  async takeFromComputer(paths: string | string[]): Promise<void> {
    await this.page.getByTestId('choose-files').setInputFiles(paths);
  }

  // As chosen from the computer, without a file on the disk.
  async take(files: Files): Promise<void> {
    await this.page.getByTestId('choose-files').setInputFiles(chosen(files));
  }

  // As dragged from the desktop and let go over the page.
  async drop(files: Files): Promise<void> {
    const inside = chosen(files).map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') }));
    const transfer = await this.page.evaluateHandle((dropped) => {
      const data = new DataTransfer();
      for (const { name, bytes } of dropped) {
        data.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name));
      }
      return data;
    }, inside);
    await this.page.getByText('Drop a zip, a folder, photographs or a table here').dispatchEvent('drop', { dataTransfer: transfer });
  }

  // Everything has been read and the last step offers to import this.
  async whenChecked(what: string): Promise<void> {
    await expect(this.last).toHaveText(`Import ${what}`, { timeout: kReadWithin });
    await expect(this.last).toBeEnabled({ timeout: kReadWithin });
  }

  async finish(): Promise<void> {
    await this.last.click();
    await expect(this.page.getByText(/(samples?|predictions?) imported in/)).toBeVisible({ timeout: kReadWithin });
  }

  async setMeaning(column: string, meaning: string): Promise<void> {
    await this.page.getByRole('combobox', { name: `Meaning of ${column}`, exact: true }).click();
    await this.page.getByRole('option', { name: meaning, exact: true }).click();
  }

  row(name: RegExp): Locator {
    return this.page.getByRole('row', { name });
  }

  private entry(name: string): Locator {
    return this.page.getByRole('list', { name: 'Folders and files' }).getByRole('button', { name, exact: true });
  }

  private async openRoot(root: string): Promise<void> {
    await this.page.getByRole('tab', { name: 'A folder of the server' }).click();
    const below = this.page.getByRole('combobox', { name: 'Below' });
    if ((await below.inputValue()) === root) return;
    await below.click();
    await this.page.getByRole('option', { name: root }).click();
  }
}
