import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import type { components } from '../shared/api/schema';
import { liveKey } from '../shared/live/keys';

export type Impact = components['schemas']['Impact'];

// `baseline` absent: the last version, else the import.
export const impactQuery = (project: string, baseline: string | undefined) =>
  queryOptions({
    queryKey: liveKey(project, 'impact', baseline ?? null),
    queryFn: ({ signal }) =>
      api.get('/api/v1/projects/{project}/impact', { path: { project }, query: baseline === undefined ? {} : { baseline }, signal }),
    placeholderData: keepPreviousData,
  });
