import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRecycling, writeFlipped } from './recycling';
import { startDemo, stop } from './server';

// Enough for a probe that learns and mistakes that are found; few enough to be embedded in half a minute.
const kPhotographs = 1200;

export default async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'burnish-e2e-'));
  const media = join(folder, 'recycling');
  mkdirSync(media);
  if (hasRecycling()) writeFlipped(media);
  const data = join(folder, 'data');
  const server = await startDemo(data, kPhotographs, { recycling: media });
  process.env['E2E_ORIGIN'] = server.origin;
  process.env['E2E_DATA'] = data;
  return async () => {
    await stop(server);
    rmSync(folder, { recursive: true, force: true });
  };
}
