// What every test has: a person who is in, pages that must stay free of errors, pictures for the guide, and the API to
// wait with.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { resolve } from 'node:path';
import { loginLink } from './server';

export { expect };

export const origin = () => process.env['E2E_ORIGIN'] ?? '';
const images = resolve(import.meta.dirname, '../../../docs/images');

interface View {
  view: string;
  ready: boolean;
}
interface Project {
  card: { id: string; name: string; samples: number; sequence: number };
  views: View[];
  splits: Record<string, number>;
  classes: { name: string; count: number }[];
}

export class Api {
  constructor(private readonly context: BrowserContext) {}

  async get<T>(path: string): Promise<T> {
    const answer = await this.context.request.get(`${origin()}/api/v1${path}`);
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  async idOf(name: string): Promise<string> {
    const { projects } = await this.get<{ projects: { id: string; name: string }[] }>('/projects');
    const found = projects.find((project) => project.name === name);
    if (found === undefined) throw new Error(`There is no project ${name}`);
    return found.id;
  }

  project(id: string): Promise<Project> {
    return this.get<Project>(`/projects/${id}`);
  }

  // Everything that follows an import by itself is there.
  async whenReady(id: string, timeout: number): Promise<void> {
    await expect
      .poll(async () => (await this.project(id)).views.filter(({ ready }) => !ready).map(({ view }) => view), { timeout, intervals: [500] })
      .toEqual([]);
  }
}

// What a page must not do: throw, log an error, break the content security policy.
export class Watch {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [];

  on(page: Page): void {
    page.on('pageerror', (error) => this.found.push(`thrown: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) this.found.push(`logged: ${message.text()}`);
    });
  }

  // An answer that the test provokes and that the browser logs as an error.
  expect(what: RegExp): void {
    this.expected.push(what);
  }

  problems(): string[] {
    return this.found.filter((line) => !this.expected.some((what) => what.test(line)));
  }
}

interface Fixtures {
  watch: Watch;
  api: Api;
  // A picture of the page: into the guide with UPDATE_IMAGES=1, else beside the test's results.
  // Screens full of photographs go as JPEG, a third of the size.
  picture: (name: string, type?: 'png' | 'jpeg') => Promise<void>;
  // Nothing serious on the screen for people who hear or key it.
  accessible: (screen: string) => Promise<void>;
  // Another login of its own, as in a second browser.
  another: () => Promise<Page>;
}

async function login(context: BrowserContext): Promise<void> {
  const token = loginLink(process.env['E2E_DATA'] ?? '').split('#')[1];
  const answer = await context.request.post(`${origin()}/api/v1/session`, { data: { token }, headers: { Origin: origin() } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

export const test = base.extend<Fixtures>({
  context: async ({ context }, use) => {
    await login(context);
    await use(context);
  },
  watch: async ({ page }, use) => {
    const watch = new Watch();
    watch.on(page);
    await use(watch);
    expect(watch.problems()).toEqual([]);
  },
  api: async ({ context }, use) => {
    await use(new Api(context));
  },
  picture: async ({ page }, use, info) => {
    await use(async (name, type = 'png') => {
      await page.evaluate(() => document.fonts.ready);
      const file = `${name}.${type === 'png' ? 'png' : 'jpg'}`;
      const path = process.env['UPDATE_IMAGES'] === '1' ? resolve(images, file) : info.outputPath(file);
      await page.screenshot({ path, animations: 'disabled', type, ...(type === 'jpeg' ? { quality: 82 } : {}) });
    });
  },
  accessible: async ({ page }, use) => {
    await use(async (screen) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const said = grave.map(({ id, nodes }) => `${screen}: ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
      expect.soft(said).toEqual([]);
    });
  },
  another: async ({ browser, watch }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
      opened.push(context);
      await login(context);
      const page = await context.newPage();
      watch.on(page);
      return page;
    });
    for (const context of opened) await context.close();
  },
});
