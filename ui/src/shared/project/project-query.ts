import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../api/client';
import { liveKey } from '../live/keys';
import { noteSequence } from '../live/head';

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: liveKey(project, 'project'),
    queryFn: async ({ signal }) => {
      const answer = await api.get('/api/v1/projects/{project}', { path: { project }, signal });
      noteSequence(project, answer.as_of);
      return answer;
    },
    // What follows an import by itself announces its end, not each of its steps.
    refetchInterval: (query) =>
      query.state.data?.views.some(({ ready, sentence }) => !ready && (sentence ?? '') === '') === true ? 2000 : false,
  });

export const changesQuery = (project: string, count = 50) =>
  queryOptions({
    queryKey: liveKey(project, 'changes', count),
    queryFn: ({ signal }) => api.get('/api/v1/projects/{project}/changes', { path: { project }, query: { count }, signal }),
  });

// The project of the page; only below the project's route.
export function useProjectId(): string {
  const { project } = useParams({ strict: false });
  if (project === undefined) throw new Error('This page belongs to no project');
  return project;
}

export function useProject() {
  return useSuspenseQuery(projectQuery(useProjectId())).data;
}
