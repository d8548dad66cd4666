import { createStore, entries, promisifyRequest } from 'idb-keyval';
import type { Operation } from './operation';

export interface StoreChanges {
  put?: readonly Operation[];
  remove?: readonly string[];
}

// Where waiting operations outlive the tab.
export interface OperationStore {
  // All of it or nothing.
  write(changes: StoreChanges): Promise<void>;
  // In the order in which they were made.
  all(): Promise<Operation[]>;
}

export function browserStore(): OperationStore {
  const store = createStore('burnish-operations', 'operations');
  return {
    write: ({ put = [], remove = [] }) =>
      store('readwrite', async (operations) => {
        for (const id of remove) operations.delete(id);
        for (const operation of put) operations.put(operation, operation.id);
        // Asked for at once, so that a tab that is closed before the answer has it kept all the same.
        operations.transaction.commit();
        await promisifyRequest(operations.transaction);
      }),
    all: async () => {
      const found = await entries<string, Operation>(store);
      return found.map(([, operation]) => operation).sort((a, b) => a.at - b.at);
    },
  };
}
