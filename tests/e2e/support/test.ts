// What every test has: a person who is in, pages that must stay free of errors, pictures for the guide, and the API to
// wait with.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { resolve } from 'node:path';
import { loginLink } from './server';

export { expect };

// The server of all tests that do not start one of their own.
export const origin = () => process.env['E2E_ORIGIN'] ?? '';
// A folder that it offers as "sources".
export const sources = () => process.env['E2E_SOURCES'] ?? '';
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

export interface Sample {
  ordinal: number;
  path: string;
  split: string;
  truth: { class: string | null };
}

export class Api {
  constructor(
    private readonly context: BrowserContext,
    private readonly origin: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    const answer = await this.context.request.get(`/api/v1${path}`);
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  async post<T>(path: string, data: unknown): Promise<T> {
    const answer = await this.context.request.post(`/api/v1${path}`, {
      data,
      headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: this.origin },
    });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  async createProject(name: string): Promise<string> {
    return (await this.post<{ id: string }>('/projects', { name })).id;
  }

  // Where tests need samples and not the wizard.
  async importFrom(project: string, path: string, mapping: object = {}): Promise<void> {
    const imports = `/projects/${project}/imports`;
    const { id } = await this.post<{ id: string }>(imports, { kind: 'folder', root: 'sources', path });
    const reaches = (state: string) => expect.poll(async () => (await this.get<{ state: string }>(`${imports}/${id}`)).state, { timeout: 60_000 }).toBe(state);
    await this.post(`${imports}/${id}/check`, mapping);
    await reaches('checked');
    await this.post(`${imports}/${id}/commit`, {});
    await reaches('done');
  }

  // Truth of each sample by path, with its split.
  async truthOf(project: string): Promise<Record<string, string>> {
    const { card } = await this.project(project);
    const found: Record<string, string> = {};
    for (let ordinal = 0; ordinal < card.samples; ordinal += 1) {
      const sample = await this.get<Sample>(`/projects/${project}/samples/${String(ordinal)}`);
      found[sample.path] = `${sample.truth.class ?? 'none'}, ${sample.split}`;
    }
    return found;
  }

  async find(name: string): Promise<string | undefined> {
    const { projects } = await this.get<{ projects: { id: string; name: string }[] }>('/projects');
    return projects.find((project) => project.name === name)?.id;
  }

  async idOf(name: string): Promise<string> {
    const found = await this.find(name);
    if (found === undefined) throw new Error(`There is no project ${name}`);
    return found;
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

// Where the server is, and the folder that holds what it keeps.
export interface Place {
  origin: string;
  data: string;
}

interface Fixtures {
  place: Place;
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

export async function login(context: BrowserContext, { origin: at, data }: Place): Promise<void> {
  const token = loginLink(data).split('#')[1];
  const answer = await context.request.post(`${at}/api/v1/session`, { data: { token }, headers: { Origin: at } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

export const test = base.extend<Fixtures>({
  place: async ({}, use) => {
    await use({ origin: origin(), data: process.env['E2E_DATA'] ?? '' });
  },
  baseURL: async ({ place }, use) => {
    await use(place.origin);
  },
  context: async ({ context, place }, use) => {
    await login(context, place);
    await use(context);
  },
  watch: async ({ page }, use) => {
    const watch = new Watch();
    watch.on(page);
    await use(watch);
    expect(watch.problems()).toEqual([]);
  },
  api: async ({ context, place }, use) => {
    await use(new Api(context, place.origin));
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
  another: async ({ browser, watch, place }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', baseURL: place.origin });
      opened.push(context);
      await login(context, place);
      const page = await context.newPage();
      watch.on(page);
      return page;
    });
    for (const context of opened) await context.close();
  },
});
