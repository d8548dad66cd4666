import { ActionIcon, Button, Progress, Select, Stack, Text, Tooltip, useComputedColorScheme } from '@mantine/core';
import { IconFilter, IconLasso, IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Ordinal, Project } from '../../shared/api/types';
import { useActions } from '../../shared/actions/actions';
import { useExploreState } from '../../shared/explore-state';
import { setClause } from '../../shared/filter/clauses';
import { formatCount, formatNumber, plural } from '../../shared/format';
import { Thumbnail } from '../../shared/media/thumbnail';
import { addSelected, selectOrdinals, toggleSelected, useSelection } from '../../shared/selection/selection';
import { EmptyState } from '../../shared/ui/empty-state';
import { ProblemPage } from '../../shared/ui/problem-page';
import { membership, paint, type Painting } from './colours';
import { boundsOf, pointsInside, thinOut, type Point } from './geometry';
import { Lasso } from './lasso';
import { mapQuery, valuesQuery, type MapPoints } from './map-query';
import { Scatter } from './scatter';
import styles from './map.module.css';

const kMostRings = 200;

interface Props {
  project: Project;
  run: string | undefined;
  // The samples that match; the others fade.
  ordinals: Uint32Array | undefined;
  isFiltered: boolean;
  onOpen: (ordinal: Ordinal) => void;
}

function colourChoices(project: Project, run: string | undefined) {
  const always = [
    { value: 'label', label: 'Truth' },
    { value: 'split', label: 'Split' },
  ];
  const ofRun = [
    { value: 'prediction', label: 'Prediction' },
    { value: 'correct', label: 'Right or wrong' },
    { value: 'confidence', label: 'Confidence' },
    { value: 'margin', label: 'Margin' },
  ];
  const quality = ['brightness', 'contrast', 'sharpness', 'colourfulness', 'entropy'].map((value) => ({
    value,
    label: value.charAt(0).toUpperCase() + value.slice(1),
  }));
  return [
    { group: 'Samples', items: run === undefined ? always : [...always, ...ofRun] },
    { group: 'Fields', items: project.fields.map(({ name }) => ({ value: `field:${name}`, label: name })) },
    { group: 'Quality', items: quality },
  ].filter(({ items }) => items.length > 0);
}

export default function MapPane(props: Props) {
  const [isBroken, setBroken] = useState(false);
  const { data: points, error, refetch } = useQuery(mapQuery(props.project.card.id));
  if (isBroken) {
    return (
      <EmptyState title="This browser cannot draw the map">
        The map needs WebGL 2, which is switched off or missing here. Everything else works without it: filters, grid and similar samples.
      </EmptyState>
    );
  }
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (points === undefined) return null;
  return points.ordinal.length === 0 ? <MapToCome project={props.project} /> : <DrawnMap {...props} points={points} onBroken={() => setBroken(true)} />;
}

// How far the map is, or why there will be none.
function MapToCome({ project }: { project: Project }) {
  const steps = project.views.filter(({ view }) => view === 'embeddings' || view === 'map');
  const running = steps.find(({ ready }) => !ready);
  return (
    <EmptyState title="The map is being made">
      <Stack gap="xs">
        <Text>{running?.sentence ?? 'Samples that look alike will lie close together here.'}</Text>
        {running === undefined || running.total === 0 ? null : (
          <>
            <Progress value={(100 * running.done) / running.total} aria-label="Map" />
            <Text className="figures">
              {running.view}: {formatCount(running.done)} of {formatCount(running.total)}
            </Text>
          </>
        )}
      </Stack>
    </EmptyState>
  );
}

