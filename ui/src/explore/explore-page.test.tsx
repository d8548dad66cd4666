import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Edit, Facets } from '../shared/api/types';
import { liveKey } from '../shared/live/keys';
import { clearSelection } from '../shared/selection/selection';
import { clothes, editResult, facets, frame, project } from '../testing/clothes';
import { renderApp } from '../testing/render-app';
import { problem, server } from '../testing/server';

const edits: Edit[] = [];

beforeEach(() => {
  edits.length = 0;
  clearSelection();
  server.use(
    ...clothes,
    http.post('*/projects/clothes/edits', async ({ request }) => {
      edits.push((await request.json()) as Edit);
      return HttpResponse.json(editResult());
    }),
  );
});

async function tiles() {
  return within(await screen.findByRole('listbox', { name: 'Samples' })).findAllByRole('option');
}

test('tiles say truth, prediction and whether they differ', async () => {
  renderApp('/projects/clothes/explore');
  const [right, wrong, , none] = await tiles();
  expect(right).toHaveAccessibleName('Sample 0: Shirt, predicted Shirt with 0.90, train');
  expect(wrong).toHaveAccessibleName('Sample 1: Shirt, predicted Coat with 0.87, wrong, train');
  expect(none).toHaveAccessibleName('Sample 3: no label, predicted Shirt with 0.50, pool');
  expect(screen.getByText('4 samples')).toBeVisible();
});

test('a click on a value filters, and the link says so', async () => {
  const { user, search } = renderApp('/projects/clothes/explore');
  await user.click(await screen.findByRole('button', { name: 'test: 1 of 1' }));
  expect(search()).toEqual({ filter: { all: [{ split: ['test'] }] } });
  expect(await screen.findByRole('button', { name: 'Remove the filter split: test' })).toBeVisible();
});

test('Alt-click keeps a value out', async () => {
  const { user, search } = renderApp('/projects/clothes/explore');
  await user.keyboard('{Alt>}');
  await user.click(await screen.findByRole('button', { name: 'Shirt: 2 of 2' }));
  expect(search()['filter']).toEqual({ all: [{ not: { label: { set: 'truth', class: ['Shirt'] } } }] });
});

test('samples without a label can be filtered to', async () => {
  const { user, search } = renderApp('/projects/clothes/explore');
  await user.click(await screen.findByRole('button', { name: 'no label: 1 of 1' }));
  expect(search()['filter']).toEqual({ all: [{ label: { set: 'truth', missing: true } }] });
});

test('a key sets the class of the selection, at once', async () => {
  const { user } = renderApp('/projects/clothes/explore');
  await user.click((await tiles())[0] as HTMLElement);
  expect(await screen.findByRole('toolbar', { name: 'Selected samples' })).toHaveTextContent('1 selected');
  await user.keyboard('2');
  expect((await tiles())[0]).toHaveAccessibleName(/^Sample 0: Coat, predicted Shirt with 0.90, wrong/);
  await vi.waitFor(() => expect(edits).toEqual([{ base: 1, target: { ordinals: [0] }, set: { class: 'Coat' } }]));
});

test('what was read stays in sight, and under the keys, when it cannot be read again', async () => {
  const { user } = renderApp('/projects/clothes/explore');
  await user.click((await tiles())[0] as HTMLElement);
  let asked = 0;
  const refuse = () => {
    asked += 1;
    return problem(500, 'internal', 'Something broke.');
  };
  server.use(http.get('*/projects/clothes/results/r1/tiles', refuse));
  await user.keyboard('2');
  await vi.waitFor(() => expect(asked).toBeGreaterThan(0));
  await user.keyboard('{Escape}{ArrowRight}1');
  expect((await tiles())[0]).toHaveAccessibleName(/^Sample 0: Coat/);
  await vi.waitFor(() => expect(edits).toHaveLength(2));
});

