// What the app remembers of a person: layout, sizes. One JSON object on the server, written a moment after the last
// change; each user of it owns one key.
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../api/client';
import type { Preferences } from '../api/types';

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: ({ signal }) => api.get('/api/v1/preferences', { signal }),
  staleTime: Infinity,
});

const kWriteAfter = 800;
let pending: ReturnType<typeof setTimeout> | undefined;
let unwritten: Preferences | undefined; // until the server has answered

function write(keepalive: boolean) {
  clearTimeout(pending);
  const body = unwritten;
  if (body === undefined) return;
  void api
    .put('/api/v1/preferences', { body, keepalive })
    // Losing a pane's width is no reason to disturb anybody.
    .catch(() => undefined)
    .finally(() => {
      if (unwritten === body) unwritten = undefined;
    });
}

// A page that is left or loaded again within that moment takes the choice along; what is on its way is sent again, since
// the browser drops it with the page.
window.addEventListener('pagehide', () => write(true));

// `parse` guards against what another version of the app has left there.
export function usePreference<T>(key: string, fallback: T, parse: (value: unknown) => T | undefined) {
  const client = useQueryClient();
  const { data } = useQuery(preferencesQuery);
  const value = parse(data?.[key]) ?? fallback;
  const change = useCallback(
    (next: T) => {
      unwritten = client.setQueryData<Preferences>(preferencesQuery.queryKey, (before) => ({ ...before, [key]: next }));
      clearTimeout(pending);
      pending = setTimeout(() => write(false), kWriteAfter);
    },
    [client, key],
  );
  return [value, change] as const;
}
