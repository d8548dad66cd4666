import { SegmentedControl, Select, Slider } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState, type CSSProperties } from 'react';
import type { components } from '../shared/api/schema';
import { formatCount } from '../shared/format';
import { classOrder, type ClassOrder } from './class-order';
import { cellFilter, columnFilter, rowFilter, unpredictedFilter } from './model-links';
import styles from './model.module.css';

type Evaluation = components['schemas']['Evaluation'];

// Pixels of a cell: where a number fits, and where the whole of many classes is seen.
const kNearBy = 44;
const kReadable = 26;
const kFarAway = 12;
const kManyClasses = 20;

interface Props {
  project: string;
  run: string;
  threshold: number;
  evaluation: Evaluation;
}

// Rows are truth, columns what the model said; every cell opens exactly its samples.
export function ConfusionMatrix({ project, run, threshold, evaluation }: Props) {
  const [shown, setShown] = useState<'counts' | 'shares'>('counts');
  const [cell, setCell] = useState(() => (evaluation.classes.length > kManyClasses ? kFarAway : kNearBy));
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
        {classes.length > kManyClasses ? (
          <Slider w={90} thumbLabel="Size of the cells" label={null} min={kFarAway} max={kNearBy} step={2} value={cell} onChange={setCell} />
        ) : null}
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
        <table className={styles['matrix']} data-tiny={cell < kReadable || undefined} style={{ '--cell': `${String(cell)}px` } as CSSProperties}>
          <thead>
            <tr>
              <td />
              {rows.map((index) => (
                <th key={index} scope="col">
                  <Link to={explore} search={{ filter: columnFilter(run, threshold, classes[index]?.name ?? ''), run }} className={styles['columnName']} title={classes[index]?.name}>
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
              const tableCell = (count: number, key: number | string, right: boolean, filter: object, said: string) => (
                <td key={key} data-right={right || undefined}>
                  {count === 0 ? (
                    <span className={styles['zero']}>{cell < kReadable ? '' : '·'}</span>
                  ) : (
                    <Link
                      to={explore}
                      search={{ filter, run }}
                      className={styles['cell']}
                      style={{ '--share': `${String(Math.round((count / total) * 100))}%` } as CSSProperties}
                      aria-label={`${truth} predicted as ${said}: ${formatCount(count)} of ${formatCount(total)}`}
                      title={`${truth} → ${said}: ${formatCount(count)} of ${formatCount(total)}`}
                    >
                      {cell < kReadable ? '' : shown === 'counts' ? formatCount(count) : Math.round((count / total) * 100)}
                    </Link>
                  )}
                </td>
              );
              return (
                <tr key={row}>
                  <th scope="row">
                    <Link to={explore} search={{ filter: rowFilter(truth), run }} className={styles['rowName']} title={truth}>
                      {truth}
                    </Link>
                  </th>
                  {rows.map((column) => {
                    const said = classes[column]?.name ?? '';
                    return tableCell(counts[column] ?? 0, column, row === column, cellFilter(run, threshold, truth, said), said);
                  })}
                  {hasMissing ? tableCell(counts[missing] ?? 0, 'missing', false, unpredictedFilter(run, threshold, truth), 'nothing') : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
