import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type Ref } from 'react';
import type { ClassWithCount, Ordinal, Result } from '../../shared/api/types';
import { addSelected, isSelected, selectOrdinals, toggleSelected, useSelection } from '../../shared/selection/selection';
import { useThumbnail } from '../../shared/media/use-thumbnail';
import { ProblemPage } from '../../shared/ui/problem-page';
import { moveBy, shapeGrid } from './grid-geometry';
import { Tile } from './tile';
import { useTiles, type TileValues } from './use-tiles';
import styles from './grid.module.css';

const kRowGap = 6;
const kCaption = 18;
const kPadding = 8;

export interface GridHandle {
  focus(): void;
  show(index: number): void;
  activeTile(): TileValues | undefined;
  asOf(): number;
  tilesSelected(ordinals: ReadonlySet<Ordinal>): TileValues[];
}

interface Props {
  ref: Ref<GridHandle>;
  project: string;
  // Filter and sort, as one text.
  question: string;
  result: Result;
  ordinals: Uint32Array | undefined;
  // The sample whose photograph gives the tiles their shape.
  shapedLike: Ordinal | undefined;
  run: string | undefined;
  classes: readonly ClassWithCount[];
  side: number;
  isPending: boolean;
  onOpen: (ordinal: Ordinal) => void;
}

// The largest of the numbers so far.
function useMost(now: number): number {
  const [most, setMost] = useState(Math.max(now, 1));
  if (now > most) setMost(now);
  return Math.max(now, most);
}

