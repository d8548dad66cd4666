// Edits by key and mouse while something goes wrong, and what the page said meanwhile. Everything random comes from a seed.
import type { BrowserContext, CDPSession } from '@playwright/test';
import { ExplorePage } from '../pages/explore';
import { kKinds } from './files';
import type { OwnServer } from './own-server';
import { numbers } from './pictures';
import { expect, login, type Api } from './test';

export const kSamples = 12;
export const kFaults = ['close', 'crash', 'reload', 'kill', 'offline', 'offline and close', 'answer lost', 'session', 'two tabs', 'kill and close'] as const;
// The last is long enough that what was done has been tried: for bugs that show only then.
export type Fault = (typeof kFaults)[number] | 'offline for a while';

// Faults of the page itself that the harness must find.
export const kBugs = {
  'keeps nothing': `const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (value, key) { return put.call(this, { ...value, conflicts: [], project: 'nowhere' }, 'nothing'); };`,
  'says saved early': `const send = fetch; fetch = async (address, options) => {
    if (!String(address).endsWith('/edits')) return send(address, options);
    setTimeout(() => void send(address, options).catch(() => undefined), 1500);
    return new Response(JSON.stringify({ sequence: 1, change: 1, changed: 1, unchanged: 0, conflicts: [], conflict_count: 0, summary: '' }));
  };`,
  'forgets what it has sent': `const send = fetch; fetch = (address, options) => send(address, options).catch((error) => {
    if (!String(address).endsWith('/edits')) throw error;
    return new Response(JSON.stringify({ type: '', title: '', status: 400, code: 'invalid', detail: '' }), { status: 400 });
  });`,
} as const;
export type Bug = keyof typeof kBugs;

// In the page: notes what is taken on, what the server has acknowledged, and each time that "saved" is said although an
// edit of this tab or of one that is gone still waits.
const kWitness = `
  const taken = new Set();
  const acknowledged = new Set();
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (this.name === 'operations' && !taken.has(value.id)) { taken.add(value.id); void witness({ kind: 'taken', work: value.work }); }
    return put.call(this, value, key);
  };
  const send = fetch;
  fetch = async (address, options) => {
    const answer = await send(address, options);
    const key = options?.headers?.['Idempotency-Key'];
    if (answer.ok && key !== undefined) acknowledged.add(key);
    return answer;
  };
  let before;
  const look = () => {
    const state = document.querySelector('[data-status]')?.getAttribute('data-status');
    if (state === before) return;
    before = state;
    if (state !== 'saved') return;
    const waiting = [...taken].filter((id) => !acknowledged.has(id));
    if (waiting.length > 0) void witness({ kind: 'lie', waiting });
    const now = Date.now();
    const opened = indexedDB.open('burnish-operations');
    opened.onsuccess = () => {
      const all = opened.result.transaction('operations').objectStore('operations').getAll();
      all.onsuccess = async () => {
        opened.result.close();
        const { held } = await navigator.locks.query();
        const alive = new Set(held.map(({ name }) => name.replace('burnish-tab-', '')));
        const left = all.result.filter(({ at, owner, id }) => at < now && !alive.has(owner) && !acknowledged.has(id));
        if (left.length > 0) void witness({ kind: 'lie', left: left.map(({ title }) => title) });
      };
    };
  };
  addEventListener('DOMContentLoaded', () => new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-status'] }));
`;

interface Witnessed {
  kind: 'taken' | 'lie';
}

// The label of each sample, by the key that sets it.
async function labelsOf(api: Api, project: string): Promise<number[]> {
  return Object.values(await api.truthOf(project)).map((truth) => kKinds.findIndex((kind) => truth.startsWith(`${kind},`)) + 1);
}

export class LostWork {
  private next: () => number = numbers(1);
  // What was pressed since the round began, and the labels that must come of it.
  private pressed = 0;

  private constructor(
    private readonly context: BrowserContext,
    private readonly server: OwnServer,
    private readonly api: Api,
    readonly project: string,
    private readonly within: number,
    private readonly labels: number[],
    // What the pages have told: how many edits they took on, and when they said what is not so.
    private readonly told: { taken: number; lies: unknown[] },
    private explore: ExplorePage,
  ) {}

