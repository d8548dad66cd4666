import { classColour } from '../theme/palette';
import styles from './class-dot.module.css';

// The colour of a class; hatched where there is no label.
export function ClassDot({ id }: { id: number | undefined }) {
  return id === undefined ? (
    <span className={styles['dot']} data-hatched aria-hidden />
  ) : (
    <span className={styles['dot']} style={{ background: classColour(id) }} aria-hidden />
  );
}
