import { expect, test, vi } from 'vitest';
import { ApiError, NetworkError } from '../api/client';
import type { EditResult, Problem } from '../api/types';
import { EditQueue } from './edit-queue';
import type { Operation, Work } from './operation';
import type { OperationStore } from './operation-store';

function memoryStore(operations: Operation[] = []): OperationStore & { kept: Map<string, Operation> } {
  const kept = new Map(operations.map((operation) => [operation.id, operation]));
  return {
    kept,
    write: async ({ put = [], remove = [] }) => {
      for (const id of remove) kept.delete(id);
      for (const operation of put) kept.set(operation.id, operation);
    },
    all: async () => [...kept.values()],
  };
}

const result = (sequence: number, more: Partial<EditResult> = {}): EditResult => ({
  sequence, change: sequence, changed: 1, unchanged: 0, conflicts: [], conflict_count: 0, summary: '', ...more,
});

const setClass = (ordinals: number[], base = 5): Work => ({
  kind: 'edit', edit: { base, target: { ordinals }, set: { class: 'Shirt' } }, patch: { class: 'Shirt', state: 'set' },
});

const refusal = (status: number, more: Partial<Problem> = {}) =>
  new ApiError({ type: '', title: '', status, code: 'conflict', detail: 'no', ...more });

const conflict = { ordinal: 1, aspect: 'label', expected: 'Coat', present: 'Dress', wanted: 'Shirt', sequence: 9, author: 'Ada', at: 0 };

function makeQueue(send: (operation: Operation) => Promise<EditResult>, store = memoryStore()) {
  const onLanded = vi.fn();
  const onRefused = vi.fn();
  const queue = new EditQueue(store, { send, onLanded, onRefused }, 'this-tab');
  void queue.adopt(() => true);
  return { queue, store, onLanded, onRefused };
}

test('an edit is kept until the server has it on disk', async () => {
  let answer: (value: EditResult) => void = () => undefined;
  const { queue, store, onLanded } = makeQueue(() => new Promise((resolve) => (answer = resolve)));
  queue.add('p', 'Set class', setClass([1]));
  await vi.waitFor(() => expect(store.kept.size).toBe(1));
  expect(queue.snapshot().status).toBe('saving');
  await vi.waitFor(() => {
    answer(result(6));
    expect(queue.snapshot().status).toBe('saved');
  });
  expect(store.kept.size).toBe(0);
  expect(onLanded).toHaveBeenCalledOnce();
});

test('while the server is away edits wait, and go out in order under the same ids', async () => {
  let away = true;
  const tried: string[] = [];
  const { queue } = makeQueue(async (operation) => {
    tried.push(operation.id);
    if (away) throw new NetworkError('gone');
    return result(6);
  });
  const first = queue.add('p', 'one', setClass([1]));
  const second = queue.add('p', 'two', setClass([2]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('offline'));
  expect(queue.snapshot().waiting).toHaveLength(2);
  away = false;
  queue.resume();
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('saved'));
  expect(new Set(tried)).toEqual(new Set([first.id, second.id]));
  expect(tried.at(-1)).toBe(second.id);
});

