import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatExact, plural } from '../shared/format';
import { importsQuery } from './imports-query';
import { Problems } from './problems';
import styles from './imports.module.css';

// What came in before, with the reports; they stay.
export function PastImports({ project }: { project: string }) {
  const { data: imports } = useQuery(importsQuery(project));
  const past = (imports ?? []).filter((one) => one.state === 'done' || one.state === 'failed');
  if (past.length === 0) return null;
  return (
    <section className={styles['past']} aria-labelledby="past-title">
      <h2 id="past-title">Imports so far</h2>
      <ul>
        {past.map((one) => (
          <li key={one.id}>
            <div className={styles['pastLine']}>
              <b>{one.source.name}</b>
              <span>
                {one.state === 'failed'
                  ? (one.failure?.detail ?? 'failed; nothing was imported')
                  : one.report === undefined
                    ? ''
                    : `${(one.report.predictions ?? 0) > 0 ? plural(one.report.predictions ?? 0, 'prediction') : plural(one.report.samples, 'sample')}${one.report.left_out > 0 ? `, ${plural(one.report.left_out, 'file')} left out` : ''}`}
              </span>
              <span className={styles['when']}>{formatExact(one.created_at)}</span>
              {one.state === 'done' ? (
                <Link to={`/projects/${project}/explore`} search={{ filter: { import: [one.id] } }} className={styles['link']}>
                  Show its samples
                </Link>
              ) : null}
            </div>
            <Problems project={project} id={one.id} problems={one.report?.problems ?? []} />
          </li>
        ))}
      </ul>
    </section>
  );
}
