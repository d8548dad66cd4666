// Text from files and people is text, wherever it is shown: 300 payloads as names of files, classes, fields, values,
// tags, reasons, versions, runs and projects. No script runs, nothing is fetched, and the policy stops nothing, because
// nothing tried.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Shell, type Screen } from './pages/shell';
import { text, write, type Files } from './support/files';
import { png } from './support/pictures';
import { expect, origin, sources, test } from './support/test';

const kScreens: readonly Screen[] = ['explore', 'model', 'suspects', 'impact', 'versions', 'history', 'classes', 'import', 'about'];
const kRun = 'window.__broken=1';

const kShapes: readonly string[] = [
  `<script>${kRun}</script>`,
  `<img src=x onerror=${kRun}>`,
  `<svg onload=${kRun}>`,
  `<svg><script>${kRun}</script></svg>`,
  `<body onload=${kRun}>`,
  `<details open ontoggle=${kRun}>`,
  `<iframe srcdoc="<script>parent.__broken=1</script>">`,
  `<iframe src="javascript:parent.__broken=1">`,
  `<a href="javascript:${kRun}" autofocus onfocus=${kRun}>x</a>`,
  `<input autofocus onfocus=${kRun}>`,
  `<math><mi xlink:href="javascript:${kRun}">x</mi></math>`,
  `<style>@import "//evil.example/x.css";*{background:url(//evil.example/y)}</style>`,
  `<link rel=stylesheet href=//evil.example/z.css>`,
  `<base href=//evil.example/>`,
  `<meta http-equiv=refresh content="0;url=//evil.example">`,
  `<form action=//evil.example><button autofocus>x</button></form>`,
  `<object data="data:text/html,<script>parent.__broken=1</script>">`,
  `<embed src="javascript:${kRun}">`,
  `<video><source onerror=${kRun}></video>`,
  `<marquee onstart=${kRun}>x</marquee>`,
  `<template><img src=x onerror=${kRun}></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${kRun}>">`,
  `<xmp><img src=x onerror=${kRun}></xmp>`,
  `javascript:${kRun}`,
  `data:text/html,<script>${kRun}</script>`,
  `{{constructor.constructor('${kRun}')()}}`,
  '${' + kRun + '}',
  `#{${kRun}}`,
  `<%= ${kRun} %>`,
  `[x](javascript:${kRun})`,
];

// Ways in which a text breaks out of where it was put.
const kBreaks: readonly ((shape: string) => string)[] = [
  (shape) => shape,
  (shape) => `">${shape}`,
  (shape) => `'>${shape}`,
  (shape) => `-->${shape}`,
  (shape) => `</title></textarea></style></script>${shape}`,
  (shape) => `\\u003c${shape}\\";${kRun};//`,
  (shape) => `&lt;${shape}&#60;img src=x onerror=${kRun}&#62;`,
  (shape) => `A ${shape}`.toUpperCase().replaceAll('WINDOW.__BROKEN', 'window.__broken').replaceAll('PARENT.__BROKEN', 'parent.__broken'),
  (shape) => `\u202e${shape}\u200b`,
  (shape) => `__proto__ ${shape} ;alert(1)`,
];

const kPayloads = kBreaks.flatMap((broken) => kShapes.map(broken));
const payload = (index: number) => kPayloads[index % kPayloads.length] ?? '';
const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;
// A payload as a file's name: no slash, and short enough for a file system.
const fileName = (index: number) => `${String(index).padStart(3, '0')} ${payload(index).replaceAll('/', '\u2215')}`.slice(0, 80) + '.png';

// Photographs under hostile names, a table that gives each another payload as class and value, and a model's answers.
function hostileFiles(): Files {
  const files: Record<string, Buffer> = {};
  const truth = [['path', 'label', payload(1), payload(31)].map(cell).join(',')];
  const predictions = ['path,predicted,confidence'];
  kPayloads.forEach((each, index) => {
    files[fileName(index)] = png('disc', index);
    truth.push([fileName(index), each, payload(index + 7), payload(index + 91)].map(cell).join(','));
    predictions.push([fileName(index), payload(index + 1), '0.9'].map(cell).join(','));
  });
  files['truth.csv'] = text(...truth);
  files['predictions.csv'] = text(...predictions);
  return files;
}

async function harmless(page: Page, where: string) {
  expect.soft(await page.evaluate(() => (window as { __broken?: number }).__broken ?? 0), `a script ran on ${where}`).toBe(0);
  const foreign = await page.evaluate(() => document.querySelectorAll('iframe, object, embed, base, marquee, math, form[action]').length);
  expect.soft(foreign, `markup became elements on ${where}`).toBe(0);
}

test('no text that came from outside runs, fetches or becomes markup', async ({ page, api, watch }) => {
  test.setTimeout(240_000);
  expect(kPayloads).toHaveLength(300);
  expect(new Set(kPayloads).size).toBe(300);
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(origin()) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  page.on('dialog', (dialog) => {
    foreign.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });

  write(join(sources(), 'hostile-text'), hostileFiles());
  const project = await api.createProject(payload(1));
  const at = `/projects/${project}`;
  await api.importFrom(project, 'hostile-text/truth.csv');
  await api.importFrom(project, 'hostile-text/predictions.csv', { content: 'predictions', run_name: payload(4).slice(0, 100) });
  for (let index = 0; index < 20; index += 1) {
    const base = (await api.project(project)).card.sequence;
    await api.post(`${at}/edits`, { base, target: { ordinals: [index] }, set: { add_tags: [payload(index * 13).slice(0, 90)] }, reason: payload(index * 17) });
    await api.post(`${at}/versions`, { name: payload(index * 11).slice(0, 100), note: payload(index * 7) });
  }

  const shell = new Shell(page, project);
  for (const screen of kScreens) {
    await shell.open(screen);
    await shell.saved.waitFor();
    await page.waitForLoadState('networkidle');
    await harmless(page, screen);
  }
  await shell.open('explore');
  await page.getByRole('listbox', { name: 'Samples' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForLoadState('networkidle');
  await harmless(page, 'an open sample');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('<img', { delay: 5 });
  await harmless(page, 'the list of commands');
  watch.expect(/404|400|There is nothing at this address/);
  for (const address of [`/projects/${encodeURIComponent(payload(0))}/explore`, `${at}/explore?filter=${encodeURIComponent(payload(1))}`, `/${encodeURIComponent(payload(2))}`]) {
    await page.goto(address);
    await page.waitForLoadState('networkidle');
    await harmless(page, address);
  }
  await page.goto('/');
  await harmless(page, 'the projects');
  expect(foreign).toEqual([]);
  expect(watch.problems()).toEqual([]);
});
