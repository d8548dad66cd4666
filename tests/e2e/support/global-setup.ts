import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRecycling, writeFlipped } from './recycling';
import { start, stop } from './server';

// Fewer (E2E_PHOTOGRAPHS=100) start sooner while a test that does not need the demo is written.
// Enough for a probe that learns and mistakes that are found; few enough to be embedded in half a minute.
const kPhotographs = Number(process.env['E2E_PHOTOGRAPHS'] ?? 1200);

export default async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'burnish-e2e-'));
  const media = join(folder, 'recycling');
  mkdirSync(media);
  if (hasRecycling()) writeFlipped(media);
  const sources = join(folder, 'sources');
  mkdirSync(sources);
  const data = join(folder, 'data');
  const server = await start(data, { demo: kPhotographs, mediaRoots: { recycling: media, sources } });
  process.env['E2E_ORIGIN'] = server.origin;
  process.env['E2E_DATA'] = data;
  process.env['E2E_SOURCES'] = sources;
  return async () => {
    await stop(server);
    rmSync(folder, { recursive: true, force: true });
  };
}
