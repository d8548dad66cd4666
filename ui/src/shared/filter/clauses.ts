// A filter as a person builds it: a list of clauses that must all hold, each owned by the facet (or the act) that made
// it. Everything here is a plain function from filter to filter; what a filter means is the server's.
import type { Filter } from '../api/types';

export type Clause = Filter;

type Tree = Record<string, unknown>;

function tree(clause: Clause): Tree {
  return clause as Tree;
}

export function clausesOf(filter: Filter | undefined): readonly Clause[] {
  if (filter === undefined) return [];
  return 'all' in filter ? filter.all : [filter];
}

export function filterOf(clauses: readonly Clause[]): Filter | undefined {
  return clauses.length === 0 ? undefined : { all: [...clauses] };
}

function ownerOfPrediction(prediction: Tree): string {
  for (const key of ['correct', 'confidence', 'margin']) {
    if (key in prediction) return key;
  }
  return 'prediction';
}

// The key of the facet that a clause belongs to; what belongs to none is owned by its own kind.
export function ownerOf(clause: Clause): string {
  const node = tree(clause);
  if ('not' in node) return ownerOf(node['not'] as Clause);
  if ('any' in node) {
    const owners = new Set((node['any'] as Clause[]).map(ownerOf));
    const [only] = owners;
    return owners.size === 1 && only !== undefined ? only : 'any';
  }
  if ('label' in node) return 'state' in (node['label'] as Tree) ? 'label_state' : 'label';
  if ('prediction' in node) return ownerOfPrediction(node['prediction'] as Tree);
  if ('region' in node) return 'confidence' in (node['region'] as Tree) ? 'region' : 'region_class';
  if ('field' in node) return `field:${String(node['field'])}`;
  if ('quality' in node) return String(node['quality']);
  if ('polygon' in node) return 'map';
  return Object.keys(node)[0] ?? 'all';
}

export function withoutOwner(filter: Filter | undefined, owner: string): Filter | undefined {
  return filterOf(clausesOf(filter).filter((clause) => ownerOf(clause) !== owner));
}

export function withoutClause(filter: Filter | undefined, index: number): Filter | undefined {
  return filterOf(clausesOf(filter).filter((_, at) => at !== index));
}

// Puts one clause in the place of all that its owner had.
export function setClause(filter: Filter | undefined, owner: string, clause: Clause | undefined): Filter | undefined {
  const kept = clausesOf(withoutOwner(filter, owner));
  return filterOf(clause === undefined ? kept : [...kept, clause]);
}

export function addClause(filter: Filter | undefined, clause: Clause): Filter {
  return { all: [...clausesOf(filter), clause] };
}
