import { useQueryClient } from '@tanstack/react-query';
import { useCallback, type ReactNode } from 'react';
import type { ApiError } from '../shared/api/client';
import type { EditResult } from '../shared/api/types';
import { noteSequence } from '../shared/live/head';
import { liveKey } from '../shared/live/keys';
import type { Operation } from '../shared/saving/operation';
import { SavingProvider } from '../shared/saving/saving';
import { announce, Announcer } from '../shared/toasts/announcer';
import { complain, say } from '../shared/toasts/toasts';

// What follows from a write: what is shown is read again, and the person hears of it where they cannot see it.
export function Saving({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const onLanded = useCallback(
    (operation: Operation, result: EditResult) => {
      noteSequence(operation.project, result.sequence);
      void client.invalidateQueries({ queryKey: liveKey(operation.project) });
      const isBulk = result.changed > 1 || operation.work.kind !== 'edit';
      if (result.summary === '') return;
      // A toast is read out by itself; a single edit shows on its tile only.
      if (isBulk) say(result.summary);
      else announce(`${result.summary}, saved`);
    },
    [client],
  );
  const onRefused = useCallback(
    (operation: Operation, error: ApiError) => {
      void client.invalidateQueries({ queryKey: liveKey(operation.project) });
      complain(error, `Not done: ${operation.title}`);
    },
    [client],
  );
  return (
    <SavingProvider onLanded={onLanded} onRefused={onRefused}>
      {children}
      <Announcer />
    </SavingProvider>
  );
}
