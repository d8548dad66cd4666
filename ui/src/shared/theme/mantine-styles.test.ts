import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const kSource = path.join(process.cwd(), 'src');
const kMantine = path.join(process.cwd(), 'node_modules', '@mantine');
const kCore = path.join(kMantine, 'core');
const kAlways = ['baseline', 'default-css-variables', 'global'];

// Files under `folder` whose name ends so.
function filesUnder(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => path.join(folder, name));
}

// What these files take from the library's index by name: components, hooks, types.
function namesTaken(files: string[]): Set<string> {
  const names = new Set<string>();
  for (const file of files) {
    for (const match of readFileSync(file, 'utf8').matchAll(/import \{([^}]*)\} from ['"]@mantine\/core['"]/g)) {
      for (const name of (match[1] ?? '').split(',')) names.add(name.trim().replace(/^type /, '').replace(/ as .*/, ''));
    }
  }
  return names;
}

// Module of the library that each name of its index comes from.
function modules(): Map<string, string> {
  const found = new Map<string, string>();
  const index = readFileSync(path.join(kCore, 'esm', 'index.mjs'), 'utf8');
  for (const match of index.matchAll(/import \{([^}]*)\} from "(\.[^"]*)"/g)) {
    for (const name of (match[1] ?? '').split(',')) {
      found.set(name.trim().replace(/.* as /, ''), path.join(kCore, 'esm', match[2] ?? ''));
    }
  }
  return found;
}

// Names of the style sheets that these modules, and those that they use, name classes of.
function sheetsOf(entries: string[]): Set<string> {
  const seen = new Set<string>();
  const sheets = new Set<string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const sheet = /([^/\\]+)\.module\.mjs$/.exec(file)?.[1];
    if (sheet !== undefined) sheets.add(sheet);
    for (const match of readFileSync(file, 'utf8').matchAll(/from "(\.[^"]*)"/g)) {
      open.push(path.join(path.dirname(file), match[1] ?? ''));
    }
  }
  return sheets;
}

test("the style sheet holds the rules of every component that is used, of no other, in the library's order", () => {
  const taken = namesTaken([
    ...filesUnder(kSource, /\.tsx?$/).filter((file) => !file.includes('.test.')),
    ...filesUnder(path.join(kMantine, 'notifications', 'esm'), /\.mjs$/),
    ...filesUnder(path.join(kMantine, 'spotlight', 'esm'), /\.mjs$/),
  ]);
  const where = modules();
  const entries = [...taken].map((name) => where.get(name)).filter((file) => file !== undefined);
  expect(entries.length).toBeGreaterThan(30);
  const everything = readFileSync(path.join(kCore, 'styles.css'), 'utf8');
  const rules = (sheet: string) => readFileSync(path.join(kCore, 'styles', `${sheet}.css`), 'utf8');
  const place = (sheet: string) => everything.indexOf(rules(sheet).trim());
  const needed = [...kAlways, ...sheetsOf(entries)].filter((sheet) => existsSync(path.join(kCore, 'styles', `${sheet}.css`)));
  const expected = needed.sort((a, b) => place(a) - place(b));

  const written = readFileSync(path.join(kSource, 'shared', 'theme', 'mantine.css'), 'utf8');
  const imported = [...written.matchAll(/@import '@mantine\/core\/styles\/([^']+)\.css';/g)].map((match) => match[1]);
  expect(imported).toEqual(expected);
});
