import { Button, Kbd } from '@mantine/core';
import { IconArrowRight, IconCheck, IconPencil, IconPlayerSkipForward, IconThumbUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClassWithCount } from '../shared/api/types';
import { ClassPicker } from '../shared/labels/class-picker';
import { Thumbnail } from '../shared/media/thumbnail';
import { evidenceQuery, type Suspect } from './suspects-query';
import type { Decision } from './decide';
import styles from './suspects.module.css';

interface Props {
  project: string;
  suspect: Suspect;
  classes: readonly ClassWithCount[];
  decision: Decision | undefined;
  picking: boolean;
  onPicking: (picking: boolean) => void;
  onDecide: (decision: Decision) => void;
  onSkip: () => void;
}

// One suspected label: the photograph, both readings, three of the nearest photographs for each.
export function DecisionView({ project, suspect, classes, decision, picking, onPicking, onDecide, onSkip }: Props) {
  const [side] = useState(() => Math.max(220, Math.min(420, window.innerHeight - 430)));
  return (
    <div className={styles['decision']}>
      <div className={styles['question']}>
        <Thumbnail project={project} ordinal={suspect.ordinal} side={side} alt={`Sample ${String(suspect.ordinal)}, labeled ${suspect.given}`} />
        <p className={styles['readings']} aria-live="polite">
          <span>{suspect.given}</span>
          <IconArrowRight size={18} role="img" aria-label="suggested:" />
          <b>{suspect.suggested}</b>
        </p>
        <p className={styles['score']}>
          The model gives “{suspect.given}” {suspect.score < 0.01 ? 'under 1' : Math.round(suspect.score * 100)} %
          {suspect.agreement === null ? '' : ` · ${String(Math.round(suspect.agreement * 10))} of its 10 nearest train samples agree with the label`}
        </p>
        <p className={styles['state']} role="status">
          {decision === undefined ? (suspect.decided ? `Decided: ${suspect.present ?? 'no label'}` : ' ') : `Decided: ${decision.kind === 'keep' ? suspect.given : decision.class}`}
        </p>
        <div className={styles['acts']}>
          <Button leftSection={<IconCheck size={16} />} rightSection={<Kbd size="xs">Enter</Kbd>} onClick={() => onDecide({ kind: 'set', class: suspect.suggested })}>
            It is {suspect.suggested}
          </Button>
          <Button variant="default" leftSection={<IconThumbUp size={16} />} rightSection={<Kbd size="xs">K</Kbd>} onClick={() => onDecide({ kind: 'keep' })}>
            Keep {suspect.given}
          </Button>
          <ClassPicker
            classes={classes}
            opened={picking}
            onChange={onPicking}
            onPick={(name) => {
              if (name !== null) onDecide({ kind: 'set', class: name });
            }}
          >
            <Button variant="default" leftSection={<IconPencil size={16} />} rightSection={<Kbd size="xs">1–9</Kbd>} onClick={() => onPicking(!picking)}>
              Another class
            </Button>
          </ClassPicker>
          <Button variant="subtle" color="gray" leftSection={<IconPlayerSkipForward size={16} />} rightSection={<Kbd size="xs">S</Kbd>} onClick={onSkip}>
            Skip
          </Button>
        </div>
      </div>
      <div className={styles['evidence']}>
        <Evidence project={project} suspect={suspect} reading={suspect.given} title={`Nearest with the label ${suspect.given}`} />
        <Evidence project={project} suspect={suspect} reading={suspect.suggested} title={`Nearest with the label ${suspect.suggested}`} />
      </div>
    </div>
  );
}

function Evidence({ project, suspect, reading, title }: { project: string; suspect: Suspect; reading: string; title: string }) {
  const { data: neighbours } = useQuery(evidenceQuery(project, suspect.ordinal, reading));
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className={styles['neighbours']}>
        {(neighbours ?? []).map((neighbour) => (
          <li key={neighbour.ordinal}>
            <Thumbnail project={project} ordinal={neighbour.ordinal} side={112} alt={`Sample ${String(neighbour.ordinal)}, ${reading}`} />
            <span className={styles['similarity']}>{neighbour.similarity.toFixed(2)}</span>
          </li>
        ))}
        {neighbours?.length === 0 ? <li className={styles['score']}>No other train sample has this label.</li> : null}
      </ul>
    </section>
  );
}
