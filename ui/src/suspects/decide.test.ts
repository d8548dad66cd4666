import { expect, test } from 'vitest';
import { editOf, nextUndecided } from './decide';

test('a decision confirms the label, so that it is not asked about again', () => {
  expect(editOf({ kind: 'keep' })).toEqual({ confirm: true });
  expect(editOf({ kind: 'set', class: 'Coat' })).toEqual({ class: 'Coat', confirm: true });
});

test('the walk goes on to the next undecided suspect, comes round once, and stays where nothing is left', () => {
  const rows = [
    { ordinal: 7, decided: false },
    { ordinal: 3, decided: true },
    { ordinal: 9, decided: false },
  ];
  expect(nextUndecided(rows, 0, new Map())).toBe(2);
  expect(nextUndecided(rows, 2, new Map())).toBe(0);
  expect(nextUndecided(rows, 2, new Map([[7, 'done'], [9, 'done']]))).toBe(2);
});
