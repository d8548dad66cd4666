import { ApiError, NetworkError, newOperationId } from '../api/client';
import type { EditResult, SequenceNumber } from '../api/types';
import { overlaps, touchedBy, type Operation, type Work } from './operation';
import type { OperationStore } from './operation-store';
import type { SavingState } from './saving-state';

export interface QueueHooks {
  // Sends one operation with its id as the Idempotency-Key.
  send(operation: Operation): Promise<EditResult>;
  onLanded(operation: Operation, result: EditResult): void;
  onRefused(operation: Operation, error: ApiError): void;
}

const kRetryAtLeast = 1000;
const kRetryAtMost = 20000;
const kLandedKept = 200;

function worthRetrying(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429);
}

// Sends operations one after another in the order they were made, keeps each in the store until the server has
// answered, and tries again with the same id while the server is away. Lives as long as the tab.
export class EditQueue {
  readonly #store: OperationStore;
  readonly #hooks: QueueHooks;
  readonly #owner: string;
  readonly #listeners = new Set<() => void>();
  #state: SavingState = { status: 'saved', waiting: [], conflicts: [], landed: [] };
  #sending = false;
  #wait = kRetryAtLeast;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(store: OperationStore, hooks: QueueHooks, owner: string) {
    this.#store = store;
    this.#hooks = hooks;
    this.#owner = owner;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): SavingState => this.#state;

