import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { components } from '../shared/api/schema';
import { formatCount } from '../shared/format';
import { inPercent, type Figure } from './estimate';
import { rowFilter } from './model-links';
import styles from './model.module.css';

type Row = components['schemas']['Evaluation']['per_class'][number];
type Column = 'class' | 'precision' | 'recall' | 'f1' | 'n';

const columns: readonly { key: Column; name: string; title: string }[] = [
  { key: 'class', name: 'Class', title: '' },
  { key: 'precision', name: 'Precision', title: 'Of what the model calls so, how much is so' },
  { key: 'recall', name: 'Recall', title: 'Of what is so, how much the model finds' },
  { key: 'f1', name: 'F1', title: 'Precision and recall in one figure' },
  { key: 'n', name: 'n', title: 'Samples with this label' },
];

function valueOf(row: Row, column: Column): number | string {
  if (column === 'class') return row.class;
  return column === 'n' ? row.n : (row[column].value ?? -1);
}

export function PerClassTable({ project, run, rows }: { project: string; run: string; rows: readonly Row[] }) {
  const [sort, setSort] = useState<{ by: Column; up: boolean }>({ by: 'f1', up: true });
  const sorted = [...rows].sort((a, b) => {
    const [left, right] = [valueOf(a, sort.by), valueOf(b, sort.by)];
    const order = typeof left === 'string' ? left.localeCompare(String(right)) : left - Number(right);
    return sort.up ? order : -order;
  });
  return (
    <section className={styles['panel']} aria-labelledby="per-class-title">
      <header className={styles['panelBar']}>
        <h2 id="per-class-title">By class</h2>
        <span className={styles['hint']}>bars show the 95 % interval</span>
      </header>
      <table className={`${styles['table'] ?? ''} ${styles['classNames'] ?? ''}`}>
        <thead>
          <tr>
            {columns.map(({ key, name, title }) => (
              <th key={key} scope="col" aria-sort={sort.by === key ? (sort.up ? 'ascending' : 'descending') : 'none'} title={title}>
                <UnstyledButton fz="xs" fw={600} onClick={() => setSort({ by: key, up: sort.by === key ? !sort.up : key === 'class' || key !== 'n' })}>
                  {name}
                  {sort.by === key ? sort.up ? <IconArrowUp size={12} aria-hidden /> : <IconArrowDown size={12} aria-hidden /> : null}
                </UnstyledButton>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.class}>
              <th scope="row">
                <Link to={`/projects/${project}/explore`} search={{ filter: rowFilter(row.class), run }} className={styles['rowName']} title={row.class}>
                  {row.class}
                </Link>
              </th>
              <Share figure={row.precision} />
              <Share figure={row.recall} />
              <Share figure={row.f1} />
              <td className={styles['number']}>{formatCount(row.n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Share({ figure }: { figure: Figure }) {
  return (
    <td title={figure.low === null ? 'nothing measured' : `${inPercent(figure.low)} – ${inPercent(figure.high)} % (95 %), n ${formatCount(figure.n)}`}>
      <div className={styles['share']}>
        <span className={styles['number']}>{inPercent(figure.value)}</span>
        <span className={styles['track']} aria-hidden>
          {figure.value === null || figure.low === null || figure.high === null ? null : (
            <>
              <span className={styles['interval']} style={{ left: `${String(figure.low * 100)}%`, width: `${String((figure.high - figure.low) * 100)}%` }} />
              <span className={styles['point']} style={{ left: `${String(figure.value * 100)}%` }} />
            </>
          )}
        </span>
      </div>
    </td>
  );
}
