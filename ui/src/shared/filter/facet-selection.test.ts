import { describe, expect, test } from 'vitest';
import type { Filter } from '../api/types';
import { clausesOf, ownerOf, setClause, withoutClause } from './clauses';
import { describeClause } from './describe';
import {
  nothingChosen, onlyValue, readFacet, toggleExcluded, toggleMissing, toggleValue, writeFacet,
  type FacetSelection, type FilterContext,
} from './facet-selection';

const context: FilterContext = { run: 'probe', fieldTypes: { site: 'text', price: 'number', sold: 'boolean' } };

const selections: [key: string, selection: FacetSelection, filter: Filter][] = [
  ['split', { include: ['test', 'pool'], exclude: [] }, { all: [{ split: ['test', 'pool'] }] }],
  ['label', { include: ['Shirt'], exclude: [], missing: 'include' }, { all: [{ any: [{ label: { set: 'truth', class: ['Shirt'] } }, { label: { set: 'truth', missing: true } }] }] }],
  ['label_state', { include: ['confirmed'], exclude: [] }, { all: [{ label: { set: 'truth', state: ['confirmed'] } }] }],
  ['prediction', { include: [], exclude: ['Coat'] }, { all: [{ not: { prediction: { run: 'probe', class: ['Coat'] } } }] }],
  ['region_class', { include: ['Wheel'], exclude: ['Door'], missing: 'exclude' }, { all: [{ region: { set: 'truth', class: ['Wheel'] } }, { not: { region: { set: 'truth', class: ['Door'] } } }, { not: { region: { set: 'truth', missing: true } } }] }],
  ['correct', { include: ['false'], exclude: [] }, { all: [{ prediction: { run: 'probe', correct: false } }] }],
  ['confidence', { include: [], exclude: [], range: [0.5, null] }, { all: [{ prediction: { run: 'probe', confidence: [0.5, null] } }] }],
  ['sharpness', { include: [], exclude: [], range: [1, 2] }, { all: [{ quality: 'sharpness', range: [1, 2] }] }],
  ['field:site', { include: ['Hamburg'], exclude: ['Kiel'] }, { all: [{ field: 'site', in: ['Hamburg'] }, { not: { field: 'site', in: ['Kiel'] } }] }],
  ['field:sold', { include: ['true'], exclude: [] }, { all: [{ field: 'sold', in: [true] }] }],
  ['field:price', { include: [], exclude: [], missing: 'exclude' }, { all: [{ not: { field: 'price', missing: true } }] }],
  ['tag', { include: ['a, "b"'], exclude: [] }, { all: [{ tag: ['a, "b"'] }] }],
];

test.each(selections)('a choice in %s becomes a filter and is read back', (key, selection, filter) => {
  expect(writeFacet(undefined, key, selection, context)).toEqual(filter);
  expect(readFacet(filter, key)).toEqual(selection);
});

test('a facet replaces its own clauses and leaves the others', () => {
  const filter: Filter = { all: [{ split: ['test'] }, { path: 'img' }] };
  expect(writeFacet(filter, 'split', onlyValue('pool'), context)).toEqual({ all: [{ path: 'img' }, { split: ['pool'] }] });
  expect(writeFacet({ all: [{ split: ['test'] }] }, 'split', nothingChosen, context)).toBeUndefined();
});

test('keeping wrong ones out means right ones', () => {
  expect(writeFacet(undefined, 'correct', { include: [], exclude: ['false'] }, context)).toEqual({ all: [{ prediction: { run: 'probe', correct: true } }] });
});

describe('clicks', () => {
  test('take a value in and let it go', () => {
    const once = toggleValue(nothingChosen, 'a');
    expect(once.include).toEqual(['a']);
    expect(toggleValue(once, 'a')).toEqual(nothingChosen);
  });
  test('with Alt keep a value out that was in', () => {
    expect(toggleExcluded({ include: ['a', 'b'], exclude: [] }, 'a')).toEqual({ include: ['b'], exclude: ['a'] });
  });
  test('on missing values toggle', () => {
    expect(toggleMissing(toggleMissing(nothingChosen, 'include'), 'include')).toEqual(nothingChosen);
  });
});

test('a field named like a built-in property keeps its own name space', () => {
  expect(ownerOf({ field: 'split', in: ['x'] })).toBe('field:split');
  expect(readFacet({ all: [{ field: 'split', in: ['x'] }] }, 'split')).toEqual(nothingChosen);
});

test('one clause is put in the place of its owner, or taken away by its chip', () => {
  const filter = setClause({ split: ['test'] }, 'path', { path: 'a' });
  expect(setClause(filter, 'path', { path: 'b' })).toEqual({ all: [{ split: ['test'] }, { path: 'b' }] });
  expect(clausesOf(withoutClause(filter, 0))).toEqual([{ path: 'a' }]);
});

test.each<[Filter, string]>([
  [{ prediction: { run: 'probe', correct: false } }, 'wrong'],
  [{ not: { tag: ['blurry'] } }, 'not tag: blurry'],
  [{ quality: 'sharpness', range: [null, 0.25] }, 'sharpness up to 0.25'],
  [{ label: { class: ['a', 'b', 'c', 'd'] } }, 'truth: a, b and 2 more'],
  [{ similar: { to: [1] } }, 'similar to 1 sample'],
])('a clause is described in words', (clause, words) => {
  expect(describeClause(clause)).toBe(words);
});
