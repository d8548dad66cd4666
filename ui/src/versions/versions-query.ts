import { queryOptions } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import type { components } from '../shared/api/schema';
import { liveKey } from '../shared/live/keys';

export type Version = components['schemas']['Version'];
export type Diff = components['schemas']['Diff'];
export type ExportFormat = components['schemas']['ExportFormat'];
export type Export = components['schemas']['Export'];

export const versionsQuery = (project: string) =>
  queryOptions({
    queryKey: liveKey(project, 'versions'),
    queryFn: async ({ signal }) => (await api.get('/api/v1/projects/{project}/versions', { path: { project }, signal })).versions,
  });

export const diffQuery = (project: string, from: string, to: string) =>
  queryOptions({
    queryKey: liveKey(project, 'diff', from, to),
    queryFn: ({ signal }) => api.post('/api/v1/projects/{project}/diffs', { path: { project }, body: { from, to }, signal }),
  });

export const exportFormatsQuery = queryOptions({
  queryKey: ['export-formats'],
  queryFn: async ({ signal }) => (await api.get('/api/v1/export-formats', { signal })).formats,
  staleTime: Infinity,
});
