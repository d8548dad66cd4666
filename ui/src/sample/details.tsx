import type { Ordinal, Project, Sample } from '../shared/api/types';
import { formatBytes, formatCount, formatExact, formatNumber } from '../shared/format';
import { makeOverlay } from '../shared/saving/overlay';
import { useSavingState } from '../shared/saving/saving';
import { History } from './history';
import { Labels } from './labels';
import { NearDuplicates } from './near-duplicates';
import { Neighbours } from './neighbours';
import { Predictions } from './predictions';
import { Section } from './section';
import { Thumbnail } from '../shared/media/thumbnail';
import styles from './sample.module.css';

interface Props {
  project: Project;
  sample: Sample;
  onOpen: (ordinal: Ordinal) => void;
}

// The sample as the person left it: edits on their way are shown already.
function useShownSample(project: string, sample: Sample): Sample {
  const patch = makeOverlay(useSavingState(), project, undefined).patchFor(sample.ordinal, sample.as_of);
  if (patch === undefined) return sample;
  return {
    ...sample,
    split: patch.split ?? sample.split,
    excluded: patch.excluded ?? sample.excluded,
    truth: {
      ...sample.truth,
      class: patch.class === undefined ? sample.truth.class : patch.class,
      state: patch.state ?? sample.truth.state,
    },
  };
}

export function Details({ project, sample: stored, onOpen }: Props) {
  const id = project.card.id;
  const sample = useShownSample(id, stored);
  return (
    // Scrollable, and so reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles['details']} tabIndex={0} role="region" aria-label="About this sample">
      <Labels project={project} sample={sample} />
      <Predictions project={project} sample={sample} />
      <Neighbours project={project} sample={sample} onOpen={onOpen} />
      {sample.duplicates === undefined || sample.duplicates.length === 0 ? null : (
        <Section title="Same content" note={formatCount(sample.duplicates.length)}>
          <div className={styles['row']}>
            {sample.duplicates.slice(0, 12).map((ordinal) => (
              <button key={ordinal} type="button" className={styles['near']} onClick={() => onOpen(ordinal)} aria-label={`Open the duplicate ${formatCount(ordinal)}`}>
                <Thumbnail project={id} ordinal={ordinal} side={72} alt="" />
              </button>
            ))}
          </div>
        </Section>
      )}
      <NearDuplicates project={id} sample={sample} onOpen={onOpen} />
      <Section title="Fields">
        <Facts
          facts={[
            ...sample.fields.map(({ name, type, value }): Fact => [name, value === null ? '–' : type === 'time' && typeof value === 'number' ? formatExact(value) : typeof value === 'number' ? formatNumber(value) : String(value)]),
            ['import', sample.import?.name ?? '–'],
          ]}
        />
      </Section>
      <Section title="Photograph">
        <Facts
          facts={[
            ['size', `${formatCount(sample.media.width)} × ${formatCount(sample.media.height)}`],
            ['file', formatBytes(sample.media.bytes)],
            ...Object.entries(sample.quality)
              .filter(([name]) => !['width', 'height', 'bytes'].includes(name))
              .map(([name, value]): Fact => [name, formatNumber(value)]),
          ]}
        />
      </Section>
      <History project={id} ordinal={sample.ordinal} />
    </div>
  );
}

type Fact = [name: string, value: string];

function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
