import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import type { Filter } from '../shared/api/types';
import { headOf } from '../shared/live/head';
import { liveKey } from '../shared/live/keys';

export const evaluationQuery = (project: string, run: string, threshold: number, filter?: Filter) =>
  queryOptions({
    queryKey: liveKey(project, 'evaluation', run, threshold, filter ?? null),
    queryFn: ({ signal }) =>
      api.post('/api/v1/projects/{project}/evaluations', {
        path: { project },
        body: { run, threshold, at_least: headOf(project), ...(filter === undefined ? {} : { filter }) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const comparisonQuery = (project: string, a: string, b: string) =>
  queryOptions({
    queryKey: liveKey(project, 'comparison', a, b),
    queryFn: ({ signal }) => api.post('/api/v1/projects/{project}/comparisons', { path: { project }, body: { a, b }, signal }),
  });
