// Drives a browser and prints one JSON object for each thing measured.
//   node drive.mjs CASE JSON      CASE: first | scroll | memory | map | draw
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

// Software drawing: what is measured here is measured without a GPU.
const kFlags = [
  '--no-sandbox', '--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-first-run',
];
const kWindow = { width: 1440, height: 900 };
const kQuiet = 1000;
const kSlowest = 60_000;

const [, , what, text] = process.argv;
const options = JSON.parse(text);
const print = (found) => console.log(JSON.stringify(found));
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// A new browser profile that is in, with nothing in its cache.
async function openPage(browser) {
  const context = await browser.newContext({ viewport: kWindow });
  if (options.cookie !== undefined) {
    const [name, value] = options.cookie.split('=');
    await context.addCookies([{ name, value, url: options.origin }]);
  }
  const page = await context.newPage();
  return { context, page, cdp: await context.newCDPSession(page) };
}

// Frames as the page sees them, between begin() and end().
async function watchFrames(page) {
  await page.evaluate(() => {
    const times = [];
    let isOn = true;
    const note = (now) => {
      times.push(now);
      if (isOn) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    window.endFrames = () => {
      isOn = false;
      return times.slice(1).map((now, index) => now - times[index]);
    };
  });
  return () => page.evaluate(() => window.endFrames());
}

// Script that was loaded, when what matters was there, and when the main thread had become quiet: the end of its last long task.
async function first(browser) {
  const { context, page, cdp } = await openPage(browser);
  const scripts = new Map();
  await cdp.send('Network.enable');
  cdp.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (type === 'Script') scripts.set(requestId, { url: response.url, bytes: 0, at: Infinity });
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const script = scripts.get(requestId);
    if (script !== undefined) Object.assign(script, { bytes: encodedDataLength, at: Date.now() });
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: options.throttle });
  await page.addInitScript((shown) => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) window.longTasks.push([startTime, startTime + duration]);
    }).observe({ type: 'longtask', buffered: true });
    const look = () => {
      if (document.querySelector(shown) === null) requestAnimationFrame(look);
      else window.shownAt ??= performance.now();
    };
    requestAnimationFrame(look);
  }, options.shown);
  await page.goto(options.origin + options.path);
  await page.waitForFunction(
    (quiet) => window.shownAt !== undefined && performance.now() - Math.max(window.shownAt, ...window.longTasks.map(([, end]) => end)) > quiet,
    kQuiet,
    { timeout: kSlowest },
  );
  const { shownAt, longTasks, begun } = await page.evaluate(() => ({ shownAt: window.shownAt, longTasks: window.longTasks, begun: performance.timeOrigin }));
  const interactive = Math.max(shownAt, ...longTasks.map(([, end]) => end));
  const before = [...scripts.values()].filter(({ at }) => at - begun <= interactive);
  const sum = (list) => list.reduce((bytes, script) => bytes + script.bytes, 0);
  print({ shown: shownAt, interactive, script: sum(before), later: sum([...scripts.values()]) - sum(before), longest: Math.max(0, ...longTasks.map(([from, to]) => to - from)) });
  await context.close();
}

async function openGrid(page) {
  await page.goto(options.origin + options.path);
  await page.waitForSelector('[role=option] canvas', { timeout: kSlowest });
  await sleep(3000); // the map and what else comes after
  return page.getByRole('listbox', { name: 'Samples' }).boundingBox();
}

const wheel = (cdp, box, distance, speed) =>
  cdp.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2, y: box.y + box.height / 2, yDistance: -distance, speed, gestureSourceType: 'mouse', preventFling: true,
  });

async function scroll(browser) {
  const { context, page, cdp } = await openPage(browser);
  const box = await openGrid(page);
  await wheel(cdp, box, options.speed, options.speed);
  const end = await watchFrames(page);
  await wheel(cdp, box, options.distance, options.speed);
  const frames = await end();
  const ghosts = await page.evaluate(() => document.querySelectorAll('[role=listbox] [class*=ghost]').length);
  print({ frames, ghosts });
  await context.close();
}

// Megabytes that belong to the process alone or are its share.
const resident = (pid) => Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

async function processes(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo;
}

