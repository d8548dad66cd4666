import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState, useSyncExternalStore } from 'react';
import { useExploreState } from '../explore-state';
import { headOf, subscribeToHeads } from '../live/head';
import { frozenKey } from '../live/keys';
import { useRun } from '../project/use-run';
import { useEditQueue } from '../saving/saving';
import { changedSinceQuery, resultOrdinalsQuery, resultQuery } from './results-query';

export function useHead(project: string): number {
  return useSyncExternalStore(subscribeToHeads, () => headOf(project));
}

// The last value that was there, as long as it is one of the same thing.
function useLast<T>(value: T | undefined, of: string): T | undefined {
  const [last, setLast] = useState({ of, value });
  if (value !== undefined && (last.value !== value || last.of !== of)) setLast({ of, value });
  return value ?? (last.of === of ? last.value : undefined);
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
  const { data: found, error, isPlaceholderData, isFetching } = useQuery(resultQuery(project, question));
  // Shown with another model run, or when it cannot be asked again, it is still the answer to the same filter and sort.
  const result = useLast(found, JSON.stringify([project, search.filter, search.sort]));
  const { data: lastOrdinals, isPlaceholderData: areLast } = useQuery(resultOrdinalsQuery(project, result?.id));
  const { data: changed = 0 } = useQuery(changedSinceQuery(project, result?.as_of ?? head, head));
  const refresh = useCallback(async () => {
    await client.invalidateQueries({ queryKey: frozenKey(project, 'result') });
    queue.forgetLanded(project);
  }, [client, project, queue]);
  const isStale = result !== undefined && head > result.as_of;
  return {
    result,
    ordinals: areLast ? undefined : lastOrdinals,
    // Until these have come, those of the result before, for what would else flicker.
    lastOrdinals,
    run,
    error,
    refresh,
    // The next result is on its way; what is shown belongs to the one before.
    isPending: isPlaceholderData || (result === undefined && isFetching),
    changed: isStale ? changed : 0,
  };
}
