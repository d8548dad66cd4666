// What a person has chosen in one facet, read from the filter and written back to it.
import type { Filter, LabelState, Split } from '../api/types';
import { clausesOf, filterOf, ownerOf, type Clause } from './clauses';

export type Range = [low: number | null, high: number | null];

export interface FacetSelection {
  include: readonly string[];
  exclude: readonly string[];
  // The samples without a value.
  missing?: 'include' | 'exclude';
  range?: Range;
}

export interface FilterContext {
  // The model run that prediction facets speak of.
  run: string;
  fieldTypes: Readonly<Record<string, 'text' | 'number' | 'boolean' | 'time'>>;
}

type Tree = Record<string, unknown>;

export const nothingChosen: FacetSelection = { include: [], exclude: [] };

const kYesNo: readonly string[] = ['correct', 'excluded', 'suspect', 'duplicate', 'near_duplicate'];

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function merge(selection: FacetSelection, side: 'include' | 'exclude', node: Tree): FacetSelection {
  if (side === 'include' && Array.isArray(node['any'])) {
    return (node['any'] as Tree[]).reduce((merged, member) => merge(merged, side, member), selection);
  }
  const inner = (node['label'] ?? node['prediction'] ?? node['region'] ?? node) as Tree;
  const next = { ...selection };
  if (inner['missing'] === true) next.missing = side;
  const range = inner['range'] ?? inner['confidence'] ?? inner['margin'];
  if (Array.isArray(range)) next.range = range as Range;
  const values = [inner['class'], inner['state'], inner['in'], inner['split'], inner['tag'], inner['import']].flatMap(strings);
  for (const flag of [inner['correct'], inner['excluded'], inner['duplicate'], inner['near_duplicate'], (inner['suspect'] as Tree | undefined)?.['suspected']]) {
    if (typeof flag === 'boolean') values.push(String(flag));
  }
  next[side] = [...next[side], ...values];
  return next;
}

export function readFacet(filter: Filter | undefined, key: string): FacetSelection {
  let selection = nothingChosen;
  for (const clause of clausesOf(filter)) {
    if (ownerOf(clause) !== key) continue;
    const node = clause as Tree;
    selection = 'not' in node ? merge(selection, 'exclude', node['not'] as Tree) : merge(selection, 'include', node);
  }
  return selection;
}

function fieldValue(text: string, type: FilterContext['fieldTypes'][string] | undefined): string | number | boolean {
  if (type === 'number' || type === 'time') return Number(text);
  if (type === 'boolean') return text === 'true';
  return text;
}

function valuesClause(key: string, values: readonly string[], context: FilterContext): Clause {
  switch (key) {
    case 'split':
      return { split: values as Split[] };
    case 'tag':
      return { tag: [...values] };
    case 'import':
      return { import: [...values] };
    case 'label':
      return { label: { set: 'truth', class: [...values] } };
    case 'label_state':
      return { label: { set: 'truth', state: values as LabelState[] } };
    case 'region_class':
      return { region: { set: 'truth', class: [...values] } };
    case 'prediction':
      return { prediction: { run: context.run, class: [...values] } };
    default: {
      const name = key.replace(/^field:/, '');
      return { field: name, in: values.map((value) => fieldValue(value, context.fieldTypes[name])) };
    }
  }
}

function yesNoClause(key: string, value: boolean, context: FilterContext): Clause {
  switch (key) {
    case 'correct':
      return { prediction: { run: context.run, correct: value } };
    case 'excluded':
      return { excluded: value };
    case 'suspect':
      return { suspect: { suspected: value } };
    case 'near_duplicate':
      return { near_duplicate: value };
    default:
      return { duplicate: value };
  }
}

function missingClause(key: string, context: FilterContext): Clause {
  if (key === 'label' || key === 'label_state') return { label: { set: 'truth', missing: true } };
  if (key === 'region_class') return { region: { set: 'truth', missing: true } };
  if (key.startsWith('field:')) return { field: key.slice('field:'.length), missing: true };
  return { prediction: { run: context.run, missing: true } };
}

function rangeClause(key: string, range: Range, context: FilterContext): Clause {
  if (key === 'confidence' || key === 'margin') return { prediction: { run: context.run, [key]: range } } as Clause;
  if (key.startsWith('field:')) return { field: key.slice('field:'.length), range };
  return { quality: key, range } as Clause;
}

function clausesFor(key: string, selection: FacetSelection, context: FilterContext): Clause[] {
  if (kYesNo.includes(key)) {
    const wanted = new Set([...selection.include, ...selection.exclude.map((value) => (value === 'true' ? 'false' : 'true'))]);
    const [only] = wanted;
    return wanted.size === 1 && only !== undefined ? [yesNoClause(key, only === 'true', context)] : [];
  }
  const included: Clause[] = [];
  if (selection.include.length > 0) included.push(valuesClause(key, selection.include, context));
  if (selection.missing === 'include') included.push(missingClause(key, context));
  if (selection.range !== undefined) included.push(rangeClause(key, selection.range, context));
  const clauses: Clause[] = included.length > 1 ? [{ any: included }] : included;
  if (selection.exclude.length > 0) clauses.push({ not: valuesClause(key, selection.exclude, context) });
  if (selection.missing === 'exclude') clauses.push({ not: missingClause(key, context) });
  return clauses;
}

export function writeFacet(
  filter: Filter | undefined,
  key: string,
  selection: FacetSelection,
  context: FilterContext,
): Filter | undefined {
  const kept = clausesOf(filter).filter((clause) => ownerOf(clause) !== key);
  return filterOf([...kept, ...clausesFor(key, selection, context)]);
}

const without = (values: readonly string[], value: string) => values.filter((other) => other !== value);

// A click takes a value in or lets it go again.
export function toggleValue(selection: FacetSelection, value: string): FacetSelection {
  const include = selection.include.includes(value) ? without(selection.include, value) : [...selection.include, value];
  return { ...selection, include, exclude: without(selection.exclude, value) };
}

// Alt-click keeps a value out.
export function toggleExcluded(selection: FacetSelection, value: string): FacetSelection {
  const exclude = selection.exclude.includes(value) ? without(selection.exclude, value) : [...selection.exclude, value];
  return { ...selection, exclude, include: without(selection.include, value) };
}

export function onlyValue(value: string): FacetSelection {
  return { include: [value], exclude: [] };
}

export function toggleMissing(selection: FacetSelection, side: 'include' | 'exclude'): FacetSelection {
  const { missing, ...rest } = selection;
  return missing === side ? rest : { ...rest, missing: side };
}
