import { Link } from '@tanstack/react-router';
import type { components } from '../shared/api/schema';
import { formatCount } from '../shared/format';
import { inPercent } from './estimate';
import { binFilter } from './model-links';
import styles from './model.module.css';

type Evaluation = components['schemas']['Evaluation'];

const kWidth = 320;
const kHeight = 220;
const kLeft = 34;
const kBottom = 26;
const kTop = 8;
const plotWidth = kWidth - kLeft - 8;
const plotHeight = kHeight - kTop - kBottom;
const x = (share: number) => kLeft + share * plotWidth;
const y = (share: number) => kTop + (1 - share) * plotHeight;

// Is it right as often as it says? Bars on the diagonal: yes. Every bar opens its samples.
export function Calibration({ project, run, evaluation }: { project: string; run: string; evaluation: Evaluation }) {
  const most = Math.max(1, ...evaluation.calibration.map((bin) => bin.n));
  return (
    <section className={styles['panel']} aria-labelledby="calibration-title">
      <header className={styles['panelBar']}>
        <h2 id="calibration-title">Calibration</h2>
        <span className={styles['hint']}>
          {evaluation.calibration_error === null ? 'this run gives no confidence' : `off by ${inPercent(evaluation.calibration_error)} % on average (ECE)`}
        </span>
      </header>
      {evaluation.calibration.length === 0 ? null : (
        <svg className={styles['calibration']} viewBox={`0 0 ${String(kWidth)} ${String(kHeight)}`} role="group" aria-label="How often the model is right, by its confidence">
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} className={styles['gridLine']} />
              <text x={kLeft - 6} y={y(share) + 4} textAnchor="end">
                {share * 100}
              </text>
              <text x={x(share)} y={kHeight - 10} textAnchor="middle">
                {share * 100}
              </text>
            </g>
          ))}
          <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={styles['diagonal']} />
          {evaluation.calibration
            .filter((bin) => bin.n > 0 && bin.accuracy !== null)
            .map((bin) => (
              <Link
                key={bin.low}
                to={`/projects/${project}/explore`}
                search={{ filter: binFilter(run, bin.low, bin.high), run }}
                aria-label={`Confidence ${inPercent(bin.low)} to ${inPercent(bin.high)} %: right in ${inPercent(bin.accuracy)} % of ${formatCount(bin.n)}`}
              >
                <title>{`Confidence ${inPercent(bin.low)} – ${inPercent(bin.high)} %: right in ${inPercent(bin.accuracy)} % of ${formatCount(bin.n)}`}</title>
                <rect
                  className={styles['bin']}
                  x={x(bin.low) + 1}
                  width={x(bin.high) - x(bin.low) - 2}
                  y={y(bin.accuracy ?? 0)}
                  height={y(0) - y(bin.accuracy ?? 0)}
                  opacity={0.35 + 0.65 * Math.sqrt(bin.n / most)}
                />
              </Link>
            ))}
        </svg>
      )}
      <p className={styles['axis']}>confidence % → · right % ↑ · fainter bars hold fewer samples</p>
    </section>
  );
}