// The photographs of a result. A row that has scrolled away becomes the next one that comes: elements made anew for each
// would cost a long scroll its memory. Only the rows on the screen exist; everything is addressed by index.
export function Grid({ ref, project, question, result, ordinals, shapedLike, run, classes, side: wantedSide, isPending, onOpen }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  const selection = useSelection();
  const names = useMemo(() => new Map(classes.map(({ id, name }) => [id, name])), [classes]);
  const first = useThumbnail(project, shapedLike, 160);
  const { columns, side, height, gap } = shapeGrid(width - 2 * kPadding, wantedSide, first, window.devicePixelRatio);
  const rowHeight = height + kCaption + kRowGap;
  const rows = Math.ceil(result.count / columns);

  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 3,
    paddingStart: kPadding,
    paddingEnd: kPadding,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);

  const items = virtualizer.getVirtualItems();
  const places = useMost(items.length);
  const { tileAt, asOf, error } = useTiles({
    project,
    question,
    result,
    isPending,
    run,
    classes,
    first: (items[0]?.index ?? 0) * columns,
    last: ((items.at(-1)?.index ?? 0) + 1) * columns - 1,
  });

  // Another question starts at the top; the same one asked again stays where it is.
  const shown = useRef(result.id);
  useEffect(() => {
    if (shown.current === result.id) return;
    shown.current = result.id;
    setActive((index) => Math.min(index, Math.max(result.count - 1, 0)));
  }, [result.id, result.count]);

  // The same tile stays at the top when the columns change.
  const topIndex = useRef(0);
  const shownColumns = useRef(columns);
  useLayoutEffect(() => {
    if (shownColumns.current === columns) return;
    shownColumns.current = columns;
    if (topIndex.current > 0) virtualizer.scrollToIndex(Math.floor(topIndex.current / columns), { align: 'start' });
  }, [columns, virtualizer]);
  const onScroll = () => {
    topIndex.current = Math.floor((virtualizer.scrollOffset ?? 0) / rowHeight) * columns;
  };

  const ordinalAt = useCallback(
    (index: number): Ordinal | undefined => tileAt(index)?.ordinal ?? (ordinals?.length === result.count ? ordinals[index] : undefined),
    [ordinals, result.count, tileAt],
  );

  useImperativeHandle(ref, () => ({
    focus: () => scroll.current?.focus({ preventScroll: true }),
    show: (index) => {
      setActive(index);
      virtualizer.scrollToIndex(Math.floor(index / columns), { align: 'auto' });
    },
    activeTile: () => tileAt(active),
    asOf: () => asOf,
    tilesSelected: (wanted) => {
      const found: TileValues[] = [];
      for (const item of items) {
        for (let index = item.index * columns; index < Math.min((item.index + 1) * columns, result.count); index += 1) {
          const tile = tileAt(index);
          if (tile !== undefined && wanted.has(tile.ordinal)) found.push(tile);
        }
      }
      return found;
    },
  }));

  const selectRange = useCallback(
    (to: number, keep: boolean) => {
      const from = Math.min(anchor.current, to);
      const until = Math.max(anchor.current, to);
      const range: Ordinal[] = [];
      for (let index = from; index <= until; index += 1) {
        const ordinal = ordinalAt(index);
        if (ordinal !== undefined) range.push(ordinal);
      }
      if (keep) addSelected(range);
      else selectOrdinals(range);
    },
    [ordinalAt],
  );

  const onPress = useCallback(
    (index: number, event: MouseEvent) => {
      const ordinal = ordinalAt(index);
      if (ordinal === undefined) return;
      setActive(index);
      if (event.shiftKey) {
        selectRange(index, event.ctrlKey || event.metaKey);
        return;
      }
      anchor.current = index;
      if (event.ctrlKey || event.metaKey) toggleSelected(ordinal);
      else selectOrdinals([ordinal]);
    },
    [ordinalAt, selectRange],
  );
  const openIndex = useCallback(
    (index: number) => {
      const ordinal = ordinalAt(index);
      if (ordinal !== undefined) onOpen(ordinal);
    },
    [ordinalAt, onOpen],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const perPage = Math.max(1, Math.floor((scroll.current?.clientHeight ?? rowHeight) / rowHeight)) * columns;
    const next = event.altKey ? undefined : moveBy(event.key, active, result.count, columns, perPage);
    if (next !== undefined) {
      event.preventDefault();
      setActive(next);
      virtualizer.scrollToIndex(Math.floor(next / columns), { align: 'auto' });
      if (event.shiftKey) selectRange(next, false);
      else anchor.current = next;
      return;
    }
    const ordinal = ordinalAt(active);
    if (ordinal === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ' ') toggleSelected(ordinal);
    else if (event.key === 'Enter') onOpen(ordinal);
    else return;
    event.preventDefault();
  };

  if (error !== null) return <ProblemPage error={error} />;
  // What has scrolled away or is still to come cannot be named.
  const isDrawn = items.some((item) => item.index === Math.floor(active / columns)) && tileAt(active) !== undefined;
  const nameOf = (id: number | undefined) => (id === undefined ? undefined : names.get(id));
  return (
    <div
      ref={scroll}
      className={styles['scroll']}
      data-pending={isPending || undefined}
      role="listbox"
      aria-label="Samples"
      aria-multiselectable
      aria-activedescendant={isDrawn ? `tile-${String(active)}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {items.map((item) => (
          <div key={item.index % places} role="presentation" className={styles['row']} style={{ gap, transform: `translateY(${String(item.start)}px)` }}>
            {Array.from({ length: Math.max(0, Math.min(columns, result.count - item.index * columns)) }, (_, column) => {
              const index = item.index * columns + column;
              const tile = tileAt(index);
              if (tile === undefined) return <div key={column} className={styles['ghost']} style={{ width: side, height }} />;
              return (
                <Tile
                  key={column}
                  id={`tile-${String(index)}`}
                  project={project}
                  index={index}
                  total={result.count}
                  side={side}
                  height={height}
                  ordinal={tile.ordinal}
                  truth={nameOf(tile.truth)}
                  predicted={nameOf(tile.predicted)}
                  confidence={tile.confidence}
                  state={tile.state}
                  split={tile.split}
                  excluded={tile.excluded}
                  changed={tile.changed}
                  selected={isSelected(selection, tile.ordinal)}
                  active={index === active}
                  onPress={onPress}
                  onOpen={openIndex}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
