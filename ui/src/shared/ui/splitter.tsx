import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import styles from './splitter.module.css';

interface Props {
  label: string;
  // Pixels of the pane that it resizes.
  size: number;
  least: number;
  most: number;
  // Which way the pane lies: dragging away from it makes it larger.
  side: 'left' | 'right';
  onChange: (size: number) => void;
}

const kStep = 16;

// The movable line between two panes, by pointer or arrow keys.
export function Splitter({ label, size, least, most, side, onChange }: Props) {
  const drag = useRef<{ x: number; size: number }>(undefined);
  const direction = side === 'left' ? 1 : -1;
  const clamp = (value: number) => Math.round(Math.min(most, Math.max(least, value)));
  const onPointerMove = (event: PointerEvent) => {
    if (drag.current !== undefined) onChange(clamp(drag.current.size + direction * (event.clientX - drag.current.x)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowLeft' ? -kStep : event.key === 'ArrowRight' ? kStep : 0;
    if (step === 0) return;
    event.preventDefault();
    onChange(clamp(size + direction * step));
  };
  return (
    // A movable separator is a control: it has a value, and keys that change it (WAI-ARIA, "window splitter").
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={styles['splitter']}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, size };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = undefined;
      }}
    />
  );
}
