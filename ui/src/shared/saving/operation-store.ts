import { createStore, del, entries, set } from 'idb-keyval';
import type { Operation } from './operation';

// Where waiting operations outlive the tab.
export interface OperationStore {
  put(operation: Operation): Promise<void>;
  remove(id: string): Promise<void>;
  all(): Promise<Operation[]>;
}

export function browserStore(): OperationStore {
  const store = createStore('burnish-operations', 'operations');
  return {
    put: (operation) => set(operation.id, operation, store),
    remove: (id) => del(id, store),
    all: async () => {
      const found = await entries<string, Operation>(store);
      return found.map(([, operation]) => operation).sort((a, b) => a.at - b.at);
    },
  };
}
