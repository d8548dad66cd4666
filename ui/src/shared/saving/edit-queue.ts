import { ApiError, NetworkError, newOperationId } from '../api/client';
import type { EditResult } from '../api/types';
import { overlaps, touchedBy, type LandedOperation, type Operation, type Work } from './operation';
import type { OperationStore, StoreChanges } from './operation-store';
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

// Our own earlier edits of the same samples are no conflict, so what they made is seen too. But a try whose answer was
// lost may have been done, and must be repeated word for word.
function rebased(operation: Operation, landed: readonly LandedOperation[]): Operation {
  if (operation.work.kind !== 'edit' || operation.settled) return operation;
  const mine = touchedBy(operation);
  const { edit } = operation.work;
  const seen = landed.filter(({ operation: earlier }) => earlier.project === operation.project && overlaps(mine, touchedBy(earlier)));
  const base = Math.max(edit.base, ...seen.map(({ result }) => result.sequence));
  return base === edit.base ? operation : { ...operation, work: { ...operation.work, edit: { ...edit, base } } };
}

// Sends operations one after another in the order they were made, keeps each in the store until the server has
// answered, and tries again with the same id while the server is away. Lives as long as the tab. What moves from one
// state to the next moves in the store in one step, so that a tab may be closed between any two of them.
export class EditQueue {
  readonly #store: OperationStore;
  readonly #hooks: QueueHooks;
  readonly #owner: string;
  readonly #listeners = new Set<() => void>();
  // Those that are not in the store, or not yet: with the tab they would be gone.
  readonly #unkept = new Set<string>();
  #state: SavingState = { status: 'opening', waiting: [], conflicts: [], landed: [], isKept: true, reason: undefined };
  // Whether what earlier tabs have left is known.
  #isOpen = false;
  #sending = false;
  #lastAt = 0;
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

  // Whether closing the tab now would lose an edit.
  get wouldLose(): boolean {
    return this.#unkept.size > 0;
  }

