import '@fontsource-variable/inter/wght.css';
import './shared/theme/mantine.css';
import './shared/theme/tokens.css';
import { readFirst } from './app/first-reads';
import { makeQueryClient } from './app/query-client';
import { placeOf, screenPages } from './app/screen-pages';

// Longer than this no screen waits for what it shows: it says itself that it waits.
const kWaitAtMost = 600;
const kRestAfter = 4000;

// The scripts and the first answers of the server come at the same time.
async function begin() {
  let leave = () => {};
  const client = makeQueryClient(() => leave());
  const reads = readFirst(client, window.location);
  const place = placeOf(window.location.pathname);
  if (place !== undefined) void screenPages[place.screen]();
  const app = await import('./app/start');
  leave = app.leave;
  await Promise.all([app.loadFirst(), Promise.race([reads.done, new Promise((done) => setTimeout(done, kWaitAtMost))])]);
  app.start(client, () => {
    reads.release();
    setTimeout(() => void app.loadRest(), kRestAfter);
  });
}

void begin();
