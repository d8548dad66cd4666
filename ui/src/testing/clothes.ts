// A small project as the server would answer for it: four samples, two classes, one of them predicted wrong.
import { http, HttpResponse } from 'msw';
import type { EditResult, Facets, Project, ProjectCard, Sample } from '../shared/api/types';
import { makeFrame } from './frame';

export const card: ProjectCard = {
  id: 'clothes', name: 'Clothes', sequence: 1, samples: 4, labeled: 3, excluded: 0,
  created_at: 0, changed_at: 0, trashed: false, covers: [],
};

export const project: Project = {
  card, as_of: 1, splits: { train: 2, test: 1, pool: 1 },
  classes: [
    { id: 0, name: 'Shirt', retired: false, count: 2 },
    { id: 1, name: 'Coat', retired: false, count: 1 },
  ],
  tags: ['blurry'],
  fields: [{ name: 'site', type: 'text' }],
  runs: [{ id: 'probe', name: 'probe', kind: 'probe', created_at: 0, trained_on: 1, has_probabilities: true, predictions: 4 }],
  views: [],
  advice: [],
};

export const facets: Facets = {
  as_of: 1, count: 4, total: 4,
  facets: [
    { key: 'split', name: 'split', kind: 'values', values: [{ value: 'train', all: 2, now: 2 }, { value: 'test', all: 1, now: 1 }, { value: 'pool', all: 1, now: 1 }] },
    { key: 'label', name: 'label', kind: 'values', values: [{ value: 'Shirt', all: 2, now: 2 }, { value: 'Coat', all: 1, now: 1 }], missing_all: 1, missing_now: 1 },
  ],
};

export const sample: Sample = {
  ordinal: 1, as_of: 1, path: 'shop/1.png', media: { content: 'ab', bytes: 900, width: 28, height: 28 },
  split: 'train', excluded: false, withdrawn: false, tags: [],
  truth: { class: 'Shirt', state: 'set', revision: 1 },
  predictions: [{ run: 'probe', name: 'probe', class: 'Coat', confidence: 0.87, probabilities: [{ class: 'Coat', probability: 0.87 }, { class: 'Shirt', probability: 0.13 }] }],
  fields: [{ name: 'site', type: 'text', value: 'Hamburg' }],
  quality: { sharpness: 12.5 }, near_duplicates: [{ ordinal: 3, score: 0.93 }], revision: 1,
};

const ordinals = new Uint32Array([0, 1, 2, 3]);

export const frame = (header: Record<string, unknown>, arrays: Parameters<typeof makeFrame>[1]) =>
  new HttpResponse(makeFrame(header, arrays), { headers: { 'Content-Type': 'application/vnd.burnish.arrays' } });

export const editResult = (more: Partial<EditResult> = {}): EditResult => ({
  sequence: 2, change: 2, changed: 1, unchanged: 0, conflicts: [], conflict_count: 0, summary: 'Set class Coat', ...more,
});

const at = (path: string) => `*/api/v1/projects/clothes${path}`;

export const clothes = [
  http.get('*/api/v1/session', () => HttpResponse.json({ person: { id: 'p1', name: 'Ada' }, role: 'owner' })),
  http.get('*/api/v1/preferences', () => HttpResponse.json({})),
  http.put('*/api/v1/preferences', () => new HttpResponse(null, { status: 204 })),
  http.get('*/api/v1/projects', () => HttpResponse.json({ projects: [card] })),
  http.get('*/api/v1/jobs', () => HttpResponse.json({ jobs: [] })),
  http.get(at(''), () => HttpResponse.json(project)),
  http.get(at('/changes'), () => HttpResponse.json({ head: 1, changes: [], can_undo: 'Set class Shirt', can_redo: null })),
  http.post(at('/facets'), () => HttpResponse.json(facets)),
  http.post(at('/results'), () => HttpResponse.json({ id: 'r1', as_of: 1, count: 4, total: 4, excluded: 0 })),
  http.get(at('/results/r1/ordinals'), () => frame({ as_of: 1 }, { ordinal: ordinals })),
  http.get(at('/results/r1/tiles'), () =>
    frame(
      { as_of: 1, offset: 0, total: 4 },
      {
        ordinal: ordinals,
        truth: new Uint16Array([0, 0, 1, 65535]),
        state: new Uint8Array([1, 1, 2, 1]),
        split: new Uint8Array([0, 0, 2, 3]),
        excluded: new Uint8Array([0, 0, 0, 0]),
        predicted: new Uint16Array([0, 1, 1, 0]),
        confidence: new Float32Array([0.9, 0.87, 0.8, 0.5]),
        revision: new Uint32Array([1, 1, 1, 1]),
      },
    ),
  ),
  http.get(at('/thumbnails'), () => frame({ thumbnails: [] }, { data: new Uint8Array() })),
  http.get(at('/map'), () => frame({ as_of: 1, generation: 1, ready: false }, { ordinal: new Uint32Array(), x: new Float32Array(), y: new Float32Array() })),
  http.get(at('/samples/:ordinal'), ({ params }) => HttpResponse.json({ ...sample, ordinal: Number(params['ordinal']), path: `shop/${String(params['ordinal'])}.png` })),
  http.get(at('/samples/:ordinal/history'), () =>
    HttpResponse.json({ entries: [{ sequence: 1, at: 0, author: 'Ada', what: 'label', before: 'Coat', after: 'Shirt', reason: 'looked again' }] }),
  ),
  http.get(at('/samples/:ordinal/neighbours'), () => HttpResponse.json({ ready: true, neighbours: [{ ordinal: 2, similarity: 0.91, class: 'Coat', split: 'train' }] })),
];
