import { ActionIcon, Group, Tooltip } from '@mantine/core';
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useActions } from '../shared/actions/actions';
import { buildUrl } from '../shared/api/client';
import type { Ordinal } from '../shared/api/types';
import { fitPicture } from '../shared/media/fit';
import { mediaProblemQuery, mediaUrl } from './sample-queries';
import { fitted, panned, zoomedAt, type Pose } from './pose';
import styles from './sample.module.css';

interface Props {
  project: string;
  ordinal: Ordinal;
  width: number;
  height: number;
  alt: string;
}

const kStep = 1.25;
const kMargin = 32;

// The photograph: fitted at first, zoomed by wheel or keys about the pointer, moved by dragging.
export function Photo({ project, ordinal, width, height, alt }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const [pose, setPose] = useState<Pose>(fitted);
  const [failed, setFailed] = useState(false);
  const drag = useRef<{ x: number; y: number; pose: Pose }>(undefined);
  const { data: problem } = useQuery({ ...mediaProblemQuery(project, ordinal), enabled: failed });

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // React's own wheel listeners are passive and cannot keep the page from scrolling.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const bounds = element.getBoundingClientRect();
      const x = event.clientX - bounds.left - bounds.width / 2;
      const y = event.clientY - bounds.top - bounds.height / 2;
      setPose((before) => zoomedAt(before, Math.exp(-event.deltaY / 400), x, y));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  const zoom = (factor: number) => setPose((before) => zoomedAt(before, factor, 0, 0));
  const fit = () => setPose(fitted);
  useActions(
    [
      { id: 'zoom-in', name: 'Zoom in', group: 'Photograph', keys: ['+', '='], run: () => zoom(kStep) },
      { id: 'zoom-out', name: 'Zoom out', group: 'Photograph', keys: ['-'], run: () => zoom(1 / kStep) },
      { id: 'fit', name: 'Fit', group: 'Photograph', keys: ['f'], run: fit },
    ],
    1,
  );

  const side = Math.max(16, Math.min(room.width - kMargin, room.height - kMargin, fitSide(width, height, room)));
  const size = fitPicture(width, height, side, window.devicePixelRatio);
  const source = failed ? buildUrl('/api/v1/projects/{project}/samples/{ordinal}/thumbnail', { project, ordinal }, { size: 320 }) : mediaUrl(project, ordinal);
  return (
    <div className={styles['photo']}>
      <div
        ref={box}
        className={styles['stage']}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, pose };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (from !== undefined) setPose(panned(from.pose, event.clientX - from.x, event.clientY - from.y));
        }}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onDoubleClick={fit}
      >
        {room.width === 0 ? null : (
          <img
            key={ordinal}
            className={styles['picture']}
            data-sharp={size.sharp || undefined}
            src={source}
            alt={alt}
            width={size.width}
            height={size.height}
            draggable={false}
            onError={() => setFailed(true)}
            style={{ transform: `translate(${String(pose.x)}px, ${String(pose.y)}px) scale(${String(pose.scale)})` }}
          />
        )}
      </div>
      {failed ? (
        <p className={styles['problem']} role="alert">
          {problem ?? 'The original could not be shown.'}
        </p>
      ) : null}
      <Group className={styles['zoom']} gap={2} wrap="nowrap">
        <Tooltip label="Zoom out (−)">
          <ActionIcon aria-label="Zoom out" onClick={() => zoom(1 / kStep)}>
            <IconMinus size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <span className={styles['scale']}>{Math.round(((100 * size.width) / Math.max(1, width)) * pose.scale)} %</span>
        <Tooltip label="Zoom in (+)">
          <ActionIcon aria-label="Zoom in" onClick={() => zoom(kStep)}>
            <IconPlus size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Fit (F)">
          <ActionIcon aria-label="Fit" onClick={fit}>
            <IconMaximize size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </div>
  );
}

// The longer side that lets the whole picture fit into the room.
function fitSide(width: number, height: number, room: { width: number; height: number }): number {
  const scale = Math.min((room.width - kMargin) / Math.max(width, 1), (room.height - kMargin) / Math.max(height, 1));
  return Math.max(width, height) * scale;
}
