import { useCallback, useMemo } from 'react';
import type { Edit, SequenceNumber } from '../api/types';
import { patchOf } from './operation';
import { useEditQueue } from './saving';

// The writes of a project: shown at once, kept in the browser, sent in order.
export function useEdits(project: string) {
  const queue = useEditQueue();
  const edit = useCallback(
    (title: string, target: Edit['target'], set: Edit['set'], base: SequenceNumber, more: Pick<Edit, 'reason' | 'generation'> = {}) =>
      queue.add(project, title, { kind: 'edit', edit: { base, target, set, ...more }, patch: patchOf(set) }),
    [queue, project],
  );
  return useMemo(
    () => ({
      edit,
      undo: () => queue.add(project, 'Undo', { kind: 'undo' }),
      redo: () => queue.add(project, 'Redo', { kind: 'redo' }),
      undoChange: (sequence: SequenceNumber) =>
        queue.add(project, `Undo change ${String(sequence)}`, { kind: 'undo-change', sequence }),
    }),
    [edit, queue, project],
  );
}
