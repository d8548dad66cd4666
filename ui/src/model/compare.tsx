import { Select, Skeleton } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { components } from '../shared/api/schema';
import type { ModelRun } from '../shared/api/types';
import { OpenSamples } from '../shared/chosen/open-samples';
import { formatCount, plural } from '../shared/format';
import { inPercent } from './estimate';
import { comparisonQuery } from './model-query';
import styles from './model.module.css';

type Verdict = components['schemas']['Verdict'];

const verdicts: Record<Verdict, { text: string; icon: typeof IconMinus; tone?: string }> = {
  likely_real_gain: { text: 'better', icon: IconArrowUpRight, tone: 'right' },
  likely_real_loss: { text: 'worse', icon: IconArrowDownRight, tone: 'wrong' },
  too_small_to_tell: { text: 'no difference that can be told', icon: IconMinus },
  no_change: { text: 'the same', icon: IconMinus },
};

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { text, icon: Icon, tone } = verdicts[verdict];
  return (
    <span className={styles['verdict']} data-tone={tone}>
      <Icon size={14} aria-hidden /> {text}
    </span>
  );
}

// Two model runs on the same test samples: what got better, what got worse.
export function Compare({ project, runs, run }: { project: string; runs: readonly ModelRun[]; run: ModelRun }) {
  const others = runs.filter((other) => other.id !== run.id);
  const [other, setOther] = useState<string | null>(others[0]?.id ?? null);
  return (
    <section className={styles['panel']} aria-labelledby="compare-title">
      <header className={styles['panelBar']}>
        <h2 id="compare-title">Compare</h2>
        <span className={styles['grow']} />
        {others.length === 0 ? null : (
          <>
            <Select aria-label="Compare with" w={210} allowDeselect={false} value={other} onChange={setOther} data={others.map(({ id, name }) => ({ value: id, label: name }))} />
            <span className={styles['hint']}>→ {run.name}</span>
          </>
        )}
      </header>
      {other === null ? (
        <p className={styles['note']}>There is one model run so far. Import another model’s predictions, or name a version, to compare.</p>
      ) : (
        <Difference project={project} a={other} b={run.id} />
      )}
    </section>
  );
}

function Difference({ project, a, b }: { project: string; a: string; b: string }) {
  const { data, error } = useQuery(comparisonQuery(project, a, b));
  if (error !== null) return <p className={styles['note']} role="alert">{error.message}</p>;
  if (data === undefined) return <Skeleton height={120} m="sm" />;
  const moved = data.per_class.filter((row) => row.difference.value !== null && row.difference.value !== 0);
  return (
    <div className={styles['compare']}>
      <p className={styles['sentence']}>
        Accuracy {inPercent(data.accuracy_a.value)} → <b>{inPercent(data.accuracy_b.value)} %</b> on {plural(data.n, 'sample')}:{' '}
        <VerdictMark verdict={data.verdict} />
        {data.p_value === null ? null : <span className={styles['hint']}> McNemar p {data.p_value < 0.001 ? '< 0.001' : `= ${data.p_value.toFixed(3)}`}</span>}
      </p>
      <div className={styles['buttons']}>
        <OpenSamples project={project} run={b} ordinals={data.better} count={data.better_count ?? data.better.length} text="got right" />
        <OpenSamples project={project} run={b} ordinals={data.worse} count={data.worse_count ?? data.worse.length} text="got wrong" />
      </div>
      {moved.length === 0 ? null : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">Recall</th>
              <th scope="col">n</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {moved.map((row) => (
              <tr key={row.class}>
                <th scope="row">{row.class}</th>
                <td className={styles['number']}>
                  {inPercent(row.before.value)} → {inPercent(row.after.value)}
                </td>
                <td className={styles['number']}>{formatCount(row.n)}</td>
                <td>
                  <VerdictMark verdict={row.verdict} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
