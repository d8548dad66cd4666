import type { LandedOperation, Operation } from './operation';

export interface SavingState {
  // opening: what earlier tabs have left is not known yet. unable: the server answers, but cannot store now.
  status: 'opening' | 'saved' | 'saving' | 'offline' | 'unable' | 'signed-out' | 'conflict';
  waiting: readonly Operation[];
  conflicts: readonly Operation[];
  landed: readonly LandedOperation[];
  // Whether a closed tab would keep what waits; a browser may forbid it.
  isKept: boolean;
  // What the server said when it was unable.
  reason: string | undefined;
}
