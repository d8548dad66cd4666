import { useCallback, useSyncExternalStore } from 'react';
import type { Ordinal } from '../api/types';
import { fitPicture } from './fit';
import { thumbnailsOf, type ThumbnailSize } from './thumbnail-store';
import styles from './thumbnail.module.css';

interface Props {
  project: string;
  ordinal: Ordinal;
  // CSS pixels of the square that it fills.
  side: number;
  alt: string;
}

// One photograph in a square, sharp at every device resolution.
export function Thumbnail({ project, ordinal, side, alt }: Props) {
  const ratio = window.devicePixelRatio;
  const size: ThumbnailSize = side * ratio > 200 ? 320 : 160;
  const store = thumbnailsOf(project);
  const subscribe = useCallback((listener: () => void) => store.want(ordinal, size, listener), [store, ordinal, size]);
  const thumbnail = useSyncExternalStore(subscribe, () => store.get(ordinal, size));
  if (thumbnail === undefined) {
    return <span className={styles['waiting']} style={{ width: side, height: side }} role="img" aria-label={alt} />;
  }
  const fit = fitPicture(thumbnail.width, thumbnail.height, side, ratio);
  return (
    <span className={styles['square']} style={{ width: side, height: side }}>
      <img
        className={styles['picture']}
        data-sharp={fit.sharp || undefined}
        src={thumbnail.url}
        width={fit.width}
        height={fit.height}
        alt={alt}
        draggable={false}
        decoding="async"
      />
    </span>
  );
}
