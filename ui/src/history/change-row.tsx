import { Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconDatabaseImport, IconHierarchy, IconPencil, IconPolygon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Change } from '../shared/api/types';
import { formatAgo, formatExact, plural } from '../shared/format';
import styles from './history.module.css';

const kinds = {
  import: { icon: IconDatabaseImport, name: 'Import' },
  edit: { icon: IconPencil, name: 'Edit' },
  ontology: { icon: IconHierarchy, name: 'Classes' },
  undo: { icon: IconArrowBackUp, name: 'Undo' },
  model_run: { icon: IconPolygon, name: 'Model run' },
} as const;

// What was done, to how many samples, by whom and when, and the way to take it back.
export function ChangeRow({ project, change, onAsk }: { project: string; change: Change; onAsk: (change: Change) => void }) {
  const { icon: Icon, name } = kinds[change.kind];
  const undone = change.undone_by !== null;
  return (
    <li data-undone={undone || undefined}>
      <Icon size={16} stroke={1.6} role="img" aria-label={name} />
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
          onClick={() => onAsk(change)}
        >
          {change.kind === 'undo' ? 'Do again' : 'Undo'}
        </Button>
      )}
    </li>
  );
}
