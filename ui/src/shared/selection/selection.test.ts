import { beforeEach, expect, test } from 'vitest';
import { clearSelection, countSelected, currentSelection, keepSelected, select, selectOrdinals, toggleSelected } from './selection';

beforeEach(clearSelection);

const selected = () => {
  const now = currentSelection();
  return now.kind === 'some' ? [...now.ordinals] : now.kind;
};

test('one more is taken in, and let go again', () => {
  selectOrdinals([1]);
  toggleSelected(2);
  expect(selected()).toEqual([1, 2]);
  toggleSelected(1);
  toggleSelected(2);
  expect(selected()).toBe('none');
});

test('what a refreshed list no longer holds is no longer selected', () => {
  selectOrdinals([1, 2, 3]);
  keepSelected('r2', new Uint32Array([3, 4]));
  expect(selected()).toEqual([3]);
});

test('all that matched before are not all that match now', () => {
  select({ kind: 'all', result: 'r1', count: 9 });
  keepSelected('r1', new Uint32Array([3]));
  expect(countSelected(currentSelection())).toBe(9);
  keepSelected('r2', new Uint32Array([3]));
  expect(selected()).toBe('none');
});
