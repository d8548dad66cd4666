import { Button, Select, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { formatCount, plural } from '../shared/format';
import { diffQuery, type Diff, type Version } from './versions-query';
import styles from './versions.module.css';

// What changed between two states of the project.
export function DiffView({ project, versions }: { project: string; versions: readonly Version[] }) {
  const states = [{ value: 'now', label: 'now' }, ...versions.map(({ name }) => ({ value: name, label: `version ${name}` })), { value: 'import', label: 'the import' }];
  const [from, setFrom] = useState(versions[0]?.name ?? 'import');
  const [to, setTo] = useState('now');
  const { data: diff, error } = useQuery(diffQuery(project, from, to));
  return (
    <section className={styles['panel']} aria-labelledby="diff-title">
      <header className={styles['panelBar']}>
        <h2 id="diff-title">What changed</h2>
        <Select aria-label="From" w={190} allowDeselect={false} value={from} onChange={(value) => setFrom(value ?? 'import')} data={states} />
        <span aria-hidden>→</span>
        <Select aria-label="To" w={190} allowDeselect={false} value={to} onChange={(value) => setTo(value ?? 'now')} data={states} />
      </header>
      {error !== null ? (
        <p className={styles['hint']} role="alert">
          {error.message}
        </p>
      ) : diff === undefined ? (
        <Skeleton height={90} />
      ) : (
        <Difference project={project} diff={diff} />
      )}
    </section>
  );
}

function Difference({ project, diff }: { project: string; diff: Diff }) {
  const sentences = [
    diff.samples_added > 0 ? `${plural(diff.samples_added, 'sample')} came in.` : '',
    diff.samples_withdrawn > 0 ? `${plural(diff.samples_withdrawn, 'sample')} left with an undone import.` : '',
    diff.excluded.excluded > 0 ? `${plural(diff.excluded.excluded, 'sample')} excluded.` : '',
    diff.excluded.included > 0 ? `${plural(diff.excluded.included, 'sample')} brought back.` : '',
    ...diff.tags.map(({ tag, added, removed }) => `Tag ${tag}: ${formatCount(added)} added, ${formatCount(removed)} removed.`),
    ...diff.splits.map(({ before, after, count }) => `${plural(count, 'sample')} moved from ${before} to ${after}.`),
    ...diff.classes,
  ].filter((sentence) => sentence !== '');
  const labels = diff.labels.reduce((sum, { count }) => sum + count, 0);
  if (labels === 0 && sentences.length === 0) return <p className={styles['hint']}>Nothing differs between the two.</p>;
  return (
    <div className={styles['difference']}>
      <div>
        {labels === 0 ? null : (
          <table className={styles['table']}>
            <caption>{plural(labels, 'label')} changed</caption>
            <tbody>
              {diff.labels.slice(0, 30).map(({ before, after, count }) => (
                <tr key={`${before ?? ''}→${after ?? ''}`}>
                  <th scope="row">
                    {before ?? 'no label'} → {after ?? 'no label'}
                  </th>
                  <td>{formatCount(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <div>
        <ul className={styles['sentences']}>
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <Button variant="default" size="compact-sm" renderRoot={(props) => <Link to={`/projects/${project}/explore`} search={{ filter: diff.filter }} {...props} />}>
          Open the samples that differ
        </Button>
      </div>
    </div>
  );
}
