import { ActionIcon, Tooltip } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import type { Pane } from './layout';
import styles from './explore.module.css';

interface Props {
  pane: Pane;
  // "the map".
  name: string;
  onMove: (by: 1 | -1) => void;
  // The pane that the pointer is over while this one is dragged.
  onOver: (pane: Pane | undefined) => void;
  onDrop: (pane: Pane) => void;
}

function paneAt(event: PointerEvent): Pane | undefined {
  const found = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-pane]');
  return found instanceof HTMLElement ? (found.dataset['pane'] as Pane) : undefined;
}

// Takes a pane elsewhere: dragged onto another pane the two change places; arrow keys move it by one.
export function PaneGrip({ pane, name, onMove, onOver, onDrop }: Props) {
  const dragging = useRef(false);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    event.stopPropagation();
    onMove(event.key === 'ArrowLeft' ? -1 : 1);
  };
  const stop = () => {
    dragging.current = false;
    onOver(undefined);
  };
  return (
    <Tooltip label={`Move ${name}: drag it onto another pane, or press ← →`}>
      <ActionIcon
        className={styles['grip']}
        size={24}
        aria-label={`Move ${name}`}
        aria-keyshortcuts="ArrowLeft ArrowRight"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
        }}
        onPointerMove={(event) => {
          if (dragging.current) onOver(paneAt(event));
        }}
        onPointerUp={(event) => {
          const target = dragging.current ? paneAt(event) : undefined;
          stop();
          if (target !== undefined && target !== pane) onDrop(target);
        }}
        onPointerCancel={stop}
      >
        <IconGripVertical size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
