import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';

export const projectsQuery = (trashed: boolean) =>
  queryOptions({
    queryKey: ['projects', trashed],
    queryFn: async ({ signal }) => (await api.get('/api/v1/projects', { query: { trashed }, signal })).projects,
  });
