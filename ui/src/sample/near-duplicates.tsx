import type { Ordinal, Sample } from '../shared/api/types';
import { formatConfidence, formatCount } from '../shared/format';
import { Thumbnail } from '../shared/media/thumbnail';
import { Section } from './section';
import styles from './sample.module.css';

// The same photograph in other bytes: resized, saved again, cropped a little, brighter. Nothing where there is none.
export function NearDuplicates({ project, sample, onOpen }: { project: string; sample: Sample; onOpen: (ordinal: Ordinal) => void }) {
  const near = sample.near_duplicates ?? [];
  if (near.length === 0) return null;
  return (
    <Section title="Near duplicates" note={formatCount(near.length)}>
      <div className={styles['row']}>
        {near.map(({ ordinal, score }) => (
          <button
            key={ordinal}
            type="button"
            className={styles['near']}
            title={`likeness ${formatConfidence(score)}`}
            aria-label={`Open the near duplicate ${formatCount(ordinal)}, likeness ${formatConfidence(score)}`}
            onClick={() => onOpen(ordinal)}
          >
            <Thumbnail project={project} ordinal={ordinal} side={72} alt="" />
            <span aria-hidden>{formatConfidence(score)}</span>
          </button>
        ))}
      </div>
    </Section>
  );
}
