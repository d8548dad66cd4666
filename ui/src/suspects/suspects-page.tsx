import { Button, Progress, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useActions } from '../shared/actions/actions';
import type { Ordinal } from '../shared/api/types';
import { formatCount, plural } from '../shared/format';
import { classForKey } from '../shared/labels/class-keys';
import { headOf } from '../shared/live/head';
import { useProject } from '../shared/project/project-query';
import { useEdits } from '../shared/saving/use-edit';
import { EmptyState } from '../shared/ui/empty-state';
import { PageHeader } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingPanels } from '../shared/ui/waiting';
import { editOf, nextUndecided, titleOf, type Decision } from './decide';
import { DecisionView } from './decision-view';
import { PairList } from './pair-list';
import { impactQuery, suspectsQuery, type Pair, type Suspects } from './suspects-query';
import { WallView } from './wall-view';
import styles from './suspects.module.css';

// Suspected wrong labels, worst first. The ranking that a person walks never moves under them: a newer one waits.
export function SuspectsPage() {
  const project = useProject();
  const id = project.card.id;
  const [generation, setGeneration] = useState<number>();
  const [pair, setPair] = useState<Pair>();
  const { data: all, error, refetch } = useQuery(suspectsQuery(id, generation, undefined));
  const { data: suspects } = useQuery({ ...suspectsQuery(id, generation, pair), enabled: pair !== undefined });
  const shown = pair === undefined ? all : suspects;
  if (all?.ready === true && generation === undefined) setGeneration(all.generation);
  if (error !== null && all === undefined) {
    return (
      <ProblemPage
        error={error}
        onRetry={() => {
          setGeneration(undefined);
          void refetch();
        }}
      />
    );
  }
  if (all === undefined) return <WaitingPanels what="suspected labels" />;
  if (!all.ready) return <EmptyState title="No ranking yet">{all.sentence}</EmptyState>;
  return (
    <div className={styles['page']}>
      <PairList suspects={all} pair={pair} onPair={setPair} />
      {shown === undefined ? (
        <WaitingPanels what="suspected labels" />
      ) : (
        <Walk
          key={`${String(shown.generation)} ${pair === undefined ? '' : `${pair.given}→${pair.suggested}`}`}
          project={id}
          suspects={shown}
          onNewest={() => {
            setPair(undefined);
            setGeneration(all.newest_generation);
          }}
        />
      )}
    </div>
  );
}

interface WalkProps {
  project: string;
  suspects: Suspects;
  onNewest: () => void;
}

