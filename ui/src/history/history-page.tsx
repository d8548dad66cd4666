import { Button, Modal, Text } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconDatabaseImport, IconHierarchy, IconPencil, IconPolygon } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../shared/api/client';
import type { Change } from '../shared/api/types';
import { formatAgo, formatExact, plural } from '../shared/format';
import { liveKey } from '../shared/live/keys';
import { useProjectId } from '../shared/project/project-query';
import { useEdits } from '../shared/saving/use-edit';
import { EmptyState } from '../shared/ui/empty-state';
import { ProblemPage } from '../shared/ui/problem-page';
import styles from './history.module.css';

const kPage = 100;
const icons = { import: IconDatabaseImport, edit: IconPencil, ontology: IconHierarchy, undo: IconArrowBackUp, model_run: IconPolygon } as const;

// Everything that was done to the project, newest first; each of it can be taken back.
export function HistoryPage() {
  const project = useProjectId();
  const [count, setCount] = useState(kPage);
  const { data, error, refetch } = useQuery({
    queryKey: liveKey(project, 'history', count),
    queryFn: ({ signal }) => api.get('/api/v1/projects/{project}/changes', { path: { project }, query: { count: Math.min(count, 200) }, signal }),
    placeholderData: keepPreviousData,
  });
  const [asked, setAsked] = useState<Change>();
  const { undoChange } = useEdits(project);
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  if (data.changes.length === 0) return <EmptyState title="Nothing has happened yet">Imports, edits and everything else that changes this project is listed here.</EmptyState>;
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <h1>History</h1>
        <Text fz="xs" c="dimmed">
          Every change can be taken back, today or in a year; what was done later to the same samples stays.
        </Text>
      </header>
      <ol className={styles['list']}>
        {data.changes.map((change) => {
          const Icon = icons[change.kind];
          const undone = change.undone_by !== null;
          return (
            <li key={change.sequence} data-undone={undone || undefined}>
              <Icon size={16} stroke={1.6} aria-hidden />
              <div className={styles['what']}>
                <span className={styles['summary']}>{change.summary}</span>
                {change.undoes === null ? null : <span className={styles['reason']}>takes back change {change.undoes}</span>}
                {change.reason === '' ? null : <span className={styles['reason']}>“{change.reason}”</span>}
                {undone ? <span className={styles['reason']}>taken back by change {change.undone_by}</span> : null}
              </div>
              {change.samples > 0 ? (
                <Link to={`/projects/${project}/explore`} search={{ filter: { changed: { after: change.sequence - 1, upto: change.sequence } } }} className={styles['samples']}>
                  {plural(change.samples, 'sample')}
                </Link>
              ) : (
                <span />
              )}
              <span className={styles['when']} title={formatExact(change.at)}>
                {change.author} · {formatAgo(change.at)} · #{change.sequence}
              </span>
              {undone ? (
                <span />
              ) : (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  leftSection={change.kind === 'undo' ? <IconArrowForwardUp size={14} /> : <IconArrowBackUp size={14} />}
                  onClick={() => setAsked(change)}
                >
                  {change.kind === 'undo' ? 'Do again' : 'Undo'}
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      {data.changes.length >= count && count < 200 ? (
        <Button variant="default" m="md" onClick={() => setCount(200)}>
          Show more
        </Button>
      ) : null}
      <Modal opened={asked !== undefined} onClose={() => setAsked(undefined)} title={asked?.kind === 'undo' ? 'Do this again?' : 'Take this back?'}>
        <Text mb="sm">{asked?.summary}</Text>
        <Text c="dimmed" mb="md">
          {asked?.kind === 'import'
            ? 'The samples of this import are withdrawn: they leave every view, and come back if you take this back again.'
            : 'Samples that were edited again since keep their later value; the rest goes back. This is a change of its own and can be taken back too.'}
        </Text>
        <Button
          onClick={() => {
            if (asked !== undefined) undoChange(asked.sequence);
            setAsked(undefined);
          }}
        >
          {asked?.kind === 'undo' ? 'Do again' : 'Undo'}
        </Button>
      </Modal>
    </div>
  );
}