  // `within`: how long what was done may take to be saved once nothing is wrong any more.
  static async begin(context: BrowserContext, server: OwnServer, api: Api, project: string, within: number, bug?: Bug): Promise<LostWork> {
    const told = { taken: 0, lies: [] as unknown[] };
    await context.exposeBinding('witness', (_, seen: Witnessed) => {
      if (seen.kind === 'taken') told.taken += 1;
      else told.lies.push(seen);
    });
    await context.addInitScript(kWitness);
    // After the witness, so that what the page gets to see is false and what the witness sees is not.
    if (bug !== undefined) await context.addInitScript(kBugs[bug]);
    const explore = new ExplorePage(await context.newPage(), project);
    const work = new LostWork(context, server, api, project, within, await labelsOf(api, project), told, explore);
    await work.show();
    return work;
  }

  async round(seed: number, fault: Fault): Promise<void> {
    this.next = numbers(seed * 7919 + 1);
    this.next();
    this.pressed = 0;
    this.told.lies.length = 0;
    const before = await this.edits();
    for (let count = 1 + this.below(4); count > 0; count -= 1) await this.edit();
    await this.strike(fault);
    await expect(this.explore.saved, 'saved in the end').toBeVisible({ timeout: this.within });
    expect(this.told.lies, '"saved" was said of edits that waited').toEqual([]);
    expect((await this.edits()) - before, 'each edit is in the log exactly once').toBe(this.pressed);
    expect(await labelsOf(this.api, this.project), 'the last word of each sample').toEqual(this.labels);
  }

  // For ten minutes by the page's own clock.
  async longOffline(): Promise<void> {
    const before = await this.edits();
    this.pressed = 0;
    await this.context.clock.install();
    await this.reopen();
    await this.context.setOffline(true);
    await this.several();
    await expect(this.explore.page.getByRole('button', { name: /^offline: \d+ changes? waits?$/ })).toBeVisible();
    for (let minute = 0; minute < 10; minute += 1) await this.context.clock.runFor(60_000);
    await this.several();
    await expect(this.explore.saved).toBeHidden();
    await this.context.setOffline(false);
    await this.context.clock.runFor(30_000);
    await expect(this.explore.saved).toBeVisible({ timeout: this.within });
    expect(this.told.lies).toEqual([]);
    expect((await this.edits()) - before).toBe(this.pressed);
  }

  private below(most: number): number {
    return Math.floor(this.next() * most);
  }

  private async edits(): Promise<number> {
    const { head } = await this.api.get<{ head: number }>(`/projects/${this.project}/changes?count=1`);
    return head;
  }

  private async open(): Promise<void> {
    this.explore = new ExplorePage(await this.context.newPage(), this.project);
    await this.show();
  }

  private async show(): Promise<void> {
    await this.explore.open('explore');
    await expect(this.explore.tiles).toHaveCount(kSamples);
  }

  private async reopen(): Promise<void> {
    await this.explore.page.close();
    await this.open();
  }

  // One label, to another class than it has: by a click and a key, or on the sample's own page.
  private async edit(isReachable = true): Promise<void> {
    const { page } = this.explore;
    const sample = this.below(kSamples);
    const now = this.labels[sample] ?? 0;
    const key = 1 + ((now + this.below(kKinds.length - 1)) % kKinds.length);
    const isAlone = isReachable && this.next() < 0.2;
    if (isAlone) {
      await this.explore.tile(sample).dblclick();
      await expect(page.getByRole('button', { name: /^Truth: / })).toBeVisible();
    } else {
      await this.explore.tile(sample).click();
    }
    await page.keyboard.press(String(key));
    this.labels[sample] = key;
    this.pressed += 1;
    if (!isAlone && this.next() < 0.5) return;
    await page.keyboard.press('Escape');
    if (isAlone) await expect(page.getByRole('button', { name: /^Truth: / })).toBeHidden();
  }

