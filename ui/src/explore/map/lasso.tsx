import { useEffect, useState, type PointerEvent } from 'react';
import type { Point } from './geometry';
import styles from './map.module.css';

interface Props {
  // In pixels of the map; `keep` adds to what is selected.
  onDone: (path: readonly Point[], keep: boolean) => void;
  onCancel: () => void;
}

const kLeastStep = 3;

// A freehand outline over the map.
export function Lasso({ onDone, onCancel }: Props) {
  const [path, setPath] = useState<readonly Point[]>([]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      onCancel();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [onCancel]);

  const at = (event: PointerEvent): Point => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  return (
    <svg
      className={styles['lasso']}
      role="img"
      aria-label="Draw around samples; Escape cancels"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setPath([at(event)]);
      }}
      onPointerMove={(event) => {
        const [last, next] = [path.at(-1), at(event)];
        if (last !== undefined && Math.hypot(next[0] - last[0], next[1] - last[1]) >= kLeastStep) setPath([...path, next]);
      }}
      onPointerUp={(event) => onDone(path, event.shiftKey || event.ctrlKey || event.metaKey)}
      onPointerCancel={onCancel}
    >
      {path.length > 1 ? <polygon points={path.map(([x, y]) => `${String(x)},${String(y)}`).join(' ')} /> : null}
    </svg>
  );
}
