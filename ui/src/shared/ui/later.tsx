import { useQuery } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import { ProblemPage } from './problem-page';

export interface Later<P extends object> {
  (props: P): ReactNode;
  load: () => Promise<unknown>;
}

const kNotHere =
  'A part of the app did not arrive. It is asked for again as soon as the network is back; if Burnish was updated meanwhile, reload the page.';

// A part of the app whose script comes later. Once `load` has ended it is drawn at once, without a moment of waiting in
// between. When the script does not come, only this part says so, and asks again.
export function later<P extends object = object>(name: string, read: () => Promise<{ default: ComponentType<P> }>, waiting: ReactNode = null): Later<P> {
  let ready: ComponentType<P> | undefined;
  const load = async () => {
    try {
      ready = (await read()).default;
    } catch (error) {
      throw new Error(kNotHere, { cause: error });
    }
    return ready;
  };
  function Part(props: P) {
    const { data: Shown, error, refetch } = useQuery({
      queryKey: ['script', name],
      queryFn: load,
      initialData: () => ready,
      staleTime: Infinity,
      gcTime: Infinity,
      retry: 2,
      refetchOnReconnect: true,
    });
    if (Shown !== undefined) return <Shown {...props} />;
    return error === null ? waiting : <ProblemPage error={error} onRetry={() => void refetch()} />;
  }
  return Object.assign(Part, { load });
}
