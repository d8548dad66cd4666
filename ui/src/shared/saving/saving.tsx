import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { api, newOperationId } from '../api/client';
import type { EditResult } from '../api/types';
import { EditQueue, type QueueHooks } from './edit-queue';
import type { Operation } from './operation';
import { browserStore } from './operation-store';

const QueueContext = createContext<EditQueue | undefined>(undefined);

// A network that swallows what is sent says nothing; the same operation is then sent again.
const kAnswerWithin = 60_000;

function sendOperation({ id, project, work }: Operation): Promise<EditResult> {
  const path = { project };
  const signal = AbortSignal.timeout(kAnswerWithin);
  switch (work.kind) {
    case 'edit':
      return api.post('/api/v1/projects/{project}/edits', { path, idempotencyKey: id, signal, body: work.edit });
    case 'undo':
      return api.post('/api/v1/projects/{project}/undo', { path, idempotencyKey: id, signal });
    case 'redo':
      return api.post('/api/v1/projects/{project}/redo', { path, idempotencyKey: id, signal });
    case 'undo-change':
      return api.post('/api/v1/projects/{project}/changes/{sequence}/undo', {
        path: { project, sequence: work.sequence },
        idempotencyKey: id,
        signal,
      });
  }
}

// Each tab holds a lock for as long as it lives; an operation whose owner holds none was left behind.
const lockName = (owner: string) => `burnish-tab-${owner}`;

async function livingTabs(): Promise<Set<string>> {
  if (!('locks' in navigator)) return new Set();
  const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] }));
  return new Set(held.map((lock) => lock.name ?? ''));
}

function holdTabLock(owner: string): void {
  if (!('locks' in navigator)) return;
  void navigator.locks.request(lockName(owner), () => new Promise<never>(() => undefined)).catch(() => undefined);
}

export function SavingProvider({ children, onLanded, onRefused }: { children: ReactNode } & Omit<QueueHooks, 'send'>) {
  const owner = useMemo(newOperationId, []);
  const queue = useMemo(
    () => new EditQueue(browserStore(), { send: sendOperation, onLanded, onRefused }, owner),
    [owner, onLanded, onRefused],
  );
  useEffect(() => {
    holdTabLock(owner);
    const adopt = () =>
      void livingTabs().then((alive) => queue.adopt((other) => alive.has(lockName(other))));
    // Whoever closes a tab comes to another: it takes over what that one had left.
    const onSight = () => {
      if (document.visibilityState === 'visible') adopt();
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (queue.wouldLose) event.preventDefault();
    };
    const stop = new AbortController();
    window.addEventListener('online', queue.resume, stop);
    window.addEventListener('focus', onSight, stop);
    window.addEventListener('beforeunload', onLeave, stop);
    document.addEventListener('visibilitychange', onSight, stop);
    adopt();
    return () => stop.abort();
  }, [queue, owner]);
  return <QueueContext value={queue}>{children}</QueueContext>;
}

export function useEditQueue(): EditQueue {
  const queue = useContext(QueueContext);
  if (queue === undefined) throw new Error('No SavingProvider above');
  return queue;
}

export function useSavingState() {
  const queue = useEditQueue();
  return useSyncExternalStore(queue.subscribe, queue.snapshot);
}
