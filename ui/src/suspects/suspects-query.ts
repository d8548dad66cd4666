import { queryOptions } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import type { components } from '../shared/api/schema';
import type { Ordinal } from '../shared/api/types';
import { frozenKey, liveKey } from '../shared/live/keys';

export type Suspects = components['schemas']['Suspects'];
export type Suspect = Suspects['suspects'][number];

export interface Pair {
  given: string;
  suggested: string;
}

const kMostRows = 1000;

const isSame = (a: unknown, b: Pair | undefined) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// A ranking, or a class pair of it. `generation` absent: the newest. What another pair showed is no stand-in for this one.
export const suspectsQuery = (project: string, generation: number | undefined, pair: Pair | undefined) =>
  queryOptions({
    queryKey: liveKey(project, 'suspects', generation ?? null, pair ?? null),
    queryFn: ({ signal }) =>
      api.get('/api/v1/projects/{project}/suspects', {
        path: { project },
        query: { count: kMostRows, ...(generation === undefined ? {} : { generation }), ...(pair ?? {}) },
        signal,
      }),
    placeholderData: (before, query) => (isSame(query?.queryKey.at(-1), pair) ? before : undefined),
  });

// The nearest train samples that carry a class: the evidence for that reading.
export const evidenceQuery = (project: string, ordinal: Ordinal, className: string) =>
  queryOptions({
    queryKey: frozenKey(project, 'evidence', ordinal, className),
    queryFn: async ({ signal }) => {
      const answer = await api.get('/api/v1/projects/{project}/samples/{ordinal}/neighbours', {
        path: { project, ordinal },
        query: { split: 'train', class: className, count: 3 },
        signal,
      });
      return answer.neighbours;
    },
    staleTime: Infinity,
  });

export const impactQuery = (project: string) =>
  queryOptions({
    queryKey: liveKey(project, 'impact', null),
    queryFn: ({ signal }) => api.get('/api/v1/projects/{project}/impact', { path: { project }, signal }),
  });
