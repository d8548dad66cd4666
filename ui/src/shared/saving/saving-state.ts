import type { LandedOperation, Operation } from './operation';

export interface SavingState {
  status: 'saved' | 'saving' | 'offline' | 'signed-out' | 'conflict';
  waiting: readonly Operation[];
  conflicts: readonly Operation[];
  landed: readonly LandedOperation[];
}