function DrawnMap({ project, run, ordinals, isFiltered, onOpen, points, onBroken }: Props & { points: MapPoints; onBroken: () => void }) {
  const id = project.card.id;
  const { search, update, setFilter } = useExploreState();
  const by = search.colour ?? 'label';
  const { data: values } = useQuery(valuesQuery(id, by, run));
  const selection = useSelection();
  const scheme = useComputedColorScheme('light');
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [scatter, setScatter] = useState<Scatter>();
  const [hover, setHover] = useState<{ index: number; x: number; y: number }>();
  const [lassoing, setLassoing] = useState(false);
  const [lassoed, setLassoed] = useState<Point[]>();

  const size = useMemo(() => points.ordinal.reduce((most, ordinal) => Math.max(most, ordinal), 0) + 1, [points]);
  const matching = useMemo(() => (isFiltered ? membership(ordinals, size) : undefined), [isFiltered, ordinals, size]);
  // A few selected points are ringed; of many, the others step back instead.
  const standingOut = useMemo(
    () => (selection.kind === 'some' && selection.ordinals.size > kMostRings ? membership(selection.ordinals, size) : matching),
    [selection, size, matching],
  );
  const painting = useMemo(() => paint(points.ordinal, values, standingOut), [points, values, standingOut]);
  const indexOf = useMemo(() => {
    const index = new Int32Array(size).fill(-1);
    points.ordinal.forEach((ordinal, at) => {
      index[ordinal] = at;
    });
    return index;
  }, [points, size]);
  const selected = useMemo(
    () => (selection.kind === 'some' && selection.ordinals.size <= kMostRings ? [...selection.ordinals].map((ordinal) => indexOf[ordinal] ?? -1).filter((index) => index >= 0) : []),
    [selection, indexOf],
  );

  // The drawn map keeps the handlers that it was made with; they look here for what is true now.
  const latest = useRef({ points, onOpen, onBroken });
  useEffect(() => {
    latest.current = { points, onOpen, onBroken };
  });
  useEffect(() => {
    if (canvas.current === null) return;
    const made = new Scatter(canvas.current, {
      onHover: (index, x, y) => setHover(index === undefined ? undefined : { index, x, y }),
      onClick: (index, keep) => {
        const ordinal = index === undefined ? undefined : latest.current.points.ordinal[index];
        if (ordinal === undefined) return;
        if (keep) toggleSelected(ordinal);
        else selectOrdinals([ordinal]);
      },
      onOpen: (index) => {
        const ordinal = latest.current.points.ordinal[index];
        if (ordinal !== undefined) latest.current.onOpen(ordinal);
      },
      onBroken: () => latest.current.onBroken(),
    });
    setScatter(made);
    return () => made.destroy();
  }, []);

  const fit = () => {
    const element = box.current;
    if (element !== null) scatter?.fit(boundsOf(points.x, points.y), element.clientWidth, element.clientHeight);
  };
  const fitOnce = useRef(fit);
  useEffect(() => {
    fitOnce.current = fit;
  });
  useEffect(() => fitOnce.current(), [scatter, points]);
  useEffect(() => {
    scatter?.show({ x: points.x, y: points.y, colours: painting.colours, selected, ring: scheme === 'dark' ? [255, 255, 255] : [20, 20, 20] });
  }, [scatter, points, painting, selected, scheme]);

  const finishLasso = (path: readonly Point[], keep: boolean) => {
    setLassoing(false);
    if (scatter === undefined || path.length < 3) return;
    const polygon = thinOut(path).map(([x, y]) => scatter.toMap(x, y));
    const inside = pointsInside(polygon, points.x, points.y)
      .map((index) => points.ordinal[index] ?? 0)
      .filter((ordinal) => matching === undefined || matching[ordinal] === 1);
    setLassoed(polygon);
    if (keep) addSelected(inside);
    else selectOrdinals(inside);
  };
  useActions([
    { id: 'lasso', name: 'Lasso on the map', group: 'Map', keys: ['l'], run: () => setLassoing((before) => !before) },
    { id: 'map-fit', name: 'Show the whole map', group: 'Map', keys: ['f'], run: fit },
  ]);

  const hovered = hover === undefined ? undefined : points.ordinal[hover.index];
  const showsLassoFilter = lassoed !== undefined && selection.kind === 'some';
  return (
    <div className={styles['pane']}>
      <div ref={box} className={styles['box']}>
        <canvas ref={canvas} className={styles['canvas']} tabIndex={0} role="img" aria-label={`Map of ${plural(points.ordinal.length, 'sample')}: alike ones lie close together`} />
        {lassoing ? <Lasso onDone={finishLasso} onCancel={() => setLassoing(false)} /> : null}
        {hover === undefined || hovered === undefined || lassoing ? null : (
          <div className={styles['hover']} style={{ left: hover.x + 12, top: hover.y + 12 }} data-flip={hover.x > (box.current?.clientWidth ?? 0) - 150 || undefined}>
            <Thumbnail project={id} ordinal={hovered} side={112} alt={`Sample ${formatCount(hovered)}`} />
          </div>
        )}
        {showsLassoFilter ? (
          <Button
            className={styles['lassoed']}
            variant="default"
            leftSection={<IconFilter size={14} />}
            onClick={() => {
              setFilter(setClause(search.filter, 'map', { polygon: lassoed.map(([x, y]) => [Number(x.toFixed(4)), Number(y.toFixed(4))]) }));
              setLassoed(undefined);
            }}
          >
            Filter to the lasso
          </Button>
        ) : null}
      </div>
      <div className={styles['tools']}>
        <Select
          aria-label="Colour the map by"
          size="xs"
          w={150}
          data={colourChoices(project, run)}
          value={by}
          allowDeselect={false}
          searchable={project.fields.length > 10}
          onChange={(value) => update(value === null || value === 'label' ? { colour: undefined } : { colour: value }, { replace: true })}
        />
        <div className={styles['grow']} />
        <Tool label="Lasso (L)" pressed={lassoing} onClick={() => setLassoing(!lassoing)} icon={<IconLasso size={18} stroke={1.6} />} />
        <Tool label="Zoom in" onClick={() => scatter?.zoomBy(1)} icon={<IconPlus size={18} stroke={1.6} />} />
        <Tool label="Zoom out" onClick={() => scatter?.zoomBy(-1)} icon={<IconMinus size={18} stroke={1.6} />} />
        <Tool label="Whole map (F)" onClick={fit} icon={<IconMaximize size={18} stroke={1.6} />} />
      </div>
      <Legend legend={painting.legend} />
    </div>
  );
}

function Tool({ label, icon, pressed, onClick }: { label: string; icon: React.ReactNode; pressed?: boolean; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} aria-pressed={pressed} variant={pressed === true ? 'light' : 'subtle'} color={pressed === true ? 'copper' : 'gray'} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

const kLegendRows = 20;

function Legend({ legend }: { legend: Painting['legend'] }) {
  if (!Array.isArray(legend)) {
    return (
      <div className={styles['legend']}>
        <span className="figures">{formatNumber(Number(legend.low.toPrecision(2)))}</span>
        <span className={styles['ramp']} />
        <span className="figures">{formatNumber(Number(legend.high.toPrecision(2)))}</span>
      </div>
    );
  }
  return (
    <ul className={styles['legend']} aria-label="Colours">
      {legend.slice(0, kLegendRows).map(({ name, colour }) => (
        <li key={name}>
          <span className={styles['swatch']} style={{ background: colour }} aria-hidden />
          {name}
        </li>
      ))}
      {legend.length > kLegendRows ? <li>and {legend.length - kLegendRows} more</li> : null}
    </ul>
  );
}
