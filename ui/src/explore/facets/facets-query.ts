import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../shared/api/client';
import type { Filter } from '../../shared/api/types';
import { headOf } from '../../shared/live/head';
import { liveKey } from '../../shared/live/keys';

export const facetsQuery = (project: string, filter: Filter | undefined, run: string | undefined, search: Record<string, string>) =>
  queryOptions({
    queryKey: liveKey(project, 'facets', filter ?? null, run ?? null, search),
    queryFn: ({ signal }) =>
      api.post('/api/v1/projects/{project}/facets', {
        path: { project },
        body: {
          ...(filter === undefined ? {} : { filter }),
          ...(run === undefined ? {} : { run }),
          ...(Object.keys(search).length === 0 ? {} : { search }),
          at_least: headOf(project),
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