test('our own earlier edit of the same sample is no conflict', async () => {
  const bases: number[] = [];
  const { queue } = makeQueue(async ({ work }) => {
    bases.push(work.kind === 'edit' ? work.edit.base : 0);
    return result(40 + bases.length);
  });
  queue.add('p', 'one', setClass([1, 2]));
  queue.add('p', 'two', setClass([2, 3]));
  queue.add('p', 'three', setClass([9]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('saved'));
  expect(bases).toEqual([5, 41, 5]);
});

test('a refused edit shows both values and can be sent over what is there', async () => {
  const sent: Operation[] = [];
  const { queue } = makeQueue(async (operation) => {
    sent.push(operation);
    if (sent.length === 1) throw refusal(409, { conflicts: [conflict] });
    return result(12);
  });
  const first = queue.add('p', 'Set class', setClass([1]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('conflict'));
  expect(queue.snapshot().conflicts[0]?.conflicts).toEqual([conflict]);
  queue.settle(first.id, 'mine');
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('saved'));
  expect(sent[1]?.work).toMatchObject({ edit: { base: 9, overwrite: true } });
  expect(sent[1]?.id).not.toBe(first.id);
});

test('a bulk edit asks about the rest that had moved', async () => {
  const { queue } = makeQueue(async () => result(8, { changed: 2, conflicts: [conflict], conflict_count: 1 }));
  queue.add('p', 'Set class', setClass([1, 2, 3]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('conflict'));
  expect(queue.snapshot().conflicts[0]?.work).toMatchObject({ edit: { target: { ordinals: [1] } } });
});

test('an edit that makes no sense is dropped and said', async () => {
  const { queue, store, onRefused } = makeQueue(async () => {
    throw refusal(400);
  });
  queue.add('p', 'Set class', setClass([1]));
  await vi.waitFor(() => expect(onRefused).toHaveBeenCalledOnce());
  expect(store.kept.size).toBe(0);
  expect(queue.snapshot().status).toBe('saved');
});

test('what a closed tab left behind is sent by the next, not what a living one sends itself', async () => {
  const left = (id: string, owner: string): Operation => ({ id, owner, project: 'p', title: id, at: 0, work: setClass([1]) });
  const store = memoryStore([left('orphan', 'closed'), left('busy', 'living')]);
  const sent: string[] = [];
  const { queue } = makeQueue(async ({ id }) => {
    sent.push(id);
    return result(6);
  }, store);
  await queue.adopt((owner) => owner === 'living');
  await vi.waitFor(() => expect(sent).toEqual(['orphan']));
  await vi.waitFor(() => expect([...store.kept.keys()]).toEqual(['busy']));
});

test('signed out, edits wait for the next login', async () => {
  let out = true;
  const { queue } = makeQueue(async () => {
    if (out) throw refusal(401);
    return result(6);
  });
  queue.add('p', 'one', setClass([1]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('signed-out'));
  out = false;
  queue.resume();
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('saved'));
});

test('an edit that waited behind our own of the same sample is no conflict, even when another tab sends it', async () => {
  const store = memoryStore();
  let isFirst = true;
  const { queue } = makeQueue(async () => {
    if (!isFirst) throw new NetworkError('gone');
    isFirst = false;
    return result(40);
  }, store);
  queue.add('p', 'one', setClass([1]));
  queue.add('p', 'elsewhere', setClass([2]));
  const last = queue.add('p', 'again', setClass([1]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('offline'));
  expect(store.kept.get(last.id)).toMatchObject({ work: { edit: { base: 40 } } });
});

test('what is asked about is in the store at every moment', async () => {
  const store = memoryStore();
  const sizes: number[] = [];
  const write = store.write;
  store.write = async (changes) => {
    await write(changes);
    sizes.push(store.kept.size);
  };
  const { queue } = makeQueue(async ({ work }) => {
    if (work.kind === 'edit' && work.edit.overwrite !== true) throw refusal(409, { conflicts: [conflict] });
    throw new NetworkError('gone');
  }, store);
  const first = queue.add('p', 'Set class', setClass([1]));
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('conflict'));
  queue.settle(first.id, 'mine');
  await vi.waitFor(() => expect(queue.snapshot().status).toBe('offline'));
  expect(new Set(sizes)).toEqual(new Set([1]));
});

test('where nothing can be kept the state says so, and the edit is sent all the same', async () => {
  const store = memoryStore();
  store.write = async () => {
    throw new Error('no room');
  };
  let away = true;
  const { queue } = makeQueue(async () => {
    if (away) throw new NetworkError('gone');
    return result(6);
  }, store);
  queue.add('p', 'one', setClass([1]));
  await vi.waitFor(() => expect(queue.snapshot()).toMatchObject({ status: 'offline', isKept: false }));
  expect(queue.wouldLose).toBe(true);
  away = false;
  queue.resume();
  await vi.waitFor(() => expect(queue.snapshot()).toMatchObject({ status: 'saved', isKept: true }));
  expect(queue.wouldLose).toBe(false);
});

test('a server that answers but cannot store is not called away', async () => {
  const { queue } = makeQueue(async () => {
    throw refusal(507, { detail: 'The disk is full.' });
  });
  queue.add('p', 'one', setClass([1]));
  await vi.waitFor(() => expect(queue.snapshot()).toMatchObject({ status: 'unable', reason: 'The disk is full.' }));
  expect(queue.snapshot().waiting).toHaveLength(1);
});

test('before it is known what earlier tabs have left, nothing is said to be saved', async () => {
  const left: Operation = { id: 'left', owner: 'closed', project: 'p', title: 'left', at: 0, work: setClass([1]) };
  const queue = new EditQueue(memoryStore([left]), { send: () => new Promise(() => undefined), onLanded: vi.fn(), onRefused: vi.fn() }, 'this-tab');
  const seen = new Set([queue.snapshot().status]);
  queue.subscribe(() => seen.add(queue.snapshot().status));
  await queue.adopt(() => false);
  expect([...seen]).toEqual(['opening', 'saving']);
});