test('while the answer for another model run comes, the keys act on what is in sight', async () => {
  let readFirst = () => {};
  const first = new Promise<void>((done) => (readFirst = done));
  const runs = [{ ...project.runs[0], id: 'probe-2' }];
  server.use(
    http.post('*/projects/clothes/results', async ({ request }) => {
      const { run } = (await request.json()) as { run?: string };
      return HttpResponse.json({ id: run === 'probe-2' ? 'r2' : 'r1', as_of: 1, count: 4, total: 4, excluded: 0 });
    }),
    http.get('*/projects/clothes/results/r2/ordinals', () => {
      readFirst();
      return new Promise<never>(() => {});
    }),
    http.get('*/projects/clothes/results/r2/tiles', () => new Promise<never>(() => {})),
  );
  const { user, client } = renderApp('/projects/clothes/explore');
  await user.click((await tiles())[0] as HTMLElement);
  await user.keyboard('{Escape}');
  server.use(http.get('*/projects/clothes', () => HttpResponse.json({ ...project, runs })));
  await client.invalidateQueries({ queryKey: liveKey('clothes', 'project') });
  await first;
  await user.keyboard('2');
  await vi.waitFor(() => expect(edits).toMatchObject([{ target: { ordinals: [0] }, set: { class: 'Coat' } }]));
});

test('photographs of another filter are not shown as what matches', async () => {
  server.use(
    http.post('*/projects/clothes/results', async ({ request }) => {
      const { filter } = (await request.json()) as { filter?: object };
      return HttpResponse.json(filter === undefined ? { id: 'r1', as_of: 1, count: 4, total: 4, excluded: 0 } : { id: 'r2', as_of: 1, count: 1, total: 4, excluded: 0 });
    }),
    http.get('*/projects/clothes/results/r2/tiles', () => new Promise<never>(() => {})),
  );
  const { user } = renderApp('/projects/clothes/explore');
  await tiles();
  await user.click(await screen.findByRole('button', { name: 'test: 1 of 1' }));
  await vi.waitFor(() => expect(screen.getByText(/of 4 samples/)).toHaveTextContent('1 of 4 samples'));
  expect(screen.queryByRole('option')).toBeNull();
});

test('all that match are selected with their count, and asked about before they change', async () => {
  const { user } = renderApp('/projects/clothes/explore');
  await tiles();
  await user.keyboard('{Control>}a{/Control}');
  expect(screen.getByRole('toolbar')).toHaveTextContent('All 4 that match');
  await user.click(screen.getByRole('button', { name: 'Exclude' }));
  const dialog = await screen.findByRole('dialog', { name: 'Exclude?' });
  await user.type(within(dialog).getByRole('textbox', { name: 'Reason (optional)' }), 'too dark');
  await user.click(within(dialog).getByRole('button', { name: 'Exclude on 4 samples' }));
  await vi.waitFor(() => expect(edits).toEqual([{ base: 1, target: { result: 'r1' }, set: { excluded: true }, reason: 'too dark' }]));
});

