import { Button, Select } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { components } from '../shared/api/schema';
import { OpenSamples } from '../shared/chosen/open-samples';
import { formatCount, formatPercent, plural } from '../shared/format';
import { usePreference } from '../shared/preferences/preferences';
import { useProjectId } from '../shared/project/project-query';
import { EmptyState } from '../shared/ui/empty-state';
import { Page } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingPanels } from '../shared/ui/waiting';
import { impactQuery, type Impact } from './impact-query';
import styles from './impact.module.css';

type Estimate = components['schemas']['Estimate'];
type Verdict = components['schemas']['Verdict'];

const verdicts: Record<Verdict, { text: string; icon: typeof IconMinus; tone?: 'right' | 'wrong' }> = {
  likely_real_gain: { text: 'likely a real gain', icon: IconArrowUpRight, tone: 'right' },
  likely_real_loss: { text: 'likely a real loss', icon: IconArrowDownRight, tone: 'wrong' },
  too_small_to_tell: { text: 'too small to tell', icon: IconMinus },
  no_change: { text: 'no change', icon: IconMinus },
};

const stringOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

// Did it help? The probe before and after the changes, on the same test samples.
export function ImpactPage() {
  const project = useProjectId();
  const [baseline, setBaseline] = usePreference<string | undefined>(`impact.baseline.${project}`, undefined, stringOf);
  const { data: impact, error, refetch } = useQuery(impactQuery(project, baseline));
  if (error !== null && impact === undefined) {
    return (
      <ProblemPage
        error={error}
        onRetry={() => {
          setBaseline(undefined);
          void refetch();
        }}
      />
    );
  }
  if (impact === undefined) return <WaitingPanels what="the impact" />;
  return (
    <Page
      title="Impact"
      acts={
        <>
          <NextStep project={project} changed={impact.changes.samples > 0} />
          <Select
            label="Since"
            labelProps={{ className: styles['inlineLabel'] }}
            classNames={{ root: styles['inline'] ?? '' }}
            w={240}
            allowDeselect={false}
            value={impact.baseline.name === '' ? null : impact.baseline.name}
            onChange={(name) => setBaseline(name ?? undefined)}
            data={impact.baselines.map(({ name }) => ({ value: name, label: name === 'import' ? 'the import' : `version ${name}` }))}
          />
        </>
      }
    >
      <Body project={project} impact={impact} />
    </Page>
  );
}

// What has been measured is worth a name; without changes there is nothing to measure yet.
function NextStep({ project, changed }: { project: string; changed: boolean }) {
  const [screen, words] = changed ? ['versions', 'Name a version'] : ['suspects', 'Review wrong labels'];
  return <Button variant={changed ? 'filled' : 'default'} renderRoot={(props) => <Link to={`/projects/${project}/${screen}`} {...props} />}>{words}</Button>;
}

function Body({ project, impact }: { project: string; impact: Impact }) {
  if (!impact.ready || impact.accuracy_before === undefined || impact.accuracy_after === undefined) {
    return <EmptyState title="Nothing to compare yet">{impact.sentence}</EmptyState>;
  }
  return (
    <>
      <p className={styles['sentence']} role="status" data-tone={impact.verdict === undefined ? undefined : verdicts[impact.verdict].tone}>
        {impact.sentence}
      </p>
      {impact.stale === true ? <p className={styles['stale']}>You changed something after this was measured; the probe is learning it and this page renews itself.</p> : null}
      <div className={styles['figures']}>
        <BeforeAfter name="Accuracy" before={impact.accuracy_before} after={impact.accuracy_after} difference={impact.accuracy_difference} />
        {impact.macro_f1_before === undefined || impact.macro_f1_after === undefined ? null : (
          <BeforeAfter name="Macro F1" before={impact.macro_f1_before} after={impact.macro_f1_after} difference={impact.macro_f1_difference} />
        )}
        <dl className={styles['facts']}>
          <dt>Changed since</dt>
          <dd>
            {plural(impact.changes.labels, 'label')}, {plural(impact.changes.splits, 'split')}, {formatCount(impact.changes.excluded)} excluded or brought back
          </dd>
          <dt>Measured on</dt>
          <dd>{plural(impact.n ?? 0, 'sample')} that {impact.n === 1 ? 'is' : 'are'} test both before and after</dd>
          <dt>Predictions that moved</dt>
          <dd className={styles['buttons']}>
            <OpenSamples project={project} run="probe" ordinals={impact.better ?? []} text="got right" />
            <OpenSamples project={project} run="probe" ordinals={impact.worse ?? []} text="got wrong" />
          </dd>
        </dl>
      </div>
      {impact.two_by_two === undefined || impact.two_by_two.length === 0 ? null : <TwoByTwo impact={impact} />}
      <PerClass impact={impact} />
    </>
  );
}

const percent = (share: number | null | undefined) => (share === null || share === undefined ? '–' : (share * 100).toFixed(1));
const signed = (share: number | null | undefined) => (share === null || share === undefined ? '–' : `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`);

function BeforeAfter({ name, before, after, difference }: { name: string; before: Estimate; after: Estimate; difference: Estimate | undefined }) {
  return (
    <section className={styles['beforeAfter']} aria-label={name}>
      <h2>{name}</h2>
      <p className={styles['big']}>
        {percent(before.value)} → <b>{percent(after.value)}</b> <small>%</small>
      </p>
      {difference === undefined ? null : (
        <p className={styles['hint']}>
          {signed(difference.value)} points, 95 % interval {signed(difference.low)} to {signed(difference.high)} · n {formatCount(difference.n)}
        </p>
      )}
    </section>
  );
}

// Test labels were edited: a better yardstick and a better model are kept apart.
function TwoByTwo({ impact }: { impact: Impact }) {
  return (
    <section className={styles['panel']} aria-labelledby="two-title">
      <h2 id="two-title">{plural(impact.test_labels_changed ?? 0, 'test label')} changed</h2>
      <p className={styles['hint']}>Each row is measured with one set of test labels; only figures in one row can be compared.</p>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Measured with</th>
            <th scope="col">Probe before</th>
            <th scope="col">Probe after</th>
            <th scope="col">p</th>
          </tr>
        </thead>
        <tbody>
          {(impact.two_by_two ?? []).map((row) => (
            <tr key={row.labels}>
              <th scope="row">{row.labels === 'old' ? 'the old test labels' : 'the new test labels'}</th>
              <td>{row.before.value === null ? '–' : formatPercent(row.before.value)}</td>
              <td>{row.after.value === null ? '–' : formatPercent(row.after.value)}</td>
              <td>{row.p_value === null ? '–' : row.p_value < 0.001 ? '< 0.001' : row.p_value.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PerClass({ impact }: { impact: Impact }) {
  const rows = impact.per_class ?? [];
  if (rows.length === 0) return null;
  return (
    <section className={styles['panel']} aria-labelledby="class-title">
      <h2 id="class-title">By class</h2>
      <p className={styles['hint']}>Recall before and after; the verdicts are corrected for the number of classes.</p>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Difference</th>
            <th scope="col">n</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { text, icon: Icon, tone } = verdicts[row.verdict];
            return (
              <tr key={row.class}>
                <th scope="row">{row.class}</th>
                <td>{percent(row.before.value)}</td>
                <td>{percent(row.after.value)}</td>
                <td>{signed(row.difference.value)}</td>
                <td>{formatCount(row.n)}</td>
                <td>
                  <span className={styles['verdict']} data-tone={tone}>
                    <Icon size={14} aria-hidden /> {text}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