  private async several(isReachable = false): Promise<void> {
    for (let count = 1 + this.below(3); count > 0; count -= 1) await this.edit(isReachable);
  }

  private async strike(fault: Fault): Promise<void> {
    const { page } = this.explore;
    switch (fault) {
      case 'close':
        return this.reopen();
      case 'crash':
        return this.crash(await this.context.newCDPSession(page));
      case 'reload':
        await page.reload();
        return this.show();
      case 'kill':
        await this.server.kill();
        await this.several();
        return this.server.startAgain();
      case 'kill and close':
        await this.server.kill();
        await this.several();
        await page.close();
        await this.server.startAgain();
        return this.open();
      case 'offline':
        return this.offline(async () => page.waitForTimeout(this.below(1500)));
      case 'offline for a while':
        return this.offline(async () => page.waitForTimeout(1500));
      case 'offline and close':
        await this.offline(async () => page.close());
        return this.open();
      case 'answer lost':
        return this.loseAnswers();
      case 'session':
        return this.endSession();
      case 'two tabs':
        return this.twoTabs();
    }
  }

  private async crash(session: CDPSession): Promise<void> {
    const { page } = this.explore;
    const crashed = page.waitForEvent('crash');
    void session.send('Page.crash').catch(() => undefined);
    await crashed;
    return this.reopen();
  }

  private async offline(meanwhile: () => Promise<void>): Promise<void> {
    await this.context.setOffline(true);
    await this.several();
    await meanwhile();
    await this.context.setOffline(false);
  }

  // The server does what is asked, and the browser never hears of it.
  private async loseAnswers(): Promise<void> {
    const { page } = this.explore;
    let toLose = 1 + this.below(2);
    await page.route('**/edits', async (route) => {
      if (toLose === 0) return route.continue();
      toLose -= 1;
      await route.fetch();
      return route.abort();
    });
    await this.several();
    if (this.next() < 0.5) return;
    await page.waitForTimeout(this.below(300));
    await this.reopen();
  }

  // Somebody at the keys when the session ends: what the page still takes on is theirs, and after a login elsewhere it goes out.
  private async endSession(): Promise<void> {
    const { page } = this.explore;
    await this.context.clearCookies();
    const sample = this.below(kSamples);
    const key = 1 + ((this.labels[sample] ?? 0) % kKinds.length);
    const { taken } = this.told;
    // The page may learn of it before the click comes, and shows the login.
    const isStillShown = await this.explore.tile(sample).click({ timeout: 3000 }).then(() => true, () => false);
    if (isStillShown) await page.keyboard.press(String(key));
    await expect(page.getByText('You come in with a login link.').or(page.getByRole('button', { name: /^signed out: / })).first()).toBeVisible();
    if (this.told.taken > taken) {
      this.labels[sample] = key;
      this.pressed += 1;
      await expect(page.getByText(/changes? waits?/).first()).toBeVisible();
    }
    await login(this.context, this.server.place);
    await expect(this.explore.tiles).toHaveCount(kSamples);
  }

  // One tab is closed with edits that wait; the other takes them over when it comes into sight.
  private async twoTabs(): Promise<void> {
    const first = this.explore;
    await expect(first.saved).toBeVisible({ timeout: this.within });
    await this.open();
    await expect(this.explore.saved).toBeVisible();
    const other = this.explore;
    this.explore = first;
    await first.page.bringToFront();
    await this.offline(async () => first.page.close());
    this.explore = other;
    await other.page.bringToFront();
    await other.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await expect.poll(async () => this.left(), { timeout: this.within }).toBe(0);
  }

  // What the browser still keeps.
  private left(): Promise<number> {
    return this.explore.page.evaluate(
      () =>
        new Promise<number>((done, failed) => {
          const opened = indexedDB.open('burnish-operations');
          opened.onerror = () => failed(new Error('no store'));
          opened.onsuccess = () => {
            const count = opened.result.transaction('operations').objectStore('operations').count();
            count.onsuccess = () => {
              opened.result.close();
              done(count.result);
            };
          };
        }),
    );
  }
}
