import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { api, newOperationId } from '../api/client';
import type { EditResult } from '../api/types';
import { waitToComeIn } from '../session/came-in';
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
const kLock = 'burnish-tab-';

async function livingTabs(): Promise<string[]> {
  if (!('locks' in navigator)) return [];
  const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] }));
  return held.flatMap(({ name = '' }) => (name.startsWith(kLock) ? [name.slice(kLock.length)] : []));
}

function holdTabLock(owner: string): void {
  if (!('locks' in navigator)) return;
  void navigator.locks.request(kLock + owner, () => new Promise<never>(() => undefined)).catch(() => undefined);
}

// Takes over what other tabs leave: at once of those that are gone, and of each that lives once it has gone, which is a
// while after its person has left it.
function makeHeir(queue: EditQueue, owner: string, signal: AbortSignal): () => void {
  const awaited = new Set<string>();
  const look = async () => {
    const alive = await livingTabs();
    for (const other of alive) {
      if (other === owner || awaited.has(other)) continue;
      awaited.add(other);
      navigator.locks.request(kLock + other, { signal }, () => undefined).then(look, () => undefined);
    }
    await queue.adopt((other) => alive.includes(other));
  };
  return () => void look();
}

export function SavingProvider({ children, onLanded, onRefused }: { children: ReactNode } & Omit<QueueHooks, 'send'>) {
  const owner = useMemo(newOperationId, []);
  const queue = useMemo(
    () => new EditQueue(browserStore(), { send: sendOperation, onLanded, onRefused }, owner),
    [owner, onLanded, onRefused],
  );
  useEffect(() => {
    const stop = new AbortController();
    holdTabLock(owner);
    const adopt = makeHeir(queue, owner, stop.signal);
    // Whoever closes a tab comes to another.
    const onSight = () => {
      if (document.visibilityState === 'visible') adopt();
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (queue.wouldLose) event.preventDefault();
    };
    window.addEventListener('online', queue.resume, stop);
    window.addEventListener('focus', onSight, stop);
    window.addEventListener('beforeunload', onLeave, stop);
    document.addEventListener('visibilitychange', onSight, stop);
    adopt();
    return () => stop.abort();
  }, [queue, owner]);
  const isSignedOut = useSyncExternalStore(queue.subscribe, () => queue.snapshot().status === 'signed-out');
  useEffect(() => (isSignedOut ? waitToComeIn(queue.resume, true) : undefined), [isSignedOut, queue]);
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
