import type { components } from '../shared/api/schema';
import { formatCount } from '../shared/format';
import styles from './model.module.css';

export type Figure = components['schemas']['Estimate'];

// "83.1": shares in percent with one decimal, as intervals need it.
export function inPercent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : (share * 100).toFixed(1);
}

// A figure, its 95 % interval and n, always together.
export function Estimate({ label, figure }: { label: string; figure: Figure }) {
  return (
    <div className={styles['figure']}>
      <span className={styles['figureName']}>{label}</span>
      <span className={styles['figureValue']}>
        {inPercent(figure.value)}
        <small> %</small>
      </span>
      <span className={styles['figureRange']} title="95 % interval">
        {figure.low === null ? 'nothing measured' : `${inPercent(figure.low)} – ${inPercent(figure.high)}`} · n {formatCount(figure.n)}
      </span>
    </div>
  );
}
