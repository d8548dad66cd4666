import { queryOptions } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import type { components } from '../shared/api/schema';

export type Import = components['schemas']['Import'];
export type ImportPlan = components['schemas']['ImportPlan'];
export type ImportMapping = components['schemas']['ImportMapping'];
export type ImportProblem = components['schemas']['ImportProblem'];
export type ColumnRole = components['schemas']['ColumnRole'];

const kPollEvery = 400;

export const importKey = (project: string, id: string) => ['import', project, id] as const;

const isMoving = (one: Import | undefined) => one?.state === 'checking' || one?.state === 'importing';

// While the server works on it, the import is read again and again; progress needs no other way.
export const importQuery = (project: string, id: string) =>
  queryOptions({
    queryKey: importKey(project, id),
    queryFn: ({ signal }) => api.get('/api/v1/projects/{project}/imports/{import}', { path: { project, import: id }, signal }),
    refetchInterval: (query) => (isMoving(query.state.data) ? kPollEvery : false),
  });

export const importsQuery = (project: string) =>
  queryOptions({
    queryKey: ['imports', project],
    queryFn: async ({ signal }) => (await api.get('/api/v1/projects/{project}/imports', { path: { project }, signal })).imports,
  });

export const mediaRootsQuery = queryOptions({
  queryKey: ['media-roots'],
  queryFn: async ({ signal }) => (await api.get('/api/v1/media-roots', { signal })).roots,
});

export const foldersQuery = (root: string, path: string) =>
  queryOptions({
    queryKey: ['folders', root, path],
    queryFn: ({ signal }) => api.get('/api/v1/media-roots/{root}/folders', { path: { root }, query: { path }, signal }),
  });
