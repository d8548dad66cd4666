import { useQuery } from '@tanstack/react-query';
import type { Ordinal, Project, Sample } from '../shared/api/types';
import { formatConfidence, formatCount } from '../shared/format';
import { Thumbnail } from '../shared/media/thumbnail';
import { Section } from './section';
import { neighboursQuery } from './sample-queries';
import styles from './sample.module.css';

const kCount = 12;

// The train samples that look most like this one: what the model has learnt it from.
export function Neighbours({ project, sample, onOpen }: { project: Project; sample: Sample; onOpen: (ordinal: Ordinal) => void }) {
  const id = project.card.id;
  const { data } = useQuery(neighboursQuery(id, sample.ordinal, 'train', kCount));
  if (data === undefined) return <Section title="Nearest train samples"> </Section>;
  const truth = sample.truth.class;
  const same = data.neighbours.filter((near) => near.class === truth).length;
  return (
    <Section title="Nearest train samples" {...(truth === null || data.neighbours.length === 0 ? {} : { note: `${String(same)} of ${String(data.neighbours.length)} are ${truth}` })}>
      {!data.ready ? <p className={styles['quiet']}>They are found once the embeddings are ready.</p> : null}
      {data.ready && data.neighbours.length === 0 ? <p className={styles['quiet']}>There are no train samples yet.</p> : null}
      <div className={styles['row']}>
        {data.neighbours.map((near) => (
          <button
            key={near.ordinal}
            type="button"
            className={styles['near']}
            data-other={(truth !== null && near.class !== truth) || undefined}
            title={`${near.class ?? 'no label'}, similarity ${formatConfidence(near.similarity)}`}
            aria-label={`Open sample ${formatCount(near.ordinal)}: ${near.class ?? 'no label'}, similarity ${formatConfidence(near.similarity)}`}
            onClick={() => onOpen(near.ordinal)}
          >
            <Thumbnail project={id} ordinal={near.ordinal} side={72} alt="" />
            <span aria-hidden>{near.class ?? 'no label'}</span>
          </button>
        ))}
      </div>
    </Section>
  );
}
