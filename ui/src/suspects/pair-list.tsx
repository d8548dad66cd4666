import { formatCount } from '../shared/format';
import type { Pair, Suspects } from './suspects-query';
import styles from './suspects.module.css';

interface Props {
  suspects: Suspects;
  pair: Pair | undefined;
  onPair: (pair: Pair | undefined) => void;
}

// What is mistaken for what, and how often.
export function PairList({ suspects, pair, onPair }: Props) {
  const all = suspects.pairs.reduce((sum, one) => sum + one.count, 0);
  const isChosen = (one: Pair) => pair?.given === one.given && pair.suggested === one.suggested;
  // A pair that is decided to its end stays while it is walked.
  const shown = pair === undefined || suspects.pairs.some(isChosen) ? suspects.pairs : [...suspects.pairs, { ...pair, count: 0 }];
  return (
    <nav className={styles['pairs']} aria-label="Class pairs">
      <button type="button" aria-pressed={pair === undefined} onClick={() => onPair(undefined)}>
        <span>All pairs</span>{' '}
        <span>{formatCount(all)}</span>
      </button>
      {shown.map((one) => (
        <button
          type="button"
          key={`${one.given}→${one.suggested}`}
          aria-pressed={isChosen(one)}
          onClick={() => onPair({ given: one.given, suggested: one.suggested })}
        >
          <span>
            {one.given} → {one.suggested}
          </span>{' '}
          <span>{formatCount(one.count)}</span>
        </button>
      ))}
    </nav>
  );
}
