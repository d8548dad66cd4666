import styles from './waiting.module.css';

interface Props {
  // "the history": what is on its way.
  what: string;
  rows?: number;
}

// The shape of a list that is on its way. It shows only when the answer is late, so that what is quick never flashes.
export function WaitingRows({ what, rows = 8 }: Props) {
  return (
    <div className={styles['rows']} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={styles['row']} style={{ width: `${String(88 - ((row * 17) % 40))}%` }} />
      ))}
    </div>
  );
}

// The shape of a page of panels.
export function WaitingPanels({ what }: { what: string }) {
  return (
    <div className={styles['panels']} role="status" aria-label={`Loading ${what}`}>
      <span className={styles['strip']} />
      <span className={styles['panel']} />
      <span className={styles['panel']} />
    </div>
  );
}
