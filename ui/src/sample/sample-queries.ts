import { queryOptions } from '@tanstack/react-query';
import { api, buildUrl } from '../shared/api/client';
import type { Ordinal, Split } from '../shared/api/types';
import { headOf } from '../shared/live/head';
import { liveKey } from '../shared/live/keys';

export const historyQuery = (project: string, ordinal: Ordinal) =>
  queryOptions({
    queryKey: liveKey(project, 'sample-history', ordinal),
    queryFn: async ({ signal }) => {
      const answer = await api.get('/api/v1/projects/{project}/samples/{ordinal}/history', {
        path: { project, ordinal },
        query: { at_least: headOf(project) },
        signal,
      });
      return answer.entries;
    },
  });

export const neighboursQuery = (project: string, ordinal: Ordinal, split: Split, count: number) =>
  queryOptions({
    queryKey: liveKey(project, 'neighbours', ordinal, split, count),
    queryFn: ({ signal }) =>
      api.get('/api/v1/projects/{project}/samples/{ordinal}/neighbours', {
        path: { project, ordinal },
        query: { split, count },
        signal,
      }),
  });

export function mediaUrl(project: string, ordinal: Ordinal): string {
  return buildUrl('/api/v1/projects/{project}/samples/{ordinal}/media', { project, ordinal });
}

// Why the photograph could not be shown: the server's own sentence, or that the browser does not know its format.
export const mediaProblemQuery = (project: string, ordinal: Ordinal) =>
  queryOptions({
    queryKey: liveKey(project, 'media-problem', ordinal),
    queryFn: async ({ signal }): Promise<string> => {
      const response = await fetch(mediaUrl(project, ordinal), { signal, credentials: 'same-origin' });
      if (response.ok) return 'This browser cannot show the format of the original, so its thumbnail is shown.';
      const body: unknown = await response.json().catch(() => undefined);
      const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined;
      return typeof detail === 'string' ? detail : 'The original could not be read.';
    },
    retry: false,
  });