function Walk({ project, suspects, onNewest }: WalkProps) {
  const { classes } = useProject();
  const { edit, undo } = useEdits(project);
  const rows = suspects.suspects;
  const [view, setView] = useState<'one' | 'wall'>('one');
  const [place, setPlace] = useState(() => Math.max(0, rows.findIndex((row) => !row.decided)));
  const [decisions, setDecisions] = useState<ReadonlyMap<Ordinal, Decision>>(new Map());
  const [walked, setWalked] = useState<readonly { place: number; ordinals: readonly Ordinal[] }[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<Ordinal>>(new Set());
  const [picking, setPicking] = useState(false);
  const current = rows[place];
  // The keys of the walk work at once, whatever was pressed to come here; but nobody is taken out of a text.
  const main = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement?.matches('input, textarea') !== true) main.current?.focus({ preventScroll: true });
  }, []);

  const decide = (decision: Decision, ordinals: readonly Ordinal[]) => {
    if (ordinals.length === 0) return;
    edit(titleOf(decision, ordinals.length), { ordinals: [...ordinals] }, editOf(decision), headOf(project));
    remember(decision, ordinals);
  };
  const remember = (decision: Decision, ordinals: readonly Ordinal[], suggested?: ReadonlyMap<Ordinal, string>) => {
    const next = new Map(decisions);
    for (const ordinal of ordinals) {
      const name = suggested?.get(ordinal);
      next.set(ordinal, name === undefined ? decision : { kind: 'set', class: name });
    }
    setDecisions(next);
    setWalked([...walked, { place, ordinals }]);
    setChosen(new Set());
    setPlace(nextUndecided(rows, place, next));
  };
  const acceptChosen = () => {
    const ordinals = [...chosen];
    if (ordinals.length === 0) return;
    edit(`Accept ${plural(ordinals.length, 'suggestion')}`, { ordinals }, { accept_suggestion: true }, headOf(project), { generation: suspects.generation });
    remember({ kind: 'keep' }, ordinals, new Map(rows.map((row) => [row.ordinal, row.suggested])));
  };
  const accept = () => (view === 'wall' ? acceptChosen() : current === undefined ? undefined : decide({ kind: 'set', class: current.suggested }, [current.ordinal]));
  const keep = () => (view === 'wall' ? decide({ kind: 'keep' }, [...chosen]) : current === undefined ? undefined : decide({ kind: 'keep' }, [current.ordinal]));
  const skip = () => setPlace(nextUndecided(rows, place, decisions));
  const back = () => {
    const last = walked.at(-1);
    if (last === undefined) return;
    undo();
    const next = new Map(decisions);
    for (const ordinal of last.ordinals) next.delete(ordinal);
    setDecisions(next);
    setWalked(walked.slice(0, -1));
    setPlace(last.place);
  };
  const setByKey = (event?: KeyboardEvent) => {
    const found = event === undefined ? undefined : classForKey(classes, event.key);
    const ordinals = view === 'wall' ? [...chosen] : current === undefined ? [] : [current.ordinal];
    if (found !== undefined) decide({ kind: 'set', class: found.name }, ordinals);
  };
  const group = 'Suspected labels';
  useActions([
    { id: 'accept', name: 'Accept the suggestion', group, keys: ['Enter'], run: accept },
    { id: 'keep', name: 'Keep the label', group, keys: ['k'], run: keep },
    { id: 'class', name: 'Set another class', group, keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], keysShown: '1–9', hidden: true, run: setByKey },
    { id: 'pick', name: 'Choose another class by name', group, keys: ['0', 'c'], enabled: view === 'one', run: () => setPicking(true) },
    { id: 'skip', name: 'Skip', group, keys: ['s', 'ArrowRight'], enabled: view === 'one', run: skip },
    { id: 'previous', name: 'Previous', group, keys: ['ArrowLeft'], enabled: view === 'one', run: () => setPlace(Math.max(0, place - 1)) },
    { id: 'back', name: 'Take back the last decision', group, keys: ['z'], enabled: walked.length > 0, run: back },
    { id: 'wall', name: 'One at a time or a wall', group, keys: ['w'], run: () => setView(view === 'one' ? 'wall' : 'one') },
  ]);

  // The server counts what it has; what was decided here since is on its way there.
  const remaining = Math.max(0, suspects.remaining - rows.filter((row) => !row.decided && decisions.has(row.ordinal)).length);
  return (
    <div className={styles['main']} ref={main} tabIndex={-1}>
      <PageHeader title="Suspected wrong labels">
        <SegmentedControl
          aria-label="View"
          value={view}
          onChange={(value) => setView(value as 'one' | 'wall')}
          data={[
            { value: 'one', label: 'One at a time' },
            { value: 'wall', label: 'Wall' },
          ]}
        />
        {suspects.newest_generation > suspects.generation ? (
          <Button size="compact-sm" variant="light" onClick={onNewest}>
            New ranking ready
          </Button>
        ) : null}
        <div className={styles['progress']}>
          <Progress value={suspects.total === 0 ? 100 : ((suspects.total - remaining) / suspects.total) * 100} size="sm" aria-label="Decided" />
          <span>
            {formatCount(remaining)} of {formatCount(suspects.total)} remain
          </span>
        </div>
      </PageHeader>
      <Bought project={project} />
      {rows.length === 0 ? (
        <EmptyState title="Nothing looks wrong">No label in train disagrees with what the model has learnt from the others.</EmptyState>
      ) : view === 'wall' ? (
        <WallView
          project={project}
          rows={rows}
          decisions={decisions}
          chosen={chosen}
          onChoose={setChosen}
          onOpen={(ordinal) => {
            setPlace(rows.findIndex((row) => row.ordinal === ordinal));
            setView('one');
          }}
          onAccept={acceptChosen}
          onKeep={keep}
        />
      ) : remaining === 0 ? (
        <EmptyState
          title="All decided"
          action={
            suspects.newest_generation > suspects.generation ? <Button onClick={onNewest}>Open the new ranking</Button> : <p className={styles['score']}>The model is learning from your decisions.</p>
          }
        >
          Each decision is saved, confirmed and can be undone from the history. <Link to={`/projects/${project}/impact`} className={styles['link']}>See the impact</Link> of them.
        </EmptyState>
      ) : current === undefined ? null : (
        <DecisionView
          key={current.ordinal}
          project={project}
          suspect={current}
          classes={classes}
          decision={decisions.get(current.ordinal)}
          picking={picking}
          onPicking={setPicking}
          onDecide={(decision) => decide(decision, [current.ordinal])}
          onSkip={skip}
        />
      )}
    </div>
  );
}

// What the work has bought so far, in one sentence.
function Bought({ project }: { project: string }) {
  const { data: impact } = useQuery(impactQuery(project));
  if (impact === undefined || impact.changes.samples === 0) return null;
  return (
    <p className={styles['bought']} role="status">
      {impact.sentence}
      {impact.stale === true ? ' The model is learning what changed since.' : ''}{' '}
      <Link to={`/projects/${project}/impact`} className={styles['link']}>
        See the impact
      </Link>
    </p>
  );
}
