import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';

// Who is in.
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get('/api/v1/session', { signal }),
  staleTime: Infinity,
});
