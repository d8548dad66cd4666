import { Progress } from '@mantine/core';
import type { Project, ViewState } from '../../shared/api/types';
import { formatCount } from '../../shared/format';
import styles from './shell.module.css';

const names: Record<ViewState['view'], string> = {
  columns: 'values',
  thumbnails: 'thumbnails',
  quality: 'quality',
  embeddings: 'embeddings',
  map: 'map',
  near_duplicates: 'near duplicates',
  probe: 'probe',
  suspects: 'suspected wrong labels',
};

// On every screen: how far what follows an import by itself has come; nothing once all is there. What will not come has a sentence of
// its own, which stands where it is missed.
export function Readiness({ project }: { project: Project }) {
  const coming = project.views.filter(({ ready, sentence }) => !ready && (sentence === undefined || sentence === ''));
  const [first] = coming;
  if (first === undefined) return null;
  const share = first.total > 0 ? first.done / first.total : 0;
  const all = coming.map(({ view, done, total }) => `${names[view]}: ${formatCount(done)} of ${formatCount(total)}`).join('\n');
  return (
    <span className={styles['coming']} title={`${all}\nYou can work meanwhile; what is missing appears by itself.`}>
      <Progress w={60} size="sm" value={100 * share} aria-label={`Making ${names[first.view]}`} />
      <span className={styles['comingName']}>{names[first.view]}</span>
      {first.total > 0 ? ` ${String(Math.floor(100 * share))} %` : ' …'}
    </span>
  );
}
