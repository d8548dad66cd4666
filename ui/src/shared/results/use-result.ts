import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { useExploreState } from '../explore-state';
import { headOf, subscribeToHeads } from '../live/head';
import { frozenKey } from '../live/keys';
import { useRun } from '../project/use-run';
import { useEditQueue } from '../saving/saving';
import { changedSinceQuery, resultOrdinalsQuery, resultQuery } from './results-query';

export function useHead(project: string): number {
  return useSyncExternalStore(subscribeToHeads, () => headOf(project));
}

// The result that the URL names: its handle, its ordinals, and how much has changed since it was made.
export function useResult(project: string) {
  const { search } = useExploreState();
  const run = useRun()?.id;
  const client = useQueryClient();
  const queue = useEditQueue();
  const head = useHead(project);
  const question = {
    ...(search.filter === undefined ? {} : { filter: search.filter }),
    ...(search.sort === undefined ? {} : { sort: search.sort }),
    ...(run === undefined ? {} : { run }),
  };
  const { data: result, error, isPlaceholderData, isFetching } = useQuery(resultQuery(project, question));
  const { data: ordinals } = useQuery(resultOrdinalsQuery(project, result?.id));
  const { data: changed = 0 } = useQuery(changedSinceQuery(project, result?.as_of ?? head, head));
  const refresh = useCallback(async () => {
    await client.invalidateQueries({ queryKey: frozenKey(project, 'result') });
    queue.forgetLanded(project);
  }, [client, project, queue]);
  const isStale = result !== undefined && head > result.as_of;
  return {
    result,
    ordinals,
    run,
    error,
    refresh,
    // The next result is on its way; what is shown belongs to the one before.
    isPending: isPlaceholderData || (result === undefined && isFetching),
    changed: isStale ? changed : 0,
  };
}
