import { memo, type MouseEvent } from 'react';
import { formatConfidence, formatCount } from '../../shared/format';
import { Thumbnail } from '../../shared/media/thumbnail';
import type { TileValues } from './use-tiles';
import styles from './grid.module.css';

export interface TileProps extends Omit<TileValues, 'asOf' | 'truth' | 'predicted'> {
  id: string;
  project: string;
  index: number;
  total: number;
  side: number;
  height: number;
  truth: string | undefined;
  predicted: string | undefined;
  selected: boolean;
  active: boolean;
  onPress: (index: number, event: MouseEvent) => void;
  onOpen: (index: number) => void;
}

// In words, for the tooltip and for who cannot see the picture.
export function describeTile({ ordinal, truth, predicted, confidence, split, state, excluded, changed }: Pick<TileProps, 'ordinal' | 'truth' | 'predicted' | 'confidence' | 'split' | 'state' | 'excluded' | 'changed'>): string {
  const parts = [`Sample ${formatCount(ordinal)}: ${truth ?? 'no label'}`];
  if (state === 'confirmed') parts.push('confirmed');
  if (predicted !== undefined) {
    const with_ = Number.isNaN(confidence) ? '' : ` with ${formatConfidence(confidence)}`;
    parts.push(truth !== undefined && truth !== predicted ? `predicted ${predicted}${with_}, wrong` : `predicted ${predicted}${with_}`);
  }
  parts.push(split);
  if (excluded) parts.push('excluded');
  if (changed) parts.push('changed since this list was made');
  return parts.join(', ');
}

export const Tile = memo(function Tile(props: TileProps) {
  const { id, project, index, total, side, height, ordinal, truth, predicted, confidence, state, excluded, changed, selected, active } = props;
  const differs = truth !== undefined && predicted !== undefined && truth !== predicted;
  const words = describeTile(props);
  return (
    // Keys belong to the grid, which holds the focus and names this tile by aria-activedescendant.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      className={styles['tile']}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-setsize={total}
      aria-posinset={index + 1}
      title={words}
      data-active={active || undefined}
      data-wrong={differs || undefined}
      data-excluded={excluded || undefined}
      data-changed={changed || undefined}
      style={{ width: side }}
      onClick={(event) => props.onPress(index, event)}
      onDoubleClick={() => props.onOpen(index)}
    >
      <Thumbnail project={project} ordinal={ordinal} side={side} height={height} alt="" />
      <span className="visually-hidden">{words}</span>
      <span className={styles['caption']} aria-hidden>
        {changed ? <span className={styles['mark']}>•</span> : null}
        {truth === undefined ? <span className={styles['unlabeled']}>{predicted === undefined ? 'no label' : '–'}</span> : truth}
        {state === 'confirmed' ? <span className={styles['confirmed']}> ✓</span> : null}
        {predicted !== undefined && (differs || truth === undefined) ? (
          <span className={differs ? styles['differs'] : styles['suggests']}>
            {' → '}
            {predicted}
            {Number.isNaN(confidence) ? '' : ` ${formatConfidence(confidence)}`}
          </span>
        ) : null}
      </span>
    </div>
  );
});
