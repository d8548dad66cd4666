// What waiting and freshly landed edits make of the tiles that the server has sent.
import type { Ordinal } from '../api/types';
import type { SavingState } from './saving-state';
import type { Operation, TilePatch } from './operation';

export interface Overlay {
  // `asOf` is the sequence number of the values that the patch is laid over.
  patchFor(ordinal: Ordinal, asOf: number): TilePatch | undefined;
}

interface Layer {
  patch: TilePatch;
  // Undefined while it waits; afterwards the sequence number from which the server's own values hold it.
  sequence?: number;
}

const nothing: Overlay = { patchFor: () => undefined };

export function makeOverlay(state: SavingState, project: string, result: string | undefined): Overlay {
  const byOrdinal = new Map<Ordinal, Layer[]>();
  const everywhere: Layer[] = [];
  const lay = (operation: Operation, sequence?: number) => {
    if (operation.project !== project || operation.work.kind !== 'edit') return;
    const { target } = operation.work.edit;
    const layer: Layer = sequence === undefined ? { patch: operation.work.patch } : { patch: operation.work.patch, sequence };
    if ('ordinals' in target) {
      for (const ordinal of target.ordinals) byOrdinal.set(ordinal, [...(byOrdinal.get(ordinal) ?? []), layer]);
    } else if ('result' in target && target.result === result) {
      everywhere.push(layer);
    }
  };
  for (const landed of state.landed) lay(landed.operation, landed.result.sequence);
  for (const operation of state.waiting) lay(operation);
  if (byOrdinal.size === 0 && everywhere.length === 0) return nothing;
  return {
    patchFor: (ordinal, asOf) => {
      const layers = [...everywhere, ...(byOrdinal.get(ordinal) ?? [])].filter(
        ({ sequence }) => sequence === undefined || sequence > asOf,
      );
      return layers.length === 0 ? undefined : Object.assign({}, ...layers.map(({ patch }) => patch)) as TilePatch;
    },
  };
}
