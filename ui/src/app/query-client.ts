import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, NetworkError } from '../shared/api/client';

// `onSignedOut` is called when any answer says that nobody is in.
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        // A server that restarts is back in seconds; an answer of ours will not change by asking again.
        retry: (count, error) => count < 4 && (error instanceof NetworkError || (error instanceof ApiError && error.status === 503)),
        retryDelay: (count) => Math.min(500 * 2 ** count, 5000),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
