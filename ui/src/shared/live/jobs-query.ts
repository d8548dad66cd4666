import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';

export const jobsKey = (project: string) => ['jobs', project] as const;

export const jobsQuery = (project: string) =>
  queryOptions({
    queryKey: jobsKey(project),
    queryFn: async ({ signal }) => (await api.get('/api/v1/jobs', { query: { project }, signal })).jobs,
  });
