import type { Ordinal } from '../api/types';
import { fitPicture } from './fit';
import { useThumbnail } from './use-thumbnail';
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
  const thumbnail = useThumbnail(project, ordinal, side * ratio > 200 ? 320 : 160);
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
