import type { Ordinal } from '../api/types';
import { Bitmap } from './bitmap';
import { fitPicture } from './fit';
import { thumbnailSize } from './thumbnail-store';
import { useThumbnail } from './use-thumbnail';
import styles from './thumbnail.module.css';

interface Props {
  project: string;
  ordinal: Ordinal;
  // CSS pixels of the box that it fills.
  side: number;
  // When it is no square.
  height?: number;
  alt: string;
}

// One photograph in a box, sharp at every device resolution.
export function Thumbnail({ project, ordinal, side, height = side, alt }: Props) {
  const ratio = window.devicePixelRatio;
  const thumbnail = useThumbnail(project, ordinal, thumbnailSize(side));
  if (thumbnail === undefined) {
    return <span className={styles['waiting']} style={{ width: side, height }} {...(alt === '' ? {} : { role: 'img', 'aria-label': alt })} />;
  }
  const fit = fitPicture(thumbnail.width, thumbnail.height, side, ratio, height);
  return (
    <span className={styles['square']} style={{ width: side, height }}>
      <Bitmap
        picture={thumbnail.picture}
        width={thumbnail.width}
        height={thumbnail.height}
        className={styles['picture']}
        data-sharp={fit.sharp || undefined}
        style={{ width: fit.width, height: fit.height }}
        {...(alt === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': alt })}
      />
    </span>
  );
}
