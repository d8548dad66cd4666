import { Button, Modal, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Change } from '../shared/api/types';
import { useProjectId } from '../shared/project/project-query';
import { useEdits } from '../shared/saving/use-edit';
import { EmptyState } from '../shared/ui/empty-state';
import { Page } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingRows } from '../shared/ui/waiting';
import { ChangeRow } from './change-row';
import { byDay } from './days';
import { historyQuery } from './history-query';
import styles from './history.module.css';

// Everything that was done to the project, newest first; each of it can be taken back.
export function HistoryPage() {
  const project = useProjectId();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(historyQuery(project));
  const [asked, setAsked] = useState<Change>();
  if (error !== null && data === undefined) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  const changes = data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <Page title="History" hint="Every change can be taken back, today or in a year; what was done later to the same samples stays.">
      {data === undefined ? (
        <WaitingRows what="the history" />
      ) : changes.length === 0 ? (
        <NothingYet project={project} />
      ) : (
        byDay(changes).map((day) => (
          <section key={day.name} aria-label={day.name}>
            <h2 className={styles['day']}>{day.name}</h2>
            <ol className={styles['list']}>
              {day.entries.map((change) => (
                <ChangeRow key={change.sequence} project={project} change={change} onAsk={setAsked} />
              ))}
            </ol>
          </section>
        ))
      )}
      {hasNextPage ? <Older busy={isFetchingNextPage} onWanted={() => void fetchNextPage()} /> : null}
      <AskUndo project={project} change={asked} onClose={() => setAsked(undefined)} />
    </Page>
  );
}

function NothingYet({ project }: { project: string }) {
  return (
    <EmptyState title="Nothing has happened yet" action={<Button renderRoot={(props) => <Link to={`/projects/${project}/import`} {...props} />}>Import photographs</Button>}>
      Imports, edits and everything else that changes this project is listed here.
    </EmptyState>
  );
}

// Comes by itself when it is scrolled to, and can be pressed.
function Older({ busy, onWanted }: { busy: boolean; onWanted: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onWanted);
  useEffect(() => {
    latest.current = onWanted;
  });
  useEffect(() => {
    const element = button.current;
    if (element === null || busy) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) latest.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [busy]);
  return (
    <Button ref={button} variant="default" m="md" loading={busy} onClick={onWanted}>
      Older changes
    </Button>
  );
}

function AskUndo({ project, change, onClose }: { project: string; change: Change | undefined; onClose: () => void }) {
  const { undoChange } = useEdits(project);
  const isUndo = change?.kind === 'undo';
  return (
    <Modal opened={change !== undefined} onClose={onClose} title={isUndo ? 'Do this again?' : 'Take this back?'}>
      <Text mb="sm">{change?.summary}</Text>
      <Text c="dimmed" mb="md">
        {change?.kind === 'import'
          ? 'The samples of this import are withdrawn: they leave every view, and come back if you take this back again.'
          : 'Samples that were edited again since keep their later value; the rest goes back. This is a change of its own and can be taken back too.'}
      </Text>
      <Button
        data-autofocus
        onClick={() => {
          if (change !== undefined) undoChange(change.sequence);
          onClose();
        }}
      >
        {isUndo ? 'Do again' : 'Undo'}
      </Button>
    </Modal>
  );
}
