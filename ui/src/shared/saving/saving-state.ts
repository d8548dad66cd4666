import type { LandedOperation, Operation } from './operation';

export interface SavingState {
  // unable: the server answers, but cannot store now.
  status: 'saved' | 'saving' | 'offline' | 'unable' | 'signed-out' | 'conflict';
  waiting: readonly Operation[];
  conflicts: readonly Operation[];
  landed: readonly LandedOperation[];
  // Whether a closed tab would keep what waits; a browser may forbid it.
  isKept: boolean;
  // What the server said when it was unable.
  reason: string | undefined;
}