  // Takes over what tabs that are gone have left.
  async adopt(isAlive: (owner: string) => boolean): Promise<void> {
    const known = new Set([...this.#state.waiting, ...this.#state.conflicts].map((operation) => operation.id));
    const left = (await this.#store.all())
      .filter((operation) => !known.has(operation.id) && (operation.owner === this.#owner || !isAlive(operation.owner)))
      .map((operation) => ({ ...operation, owner: this.#owner }));
    await Promise.all(left.map((operation) => this.#store.put(operation)));
    this.#change({
      waiting: [...left.filter((operation) => operation.conflicts === undefined), ...this.#state.waiting],
      conflicts: [...this.#state.conflicts, ...left.filter((operation) => operation.conflicts !== undefined)],
    });
    void this.#pump();
  }

  add(project: string, title: string, work: Work): Operation {
    const operation: Operation = { id: newOperationId(), owner: this.#owner, project, title, at: Date.now(), work };
    this.#change({ waiting: [...this.#state.waiting, operation] });
    void this.#keep(operation).then(() => this.#pump());
    return operation;
  }

  // Tries at once instead of waiting for the next turn: the network or the session is back.
  resume = (): void => {
    this.#wait = kRetryAtLeast;
    if (this.#state.status === 'signed-out') this.#change({ status: 'saving' });
    void this.#pump();
  };

  // After a conflict was shown: `mine` sends the edit again over what is there now, `theirs` lets it go.
  settle(id: string, choice: 'mine' | 'theirs'): void {
    const operation = this.#state.conflicts.find((candidate) => candidate.id === id);
    if (operation === undefined) return;
    this.#change({ conflicts: this.#state.conflicts.filter((candidate) => candidate.id !== id) });
    void this.#store.remove(id).catch(() => undefined);
    if (choice === 'theirs' || operation.work.kind !== 'edit') return;
    const conflicts = operation.conflicts ?? [];
    const base = Math.max(operation.work.edit.base, ...conflicts.map((conflict) => conflict.sequence));
    this.add(operation.project, operation.title, {
      ...operation.work,
      edit: { ...operation.work.edit, base, overwrite: true },
    });
  }

  // The tiles have been read anew, so the patches on them have done their work.
  forgetLanded(project: string): void {
    this.#change({ landed: this.#state.landed.filter(({ operation }) => operation.project !== project) });
  }

  #change(next: Partial<SavingState>): void {
    const state = { ...this.#state, ...next };
    if (next.status === undefined && !['offline', 'signed-out'].includes(state.status)) {
      state.status = state.waiting.length > 0 ? 'saving' : state.conflicts.length > 0 ? 'conflict' : 'saved';
    } else if (state.waiting.length === 0) {
      state.status = state.conflicts.length > 0 ? 'conflict' : 'saved';
    }
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  async #keep(operation: Operation): Promise<void> {
    try {
      await this.#store.put(operation);
    } catch {
      // A browser without storage still sends; only a closed tab would lose it.
    }
  }

  async #drop(operation: Operation, next: Partial<SavingState>): Promise<void> {
    await this.#store.remove(operation.id).catch(() => undefined);
    this.#change({ ...next, waiting: this.#state.waiting.filter((candidate) => candidate.id !== operation.id) });
  }

  // Our own earlier edits of the same samples are no conflict, so what they made is seen too. Settled at the first try
  // and kept: a try whose answer was lost may have been done, and must be repeated word for word.
  #withBase(operation: Operation): Operation {
    if (operation.work.kind !== 'edit' || operation.settled) return operation;
    const mine = touchedBy(operation);
    let base: SequenceNumber = operation.work.edit.base;
    for (const { operation: earlier, result } of this.#state.landed) {
      if (earlier.project === operation.project && overlaps(mine, touchedBy(earlier))) base = Math.max(base, result.sequence);
    }
    return { ...operation, settled: true, work: { ...operation.work, edit: { ...operation.work.edit, base } } };
  }

  async #pump(): Promise<void> {
    if (this.#sending || this.#state.status === 'signed-out') return;
    this.#sending = true;
    clearTimeout(this.#retry);
    try {
      let next = this.#state.waiting[0];
      while (next !== undefined) {
        if (!(await this.#try(next))) return;
        next = this.#state.waiting[0];
      }
    } finally {
      this.#sending = false;
    }
  }

  // Whether the next operation may go.
  async #try(operation: Operation): Promise<boolean> {
    const settled = this.#withBase(operation);
    if (settled !== operation) {
      this.#change({ waiting: this.#state.waiting.map((one) => (one.id === settled.id ? settled : one)) });
      await this.#keep(settled);
    }
    try {
      const result = await this.#hooks.send(settled);
      this.#wait = kRetryAtLeast;
      const landed = [...this.#state.landed, { operation: settled, result }].slice(-kLandedKept);
      await this.#drop(operation, { status: 'saving', landed });
      this.#hooks.onLanded(settled, result);
      if (result.conflict_count > 0 && settled.work.kind === 'edit') await this.#holdRest(settled, result);
      return true;
    } catch (error) {
      if (worthRetrying(error)) {
        this.#change({ status: 'offline' });
        this.#retry = setTimeout(() => void this.#pump(), this.#wait);
        this.#wait = Math.min(this.#wait * 2, kRetryAtMost);
        return false;
      }
      if (error instanceof ApiError && error.status === 401) {
        this.#change({ status: 'signed-out' });
        return false;
      }
      if (!(error instanceof ApiError)) throw error;
      await this.#refused(settled, error);
      return true;
    }
  }

  async #refused(operation: Operation, error: ApiError): Promise<void> {
    const conflicts = error.problem.conflicts ?? [];
    if (error.status === 409 && operation.work.kind === 'edit' && conflicts.length > 0) {
      await this.#drop(operation, {});
      await this.#hold({ ...operation, conflicts });
      return;
    }
    await this.#drop(operation, {});
    this.#hooks.onRefused(operation, error);
  }

  // A bulk edit applied to what had not moved; what had moved is asked about.
  async #holdRest(operation: Operation, result: EditResult): Promise<void> {
    if (operation.work.kind !== 'edit') return;
    const ordinals = [...new Set(result.conflicts.map((conflict) => conflict.ordinal))];
    await this.#hold({
      ...operation,
      id: newOperationId(),
      conflicts: result.conflicts,
      work: { ...operation.work, edit: { ...operation.work.edit, base: result.sequence, target: { ordinals } } },
    });
  }

  async #hold(operation: Operation): Promise<void> {
    this.#change({ conflicts: [...this.#state.conflicts, operation] });
    await this.#keep(operation);
  }
}