test('an edit that somebody else was faster with is shown with both values', async () => {
  const conflict = { ordinal: 0, aspect: 'label', expected: 'Shirt', present: 'Bag', wanted: 'Coat', sequence: 5, author: 'Ada', at: 0 };
  server.use(http.post('*/projects/clothes/edits', () => problem(409, 'conflict', 'It has moved.', { conflicts: [conflict] }), { once: true }));
  const { user } = renderApp('/projects/clothes/explore');
  await user.click((await tiles())[0] as HTMLElement);
  await user.keyboard('2');
  await user.click(await screen.findByRole('button', { name: '1 conflict' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByRole('row', { name: /Shirt Bag Coat Ada/ })).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Use mine' }));
  await vi.waitFor(() => expect(edits).toMatchObject([{ base: 5, overwrite: true, set: { class: 'Coat' } }]));
});

test('a filter that nothing matches offers the way back', async () => {
  server.use(
    http.get('*/results/r0/ordinals', () => frame({ as_of: 1 }, { ordinal: new Uint32Array() })),
    http.post('*/projects/clothes/results', () => HttpResponse.json({ id: 'r0', as_of: 1, count: 0, total: 4, excluded: 0 })),
  );
  const { user, search } = renderApp('/projects/clothes/explore?filter=%7B%22all%22:[%7B%22path%22:%22x%22%7D]%7D');
  await user.click(await screen.findByRole('button', { name: 'Clear the filter' }));
  expect(search()['filter']).toBeUndefined();
});

test('without WebGL the map says so', async () => {
  const points = { ordinal: Uint32Array.of(0, 1), x: Float32Array.of(0, 1), y: Float32Array.of(0, 1) };
  server.use(http.get('*/projects/clothes/map', () => frame({ as_of: 1, generation: 1, ready: true }, points)));
  renderApp('/projects/clothes/explore');
  expect(await screen.findByText('This browser cannot draw the map')).toBeVisible();
});

test('a filter that the server does not understand is said in its words', async () => {
  server.use(http.post('*/projects/clothes/results', () => problem(400, 'invalid_argument', 'There is no class called "Hat".')));
  renderApp('/projects/clothes/explore');
  expect(await screen.findByText('There is no class called "Hat".')).toBeVisible();
});

test('a link with a filter that does not work leads out of it', async () => {
  server.use(
    http.post('*/projects/clothes/results', async ({ request }) => {
      const { filter } = (await request.json()) as { filter?: object };
      return filter === undefined ? undefined : problem(400, 'invalid_argument', 'There is no filter called "nonsense".');
    }),
  );
  const { user } = renderApp('/projects/clothes/explore?filter={"nonsense":1}');
  await user.click(await screen.findByRole('button', { name: 'Clear the filter' }));
  expect(await tiles()).toHaveLength(4);
});

test('facets are asked for with the same filter', async () => {
  const asked = vi.fn();
  server.use(http.post('*/projects/clothes/facets', async ({ request }) => {
    asked(await request.json());
    return HttpResponse.json(facets);
  }));
  renderApp('/projects/clothes/explore?filter=%7B%22all%22:[%7B%22split%22:[%22test%22]%7D]%7D');
  await tiles();
  expect(asked).toHaveBeenCalledWith(expect.objectContaining({ filter: { all: [{ split: ['test'] }] }, run: 'probe' }));
});

test('classes of regions count samples and regions, and filter', async () => {
  const regions: Facets['facets'][number] = { key: 'region_class', name: 'region_class', kind: 'values', values: [{ value: 'Shirt', all: 3, now: 2, labels_all: 9, labels_now: 5 }], missing_all: 1, missing_now: 0 };
  server.use(http.post('*/projects/clothes/facets', () => HttpResponse.json({ ...facets, facets: [regions] })));
  const { user, search } = renderApp('/projects/clothes/explore');
  await user.click(await screen.findByRole('button', { name: /Shirt: 2 of 3 samples, 5 of 9 regions/ }));
  await vi.waitFor(() => expect(search()['filter']).toEqual({ all: [{ region: { set: 'truth', class: ['Shirt'] } }] }));
  expect(screen.getByRole('button', { name: /no region: 0 of 1/ })).toBeVisible();
});

test('panes are moved by keyboard, and the order is remembered', async () => {
  const kept = vi.fn();
  server.use(http.put('*/api/v1/preferences', async ({ request }) => {
    kept(await request.json());
    return new HttpResponse(null, { status: 204 });
  }));
  const { user } = renderApp('/projects/clothes/explore');
  await tiles();
  const grip = screen.getByRole('button', { name: 'Move the facets' });
  grip.focus();
  await user.keyboard('{ArrowRight}');
  const facetsPane = screen.getByRole('complementary', { name: 'Facets' });
  expect(screen.getByRole('region', { name: 'Samples' }).compareDocumentPosition(facetsPane)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  expect(screen.getByRole('button', { name: 'Move the facets' })).toHaveFocus();
  await vi.waitFor(() => expect(kept).toHaveBeenCalledWith(expect.objectContaining({ 'explore.layout': expect.objectContaining({ order: ['grid', 'facets', 'map'] }) })), { timeout: 4000 });
});
