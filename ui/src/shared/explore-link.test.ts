import { expect, test } from 'vitest';
import { isUnreadable, parseExploreSearch, parseSearch, stringifySearch, type ExploreSearch } from './explore-link';

test('what is written to a URL is read back the same', () => {
  const search: ExploreSearch = {
    filter: { all: [{ split: ['test'] }, { field: 'näme & "co" #1', in: ['a=b', '50%', '{x}'] }, { not: { tag: ['blurry'] } }] },
    sort: { by: 'confidence', descending: true },
    run: '2024-run',
    sample: 17,
    colour: 'field:site',
  };
  const query = stringifySearch({ ...search });
  expect(parseExploreSearch(parseSearch(query))).toEqual(search);
});

test('a URL of nothing is empty', () => {
  expect(stringifySearch({ filter: undefined })).toBe('');
  expect(parseExploreSearch(parseSearch(''))).toEqual({});
});

test('what is malformed is left out', () => {
  expect(parseExploreSearch({ sort: { by: 'size; drop' }, sample: -1, run: 4 })).toEqual({});
});

test('a filter that cannot be read is no filter of all samples', () => {
  expect(parseExploreSearch(parseSearch('?filter={"split":["te')).filter).toEqual({ unreadable: '{"split":["te' });
  expect(parseExploreSearch(parseSearch('?filter=[1]')).filter).toEqual({ unreadable: [1] });
  expect(isUnreadable(parseExploreSearch(parseSearch('?filter=[1]')).filter)).toBe(true);
  expect(isUnreadable({ split: ['test'] })).toBe(false);
  expect(isUnreadable(undefined)).toBe(false);
});