  // Takes over what tabs that are gone have left. Until it has looked once, nothing is said to be saved.
  async adopt(isAlive: (owner: string) => boolean): Promise<void> {
    let all: Operation[] = [];
    try {
      all = await this.#store.all();
    } catch {
      // No store: then nothing can have been left in it.
    }
    this.#isOpen = true;
    const known = new Set([...this.#state.waiting, ...this.#state.conflicts].map((operation) => operation.id));
    const left = all
      .filter((operation) => !known.has(operation.id) && operation.owner !== this.#owner && !isAlive(operation.owner))
      .map((operation) => ({ ...operation, owner: this.#owner }));
    if (left.length === 0) {
      this.#change({});
      return;
    }
    // Before they are kept under this tab's name: another tab that takes them over too sends them under the same ids.
    this.#change({
      waiting: [...left.filter((operation) => operation.conflicts === undefined), ...this.#state.waiting],
      conflicts: [...this.#state.conflicts, ...left.filter((operation) => operation.conflicts !== undefined)],
    });
    await this.#keep({ put: left });
    void this.#pump();
  }

  add(project: string, title: string, work: Work): Operation {
    return this.#add(this.#make(project, title, work));
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
    if (choice === 'theirs' || operation.work.kind !== 'edit') {
      void this.#keep({ remove: [id] });
      return;
    }
    const conflicts = operation.conflicts ?? [];
    const base = Math.max(operation.work.edit.base, ...conflicts.map((conflict) => conflict.sequence));
    const edit = { ...operation.work.edit, base, overwrite: true };
    this.#add(this.#make(operation.project, operation.title, { ...operation.work, edit }), [id]);
  }

  // The tiles have been read anew, so the patches on them have done their work.
  forgetLanded(project: string): void {
    this.#change({ landed: this.#state.landed.filter(({ operation }) => operation.project !== project) });
  }

  #make(project: string, title: string, work: Work): Operation {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    return rebased({ id: newOperationId(), owner: this.#owner, project, title, at: this.#lastAt, work }, this.#state.landed);
  }

  #add(operation: Operation, instead: string[] = []): Operation {
    this.#unkept.add(operation.id);
    this.#change({ waiting: [...this.#state.waiting, operation] });
    void this.#keep({ put: [operation], remove: instead }).then(() => this.#pump());
    return operation;
  }

  #change(next: Partial<SavingState>): void {
    const state = { ...this.#state, ...next };
    const settled = state.conflicts.length > 0 ? 'conflict' : this.#isOpen ? 'saved' : 'opening';
    if (state.waiting.length === 0) state.status = settled;
    else if (next.status === undefined && !['offline', 'unable', 'signed-out'].includes(state.status)) state.status = 'saving';
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  // A browser without storage still sends; only a closed tab would lose it, which the state says.
  async #keep(changes: StoreChanges): Promise<void> {
    let isKept = true;
    try {
      await this.#store.write(changes);
      for (const { id } of changes.put ?? []) this.#unkept.delete(id);
    } catch {
      isKept = (changes.put ?? []).length === 0;
    }
    for (const id of changes.remove ?? []) this.#unkept.delete(id);
    if (isKept && this.#unkept.size > 0) return;
    if (isKept !== this.#state.isKept) this.#change({ isKept });
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
    const settled = { ...rebased(operation, this.#state.landed), settled: true };
    if (operation.settled !== true) {
      this.#change({ waiting: this.#state.waiting.map((one) => (one.id === settled.id ? settled : one)) });
      await this.#keep({ put: [settled] });
    }
    try {
      await this.#land(settled, await this.#hooks.send(settled));
      return true;
    } catch (error) {
      if (worthRetrying(error)) {
        const reason = error instanceof ApiError ? error.message : undefined;
        this.#change({ status: reason === undefined ? 'offline' : 'unable', reason });
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

  // Until the store has let it go it waits: only then may the page say that it is saved.
  async #land(operation: Operation, result: EditResult): Promise<void> {
    this.#wait = kRetryAtLeast;
    this.#change({ landed: [...this.#state.landed, { operation, result }].slice(-kLandedKept) });
    const after = this.#state.waiting.filter(({ id }) => id !== operation.id);
    const moved = after.map((one) => rebased(one, this.#state.landed)).filter((one, index) => one !== after[index]);
    const rest = restOf(operation, result);
    await this.#keep({ put: [...moved, ...rest], remove: [operation.id] });
    const byId = new Map(moved.map((one) => [one.id, one]));
    this.#change({
      status: 'saving',
      waiting: this.#state.waiting.filter(({ id }) => id !== operation.id).map((one) => byId.get(one.id) ?? one),
      conflicts: [...this.#state.conflicts, ...rest],
    });
    this.#hooks.onLanded(operation, result);
  }

  async #refused(operation: Operation, error: ApiError): Promise<void> {
    const conflicts = error.problem.conflicts ?? [];
    const isConflict = error.status === 409 && operation.work.kind === 'edit' && conflicts.length > 0;
    const held = isConflict ? [{ ...operation, conflicts }] : [];
    await this.#keep(isConflict ? { put: held } : { remove: [operation.id] });
    this.#change({
      waiting: this.#state.waiting.filter(({ id }) => id !== operation.id),
      conflicts: [...this.#state.conflicts, ...held],
    });
    if (!isConflict) this.#hooks.onRefused(operation, error);
  }
}

// A bulk edit applied to what had not moved; what had moved is asked about.
function restOf(operation: Operation, result: EditResult): Operation[] {
  if (operation.work.kind !== 'edit' || result.conflict_count === 0) return [];
  const ordinals = [...new Set(result.conflicts.map((conflict) => conflict.ordinal))];
  const edit = { ...operation.work.edit, base: result.sequence, target: { ordinals } };
  return [{ ...operation, id: newOperationId(), conflicts: result.conflicts, work: { ...operation.work, edit } }];
}
