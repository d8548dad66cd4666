import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ModelRun } from '../shared/api/types';
import { formatAgo, formatCount, formatExact, plural } from '../shared/format';
import { useProject } from '../shared/project/project-query';
import { useRun } from '../shared/project/use-run';
import { EmptyState } from '../shared/ui/empty-state';
import { Page } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingPanels } from '../shared/ui/waiting';
import { Calibration } from './calibration';
import { Compare } from './compare';
import { ConfusionMatrix } from './confusion-matrix';
import { Estimate } from './estimate';
import { evaluationQuery } from './model-query';
import { PerClassTable } from './per-class-table';
import { Threshold } from './threshold';
import styles from './model.module.css';

// What the model does on the test samples; every number opens the samples behind it.
export function ModelPage() {
  const project = useProject();
  const run = useRun();
  if (run === undefined) {
    const probe = project.views.find(({ view }) => view === 'probe');
    return (
      <EmptyState title="No model run yet">
        {probe?.sentence ?? 'The probe, a small model, trains by itself as soon as the embeddings of labeled samples in train are there.'}
      </EmptyState>
    );
  }
  return <Metrics key={run.id} project={project.card.id} run={run} runs={project.runs} />;
}

function Metrics({ project, run, runs }: { project: string; run: ModelRun; runs: readonly ModelRun[] }) {
  const [threshold, setThreshold] = useState(0);
  const { data: all } = useQuery(evaluationQuery(project, run.id, 0));
  const { data: evaluation, error, refetch } = useQuery(evaluationQuery(project, run.id, threshold));
  if (error !== null && evaluation === undefined) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (evaluation === undefined) return <WaitingPanels what="the metrics" />;
  if (evaluation.n === 0 && threshold === 0) return <EmptyState title="Nothing to measure yet">{evaluation.sentence}</EmptyState>;
  return (
    <Page
      title={run.name}
      hint={
        <span title={formatExact(run.created_at)}>
          {run.kind === 'probe' ? 'trained here' : 'imported'} {formatAgo(run.created_at)} · measured on {plural(evaluation.n, 'test sample')}
          {evaluation.without_truth + evaluation.without_prediction === 0
            ? ''
            : `; not counted: ${formatCount(evaluation.without_truth)} without a label, ${formatCount(evaluation.without_prediction)} without a prediction`}
        </span>
      }
      acts={
        <div className={styles['headline']}>
          <Estimate label="Accuracy" figure={evaluation.accuracy} />
          <Estimate label="Macro F1" figure={evaluation.macro_f1} />
        </div>
      }
    >
      <ReviewSuspects />
      <div className={styles['columns']}>
        <div className={styles['wide']}>
          <ConfusionMatrix project={project} run={run.id} threshold={threshold} evaluation={evaluation} />
          <Compare project={project} runs={runs} run={run} />
        </div>
        <div className={styles['narrow']}>
          <PerClassTable project={project} run={run.id} rows={evaluation.per_class} />
          <Threshold value={threshold} onChange={setThreshold} thresholds={all?.thresholds ?? []} />
          <Calibration project={project} run={run.id} evaluation={all ?? evaluation} />
        </div>
      </div>
    </Page>
  );
}

// Some of what the model seems to get wrong are labels that are wrong.
function ReviewSuspects() {
  const project = useProject();
  const advice = project.advice.find(({ code }) => code === 'review_suspects');
  if (advice === undefined) return null;
  return (
    <p className={styles['next']}>
      {advice.sentence} <Link to={`/projects/${project.card.id}/suspects`}>Wrong labels</Link>
    </p>
  );
}
