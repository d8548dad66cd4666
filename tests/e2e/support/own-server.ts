// For tests that kill or restart the server: one of their own, empty, with a folder of sources.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { write, type Files } from './files';
import { kill, start, stop, type Running } from './server';
import { test as base, type Place } from './test';

export { expect } from './test';

export class OwnServer {
  private constructor(
    private readonly folder: string,
    private running: Running,
  ) {}

  static async start(): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), 'burnish-e2e-own-'));
    mkdirSync(join(folder, 'sources'));
    return new OwnServer(folder, await OwnServer.run(folder, 0));
  }

  private static run(folder: string, port: number): Promise<Running> {
    return start(join(folder, 'data'), { port, mediaRoots: { sources: join(folder, 'sources') } });
  }

  get place(): Place {
    return { origin: this.running.origin, data: this.running.data };
  }

  offer(name: string, files: Files): void {
    write(join(this.folder, 'sources', name), files);
  }

  kill(): Promise<void> {
    return kill(this.running);
  }

  // Under the same address, as after the power came back.
  async startAgain(): Promise<void> {
    await stop(this.running);
    this.running = await OwnServer.run(this.folder, Number(new URL(this.running.origin).port));
  }

  async end(): Promise<void> {
    await stop(this.running);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const test = base.extend<object, { server: OwnServer }>({
  server: [
    async ({}, use) => {
      const server = await OwnServer.start();
      await use(server);
      await server.end();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  place: async ({ server }, use) => {
    await use(server.place);
  },
});
