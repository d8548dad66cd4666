import { SegmentedControl, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState, type CSSProperties } from 'react';
import type { components } from '../shared/api/schema';
import { formatCount } from '../shared/format';
import { classOrder, type ClassOrder } from './class-order';
import { cellFilter, columnFilter, rowFilter, unpredictedFilter } from './model-links';
import styles from './model.module.css';

type Evaluation = components['schemas']['Evaluation'];

interface Props {
  project: string;
  run: string;
  threshold: number;
  evaluation: Evaluation;
}

// Rows are truth, columns what the model said; every cell opens exactly its samples.
export function ConfusionMatrix({ project, run, threshold, evaluation }: Props) {
  const [shown, setShown] = useState<'counts' | 'shares'>('counts');
  const [order, setOrder] = useState<ClassOrder>('given');
  const rows = useMemo(() => classOrder(evaluation, order), [evaluation, order]);
  const { classes, confusion } = evaluation;
  const missing = classes.length;
  const hasMissing = confusion.some((row) => (row[missing] ?? 0) > 0);
  const explore = `/projects/${project}/explore`;
  return (
    <section className={styles['panel']} aria-labelledby="confusion-title">
      <header className={styles['panelBar']}>
        <h2 id="confusion-title">Confusion matrix</h2>
        <span className={styles['hint']}>rows: truth · columns: prediction</span>
        <span className={styles['grow']} />
        <Select
          aria-label="Order of classes"
          w={150}
          allowDeselect={false}
          value={order}
          onChange={(value) => setOrder(value as ClassOrder)}
          data={[
            { value: 'given', label: 'Project’s order' },
            { value: 'worst', label: 'Worst recall first' },
            { value: 'name', label: 'By name' },
          ]}
        />
        <SegmentedControl
          aria-label="Show"
          value={shown}
          onChange={(value) => setShown(value as 'counts' | 'shares')}
          data={[
            { value: 'counts', label: 'Counts' },
            { value: 'shares', label: 'Row %' },
          ]}
        />
      </header>
      <div className={styles['matrixScroll']}>
        <table className={styles['matrix']}>
          <thead>
            <tr>
              <td />
              {rows.map((index) => (
                <th key={index} scope="col">
                  <Link to={explore} search={{ filter: columnFilter(run, threshold, classes[index]?.name ?? ''), run }} className={styles['columnName']}>
                    {classes[index]?.name}
                  </Link>
                </th>
              ))}
              {hasMissing ? <th scope="col" className={styles['columnName']}>not predicted</th> : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const truth = classes[row]?.name ?? '';
              const counts = confusion[row] ?? [];
              const total = counts.reduce((sum, count) => sum + count, 0);
              const cell = (count: number, key: number | string, right: boolean, filter: object, said: string) => (
                <td key={key} data-right={right || undefined}>
                  {count === 0 ? (
                    <span className={styles['zero']}>·</span>
                  ) : (
                    <Link
                      to={explore}
                      search={{ filter, run }}
                      className={styles['cell']}
                      style={{ '--share': `${String(Math.round((count / total) * 100))}%` } as CSSProperties}
                      aria-label={`${truth} predicted as ${said}: ${formatCount(count)} of ${formatCount(total)}`}
                      title={`${truth} → ${said}: ${formatCount(count)} of ${formatCount(total)}`}
                    >
                      {shown === 'counts' ? formatCount(count) : Math.round((count / total) * 100)}
                    </Link>
                  )}
                </td>
              );
              return (
                <tr key={row}>
                  <th scope="row">
                    <Link to={explore} search={{ filter: rowFilter(truth), run }} className={styles['rowName']}>
                      {truth}
                    </Link>
                  </th>
                  {rows.map((column) => {
                    const said = classes[column]?.name ?? '';
                    return cell(counts[column] ?? 0, column, row === column, cellFilter(run, threshold, truth, said), said);
                  })}
                  {hasMissing ? cell(counts[missing] ?? 0, 'missing', false, unpredictedFilter(run, threshold, truth), 'nothing') : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