async function memory(browser) {
  const { context, page, cdp } = await openPage(browser);
  const box = await openGrid(page);
  const end = Date.now() + options.seconds * 1000;
  const peaks = { renderer: 0, browser: 0, GPU: 0, heap: 0 };
  let scrolled = 0;
  let way = 1;
  while (Date.now() < end) {
    await wheel(cdp, box, way * options.distance, options.speed);
    scrolled += options.distance;
    const isAtEnd = await page.evaluate(() => {
      const grid = document.querySelector('[role=listbox][aria-label=Samples]');
      return grid.scrollTop + grid.clientHeight > grid.scrollHeight - 10 || grid.scrollTop === 0;
    });
    if (isAtEnd) way = -way;
    const found = await processes(browser);
    for (const kind of ['renderer', 'browser', 'GPU']) {
      peaks[kind] = Math.max(peaks[kind], ...found.filter(({ type }) => type === kind).map(({ id }) => resident(id)));
    }
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    peaks.heap = Math.max(peaks.heap, usedSize / 2 ** 20);
  }
  print({ ...peaks, scrolled });
  await context.close();
}

// A drag to and fro, one step each 16 ms, as a hand moves.
async function drag(cdp, box, steps) {
  const at = (step) => ({ x: box.x + box.width / 2 + 60 * Math.sin(step / 8), y: box.y + box.height / 2 + 40 * Math.sin(step / 11) });
  const send = (type, step, buttons) => cdp.send('Input.dispatchMouseEvent', { type, ...at(step), button: 'left', buttons, clickCount: 1 });
  await send('mousePressed', 0, 1);
  const sent = [];
  for (let step = 1; step <= steps; step += 1) {
    sent.push(send('mouseMoved', step, 1));
    await sleep(16);
  }
  await Promise.all(sent);
  await send('mouseReleased', steps, 0);
}

async function zoom(cdp, box, steps) {
  const sent = [];
  for (let step = 1; step <= steps; step += 1) {
    sent.push(cdp.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: box.x + box.width / 2, y: box.y + box.height / 2, deltaX: 0, deltaY: step <= steps / 2 ? -20 : 20 }));
    await sleep(16);
  }
  await Promise.all(sent);
}

async function measureMap(page, cdp, box) {
  await drag(cdp, box, 40);
  await sleep(1500);
  const panned = await watchFrames(page);
  await drag(cdp, box, options.steps);
  const pan = await panned();
  await sleep(1500);
  const zoomed = await watchFrames(page);
  await zoom(cdp, box, options.steps);
  const frames = await zoomed();
  return { pan, zoom: frames };
}

async function map(browser) {
  const { context, page, cdp } = await openPage(browser);
  const begun = Date.now();
  await page.goto(options.origin + options.path);
  const canvas = page.getByRole('img', { name: /^Map of/ });
  await canvas.waitFor({ timeout: kSlowest });
  // Something has been painted.
  await page.waitForFunction(() => {
    const drawn = document.querySelector('canvas[aria-label^="Map of"]');
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [100, 100];
    return new Promise((done) => {
      requestAnimationFrame(() => {
        const paper = copy.getContext('2d');
        paper.drawImage(drawn, 0, 0, 100, 100);
        done(paper.getImageData(0, 0, 100, 100).data.some((value) => value > 0));
      });
    });
  }, undefined, { timeout: kSlowest, polling: 50 }).catch(() => undefined);
  const drawn = Date.now() - begun;
  await sleep(3000);
  print({ drawn, ...(await measureMap(page, cdp, await canvas.boundingBox())) });
  await context.close();
}

// One drawing of many points alone on a page: options.url.
async function draw(browser) {
  const { context, page, cdp } = await openPage(browser);
  await page.goto(options.url);
  const drawn = await page.evaluate(() => window.drawn);
  await sleep(1000);
  const box = await page.locator('canvas').first().boundingBox();
  const picture = await page.screenshot({ clip: { x: box.x, y: box.y, width: box.width, height: box.height } });
  const inked = await page.evaluate(async (source) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${source}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const paper = canvas.getContext('2d');
    paper.drawImage(image, 0, 0);
    const { data } = paper.getImageData(0, 0, image.width, image.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] < 250 || data[at + 1] < 250 || data[at + 2] < 250) count += 1;
    return count / (image.width * image.height);
  }, picture.toString('base64'));
  const found = await processes(browser);
  const megabytes = Object.fromEntries(['renderer', 'GPU'].map((kind) => [kind, Math.max(...found.filter(({ type }) => type === kind).map(({ id }) => resident(id)))]));
  print({ drawn, inked, ...megabytes, ...(await measureMap(page, cdp, box)) });
  await context.close();
}

const cases = { first, scroll, memory, map, draw };
const browser = await chromium.launch({ executablePath: process.env.BURNISH_CHROMIUM || '/usr/bin/chromium', args: kFlags });
try {
  for (let round = 0; round < (options.rounds ?? 1); round += 1) await cases[what](browser);
} finally {
  await browser.close();
}
