import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import { liveKey } from '../shared/live/keys';

export const kChangesPerPage = 100;

// Newest first, one page after the other back to the first import.
export const historyQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: liveKey(project, 'history'),
    queryFn: ({ signal, pageParam }) =>
      api.get('/api/v1/projects/{project}/changes', {
        path: { project },
        query: { count: kChangesPerPage, ...(pageParam === undefined ? {} : { before: pageParam }) },
        signal,
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ changes }) => (changes.length < kChangesPerPage ? undefined : changes.at(-1)?.sequence),
  });
