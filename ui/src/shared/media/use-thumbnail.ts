import { useCallback, useSyncExternalStore } from 'react';
import type { Ordinal } from '../api/types';
import { thumbnailsOf, type Thumbnail, type ThumbnailSize } from './thumbnail-store';

const nothingToDo = () => undefined;

// The thumbnail of a sample, once it has come.
export function useThumbnail(project: string, ordinal: Ordinal | undefined, size: ThumbnailSize): Thumbnail | undefined {
  const store = thumbnailsOf(project);
  const subscribe = useCallback(
    (listener: () => void) => (ordinal === undefined ? nothingToDo : store.want(ordinal, size, listener)),
    [store, ordinal, size],
  );
  return useSyncExternalStore(subscribe, () => (ordinal === undefined ? undefined : store.get(ordinal, size)));
}
