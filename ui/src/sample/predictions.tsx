import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Project, Sample } from '../shared/api/types';
import { formatConfidence } from '../shared/format';
import { ClassDot } from '../shared/labels/class-dot';
import { Section } from './section';
import styles from './sample.module.css';

const kShown = 4;

// What each model run says, with its probabilities as bars.
export function Predictions({ project, sample }: { project: Project; sample: Sample }) {
  if (sample.predictions.length === 0) return null;
  return (
    <>
      {sample.predictions.map((prediction) => (
        <RunSection key={prediction.run} project={project} truth={sample.truth.class} prediction={prediction} />
      ))}
    </>
  );
}

interface RunProps {
  project: Project;
  truth: string | null;
  prediction: Sample['predictions'][number];
}

function barsOf({ class: name, confidence, probabilities }: Sample['predictions'][number]) {
  if (probabilities !== undefined && probabilities.length > 0) return probabilities.toSorted((a, b) => b.probability - a.probability);
  return name === null ? [] : [{ class: name, probability: confidence ?? Number.NaN }];
}

function RunSection({ project, truth, prediction }: RunProps) {
  const [all, setAll] = useState(false);
  const bars = barsOf(prediction);
  const verdict = truth === null || prediction.class === null ? undefined : prediction.class === truth ? 'right' : 'wrong';
  return (
    <Section title={`Prediction of ${prediction.name}`} {...(verdict === undefined ? {} : { note: verdict })}>
      {bars.length === 0 ? <p className={styles['quiet']}>No prediction for this sample.</p> : null}
      <ul className={styles['bars']} data-verdict={verdict}>
        {(all ? bars : bars.slice(0, kShown)).map((bar) => (
          <li key={bar.class} data-truth={bar.class === truth || undefined} data-top={bar.class === prediction.class || undefined}>
            <ClassDot id={project.classes.find((one) => one.name === bar.class)?.id} />
            <span className={styles['bar-name']}>
              {bar.class}
              {bar.class === truth ? <small> truth</small> : null}
            </span>
            <span className={styles['bar']} aria-hidden>
              <span style={{ width: `${String(100 * (Number.isNaN(bar.probability) ? 0 : bar.probability))}%` }} />
            </span>
            <span className={styles['bar-value']}>{Number.isNaN(bar.probability) ? '–' : formatConfidence(bar.probability)}</span>
          </li>
        ))}
      </ul>
      {bars.length > kShown ? (
        <UnstyledButton className={styles['more']} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `All ${String(bars.length)} classes`}
        </UnstyledButton>
      ) : null}
    </Section>
  );
}
