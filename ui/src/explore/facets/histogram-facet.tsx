import { NumberInput } from '@mantine/core';
import { useRef, useState, type PointerEvent } from 'react';
import type { Facet } from '../../shared/api/types';
import { toggleMissing, type FacetSelection, type Range } from '../../shared/filter/facet-selection';
import { formatCount } from '../../shared/format';
import { brushRange, isInRange } from './brush';
import { formatEdge, missingName } from './facet-names';
import styles from './facets.module.css';

const kHeight = 44;

interface Props {
  facet: Facet;
  fieldType: string | undefined;
  selection: FacetSelection;
  onChange: (selection: FacetSelection) => void;
}

// How a number is spread, with a brush: drag to choose a range, click to let it go, or type it.
export function HistogramFacet({ facet, fieldType, selection, onChange }: Props) {
  const edges = facet.edges ?? [];
  const all = facet.all ?? [];
  const now = facet.now ?? [];
  const most = Math.max(1, ...all);
  const mostNow = Math.max(1, ...now);
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const range = drag === undefined ? selection.range : brushRange(edges, drag.from, drag.to);

  const shareAt = (event: PointerEvent) => {
    const bounds = box.current?.getBoundingClientRect();
    if (bounds === undefined || bounds.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - bounds.left) / bounds.width));
  };
  const setRange = (next: Range | undefined) => {
    const isOpen = next === undefined || (next[0] === null && next[1] === null);
    onChange({ ...selection, range: isOpen ? undefined : next });
  };
  const finish = () => {
    if (drag === undefined) return;
    setRange(Math.abs(drag.to - drag.from) < 0.01 ? undefined : brushRange(edges, drag.from, drag.to));
    setDrag(undefined);
  };
  const low = edges[0] ?? 0;
  const high = edges.at(-1) ?? 1;
  return (
    <>
      <div
        ref={box}
        className={styles['histogram']}
        style={{ height: kHeight }}
        role="img"
        aria-label={`How ${facet.name} is spread, from ${formatEdge(facet, fieldType, low)} to ${formatEdge(facet, fieldType, high)}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: shareAt(event), to: shareAt(event) });
        }}
        onPointerMove={(event) => {
          const to = shareAt(event);
          setDrag((before) => (before === undefined ? before : { ...before, to }));
        }}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(undefined)}
      >
        {all.map((count, bin) => (
          <span
            key={bin}
            className={styles['bin']}
            data-out={(range !== undefined && !isInRange(edges, bin, range)) || undefined}
            title={`${formatEdge(facet, fieldType, edges[bin] ?? 0)} – ${formatEdge(facet, fieldType, edges[bin + 1] ?? 0)}: ${formatCount(now[bin] ?? 0)} of ${formatCount(count)}`}
          >
            <span className={styles['bin-all']} style={{ height: `${String((100 * count) / most)}%` }} />
            <span className={styles['bin-now']} style={{ height: `${String((100 * (now[bin] ?? 0)) / mostNow)}%` }} />
          </span>
        ))}
      </div>
      <div className={styles['ends']}>
        <span>{formatEdge(facet, fieldType, low)}</span>
        <span>{formatEdge(facet, fieldType, high)}</span>
      </div>
      {fieldType === 'time' ? null : (
        <div className={styles['range']}>
          <RangeInput label={`${facet.name} from`} placeholder="from" value={range?.[0] ?? null} onCommit={(value) => setRange([value, range?.[1] ?? null])} />
          <RangeInput label={`${facet.name} to`} placeholder="to" value={range?.[1] ?? null} onCommit={(value) => setRange([range?.[0] ?? null, value])} />
        </div>
      )}
      {(facet.missing_all ?? 0) > 0 ? (
        <button
          type="button"
          className={styles['missing']}
          aria-pressed={selection.missing === 'include'}
          onClick={(event) => onChange(toggleMissing(selection, event.altKey ? 'exclude' : 'include'))}
        >
          {missingName(facet.key)}: {formatCount(facet.missing_now ?? 0)} of {formatCount(facet.missing_all ?? 0)}
        </button>
      ) : null}
    </>
  );
}

function RangeInput({ label, placeholder, value, onCommit }: { label: string; placeholder: string; value: number | null; onCommit: (value: number | null) => void }) {
  const [text, setText] = useState<string | number>();
  const commit = () => {
    if (text === undefined) return;
    const number = text === '' ? null : Number(text);
    setText(undefined);
    if (number === null || Number.isFinite(number)) onCommit(number);
  };
  return (
    <NumberInput
      hideControls
      aria-label={label}
      placeholder={placeholder}
      value={text ?? (value === null ? '' : Number(value.toPrecision(4)))}
      onChange={setText}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
