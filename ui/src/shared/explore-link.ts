// Explore's state in a URL, and links into it: every number of every screen opens the samples behind it.
import type { Filter, Ordinal, Sort } from './api/types';

export interface ExploreSearch {
  filter?: Filter;
  sort?: Sort;
  // The model run whose predictions are shown; absent for the project's first choice.
  run?: string;
  // The sample opened over the grid.
  sample?: Ordinal;
  // What the map is coloured by.
  colour?: string;
  // Panes that are folded away, when they differ from what the person's layout says.
  panes?: string;
}

const kSorts: readonly string[] = [
  'ordinal', 'path', 'confidence', 'margin', 'label_score', 'width', 'height', 'bytes', 'brightness', 'contrast',
  'sharpness', 'colourfulness', 'entropy', 'changed', 'similarity', 'field',
];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseSort(value: unknown): Sort | undefined {
  if (!isObject(value) || typeof value['by'] !== 'string' || !kSorts.includes(value['by'])) return undefined;
  const sort: Sort = { by: value['by'] as Sort['by'] };
  if (value['descending'] === true) sort.descending = true;
  if (typeof value['field'] === 'string') sort.field = value['field'];
  return sort;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

// Takes what is well formed and leaves out the rest: a link typed wrong still opens. What the filter means is the
// server's to judge; one that cannot even be read is kept as what the server refuses, for without it all samples would
// seem to be those of the link.
export function parseExploreSearch(search: Record<string, unknown>): ExploreSearch {
  const parsed: ExploreSearch = {};
  const filter = search['filter'];
  if (filter !== undefined) parsed.filter = (isObject(filter) ? filter : { unreadable: filter }) as Filter;
  const sort = parseSort(search['sort']);
  if (sort !== undefined) parsed.sort = sort;
  const run = text(search['run']);
  if (run !== undefined) parsed.run = run;
  const sample = search['sample'];
  if (typeof sample === 'number' && Number.isInteger(sample) && sample >= 0) parsed.sample = sample;
  const colour = text(search['colour']);
  if (colour !== undefined) parsed.colour = colour;
  const panes = text(search['panes']);
  if (panes !== undefined) parsed.panes = panes;
  return parsed;
}

export function isUnreadable(filter: Filter | undefined): boolean {
  return filter !== undefined && 'unreadable' in filter;
}

// Compact JSON per parameter; the characters that JSON needs stay readable where a URL allows them.
export function stringifySearch(search: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined) continue;
    const written = typeof value === 'string' && !/^[[{"\d-]|^(true|false|null)$/.test(value) ? value : JSON.stringify(value);
    parts.push(`${encodeURIComponent(name)}=${encodeReadably(written)}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function encodeReadably(value: string): string {
  return encodeURIComponent(value).replace(/%(3A|2C|2F)/g, decodeURIComponent);
}

export function parseSearch(query: string): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    try {
      parsed[name] = JSON.parse(value) as unknown;
    } catch {
      parsed[name] = value;
    }
  }
  return parsed;
}
