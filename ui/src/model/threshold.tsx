import { Slider } from '@mantine/core';
import { useState } from 'react';
import type { components } from '../shared/api/schema';
import { inPercent } from './estimate';
import styles from './model.module.css';

type Evaluation = components['schemas']['Evaluation'];

interface Props {
  value: number;
  onChange: (value: number) => void;
  // Of the evaluation without a threshold.
  thresholds: Evaluation['thresholds'];
}

// If only predictions above a confidence were used: how many that leaves, and how often they are right.
export function Threshold({ value, onChange, thresholds }: Props) {
  const [moving, setMoving] = useState(value);
  const near = thresholds.findLast((row) => row.threshold <= moving + 1e-9);
  return (
    <section className={styles['panel']} aria-labelledby="threshold-title">
      <header className={styles['panelBar']}>
        <h2 id="threshold-title">Confidence threshold</h2>
      </header>
      <div className={styles['threshold']}>
        <Slider
          thumbLabel="Confidence threshold"
          min={0}
          max={0.95}
          step={0.05}
          value={moving}
          label={(share) => `${String(Math.round(share * 100))} %`}
          onChange={setMoving}
          onChangeEnd={onChange}
        />
        <p>
          {near === undefined || moving === 0
            ? 'All predictions count.'
            : `At ${String(Math.round(moving * 100))} % the model answers for ${inPercent(near.coverage)} % of the samples and is right in ${inPercent(near.accuracy)} % of those.`}
        </p>
      </div>
    </section>
  );
}
