import { useQuery } from '@tanstack/react-query';
import type { HistoryEntry, Ordinal } from '../shared/api/types';
import { formatAgo, formatExact } from '../shared/format';
import { Section } from './section';
import { historyQuery } from './sample-queries';
import styles from './sample.module.css';

function inWords({ what, before, after, summary }: HistoryEntry): string {
  if (before === null && after === null) return summary ?? what;
  if (before === null) return `${what}: ${after ?? ''}`;
  return `${what}: ${before} → ${after ?? 'none'}`;
}

// Who changed what of this sample, when, from what to what.
export function History({ project, ordinal }: { project: string; ordinal: Ordinal }) {
  const { data: entries } = useQuery(historyQuery(project, ordinal));
  return (
    <Section title="History">
      <ol className={styles['history']}>
        {entries?.map((entry) => (
          <li key={`${String(entry.sequence)} ${entry.what} ${entry.after ?? ''}`}>
            <span>{inWords(entry)}</span>
            <small title={formatExact(entry.at)}>
              {entry.author}, {formatAgo(entry.at)}
              {entry.reason === undefined || entry.reason === '' ? '' : `: “${entry.reason}”`}
            </small>
          </li>
        ))}
      </ol>
    </Section>
  );
}
