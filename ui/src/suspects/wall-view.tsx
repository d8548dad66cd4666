import { Button, Group, Kbd } from '@mantine/core';
import { IconCheck, IconThumbUp } from '@tabler/icons-react';
import type { Ordinal } from '../shared/api/types';
import { formatCount } from '../shared/format';
import { Thumbnail } from '../shared/media/thumbnail';
import type { Decision } from './decide';
import type { Suspect } from './suspects-query';
import styles from './suspects.module.css';

const kMostShown = 200;

interface Props {
  project: string;
  rows: readonly Suspect[];
  decisions: ReadonlyMap<Ordinal, Decision>;
  chosen: ReadonlySet<Ordinal>;
  onChoose: (ordinals: ReadonlySet<Ordinal>) => void;
  onOpen: (ordinal: Ordinal) => void;
  onAccept: () => void;
  onKeep: () => void;
}

// Many suspected labels at once, worst first: choose some, then accept or keep.
export function WallView({ project, rows, decisions, chosen, onChoose, onOpen, onAccept, onKeep }: Props) {
  const shown = rows.slice(0, kMostShown);
  const toggle = (ordinal: Ordinal) => {
    const next = new Set(chosen);
    if (!next.delete(ordinal)) next.add(ordinal);
    onChoose(next);
  };
  return (
    <div className={styles['wallPane']}>
      <ul className={styles['wall']} aria-label="Suspected labels">
        {shown.map((suspect) => {
          const decision = decisions.get(suspect.ordinal);
          const decided = suspect.decided || decision !== undefined;
          return (
            <li key={suspect.ordinal} data-decided={decided || undefined} data-chosen={chosen.has(suspect.ordinal) || undefined}>
              <button
                type="button"
                className={styles['wallTile']}
                data-enter-acts
                aria-pressed={chosen.has(suspect.ordinal)}
                onClick={() => toggle(suspect.ordinal)}
                onDoubleClick={() => onOpen(suspect.ordinal)}
              >
                <Thumbnail project={project} ordinal={suspect.ordinal} side={132} alt="" />
                <span className={styles['wallLine']}>
                  {decided ? (
                    <>
                      <IconCheck size={12} aria-hidden /> {decision?.kind === 'set' ? decision.class : decision?.kind === 'keep' ? suspect.given : suspect.present}
                      <span className="visually-hidden">, decided</span>
                    </>
                  ) : (
                    <>
                      {suspect.given} → <b>{suspect.suggested}</b>
                    </>
                  )}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      <Group className={styles['wallActs']} gap="xs">
        <Button
          variant="default"
          size="compact-sm"
          onClick={(event) => {
            // Enter goes on to accept them.
            event.currentTarget.blur();
            onChoose(new Set(shown.filter((row) => !row.decided && !decisions.has(row.ordinal)).map((row) => row.ordinal)));
          }}
        >
          Choose all shown
        </Button>
        <Button variant="default" size="compact-sm" disabled={chosen.size === 0} onClick={() => onChoose(new Set())}>
          Choose none
        </Button>
        <span className={styles['score']}>{formatCount(chosen.size)} chosen · worst first, {formatCount(shown.length)} of {formatCount(rows.length)} shown</span>
        <span className={styles['grow']} />
        <Button leftSection={<IconCheck size={16} />} rightSection={<Kbd size="xs">Enter</Kbd>} disabled={chosen.size === 0} onClick={onAccept}>
          Accept the suggestions
        </Button>
        <Button variant="default" leftSection={<IconThumbUp size={16} />} rightSection={<Kbd size="xs">K</Kbd>} disabled={chosen.size === 0} onClick={onKeep}>
          Keep the labels
        </Button>
      </Group>
    </div>
  );
}
