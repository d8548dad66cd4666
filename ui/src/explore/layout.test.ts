import { expect, test } from 'vitest';
import { firstLayout, movePane, parseLayout, swapPanes, type Pane } from './layout';

const all = () => true;

test('a pane moves by one place, and round from one end to the other', () => {
  expect(movePane(['facets', 'grid', 'map'], all, 'map', -1)).toEqual(['facets', 'map', 'grid']);
  expect(movePane(['facets', 'grid', 'map'], all, 'facets', -1)).toEqual(['grid', 'map', 'facets']);
  expect(movePane(['facets', 'grid', 'map'], all, 'map', 1)).toEqual(['map', 'facets', 'grid']);
});

test('a pane that is folded away is passed over and keeps its place', () => {
  expect(movePane(['facets', 'map', 'grid'], (pane) => pane !== 'map', 'facets', 1)).toEqual(['grid', 'map', 'facets']);
});

test('two panes change places', () => {
  expect(swapPanes(['facets', 'grid', 'map'], 'facets', 'map')).toEqual(['map', 'grid', 'facets']);
});

test('an order is remembered; one that is not whole is not taken', () => {
  const order: Pane[] = ['map', 'grid', 'facets'];
  expect(parseLayout({ ...firstLayout, order })?.order).toEqual(order);
  expect(parseLayout({ order: ['map', 'map', 'grid'] })?.order).toEqual(firstLayout.order);
  expect(parseLayout({})?.order).toEqual(firstLayout.order);
});
