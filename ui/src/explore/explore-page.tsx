import { ActionIcon, Button, SegmentedControl, Slider, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconLayoutSidebar, IconMap2, IconUpload } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useActions } from '../shared/actions/actions';
import type { Ordinal } from '../shared/api/types';
import { isUnreadable } from '../shared/explore-link';
import { useExploreState } from '../shared/explore-state';
import { usePreference } from '../shared/preferences/preferences';
import { useProject } from '../shared/project/project-query';
import { useResult } from '../shared/results/use-result';
import { clearSelection, keepSelected } from '../shared/selection/selection';
import { EmptyState } from '../shared/ui/empty-state';
import { later } from '../shared/ui/later';
import { ProblemPage } from '../shared/ui/problem-page';
import { useAfterFirst } from '../shared/ui/use-after-first';
import { ActionBar } from './actions/action-bar';
import { ChipsBar } from './chips-bar';
import { FacetsPane } from './facets/facets-pane';
import { Grid, type GridHandle } from './grid/grid';
import { firstLayout, limits, panesOf, parseLayout, withPanes, type Layout } from './layout';
import { NextStep } from './next-step';
import { Panes } from './panes';
import { SortMenu } from './sort-menu';
import styles from './explore.module.css';

const kNarrowFacets = 220;

const MapPane = later('map', () => import('./map/map-pane'));

// Grid, map and facets side by side, all answering one filter.
export function ExplorePage() {
  const project = useProject();
  const id = project.card.id;
  const { search, update } = useExploreState();
  const { result, ordinals, lastOrdinals, run, error, refresh, isPending, changed } = useResult(id);
  const grid = useRef<GridHandle>(null);
  const [kept, keep] = usePreference('explore.layout', firstLayout, parseLayout);
  const isNarrow = useMediaQuery('(max-width: 1199px)') ?? false;
  const [tab, setTab] = useState<'grid' | 'map'>('grid');
  const layout = withPanes(kept, search.panes);
  const isMapDue = useAfterFirst(ordinals !== undefined);
  const isCovered = search.sample !== undefined;

  const setLayout = (next: Partial<Layout>) => {
    const changedLayout = { ...layout, ...next };
    keep(changedLayout);
    if (search.panes !== undefined) update({ panes: panesOf(changedLayout) }, { replace: true });
  };
  const open = (sample: Ordinal) => update({ sample });
  const question = JSON.stringify([search.filter, search.sort]);
  useEffect(() => clearSelection, [id, question]);
  useActions([
    { id: 'toggle-facets', name: 'Show or fold the facets', group: 'Explore', keys: ['['], run: () => setLayout({ showsFacets: !layout.showsFacets }) },
    { id: 'toggle-map', name: 'Show or fold the map', group: 'Explore', keys: [']'], run: () => (isNarrow ? setTab(tab === 'map' ? 'grid' : 'map') : setLayout({ showsMap: !layout.showsMap })) },
  ]);

  // What a refreshed list no longer holds is no longer selected: nothing unseen is edited.
  useEffect(() => {
    if (ordinals !== undefined && result !== undefined && ordinals.length === result.count) keepSelected(result.id, ordinals);
  }, [ordinals, result]);

  // Coming back from a sample, the grid stands where that sample is.
  const lastSample = useRef(search.sample);
  useEffect(() => {
    const before = lastSample.current;
    lastSample.current = search.sample;
    if (before === undefined || search.sample !== undefined) return;
    const index = ordinals?.indexOf(before) ?? -1;
    if (index >= 0) grid.current?.show(index);
    grid.current?.focus();
  }, [search.sample, ordinals]);

  if (isUnreadable(search.filter)) {
    return (
      <ProblemPage error="The filter in this link cannot be read; the link may have been cut off on its way.">
        <ClearFilter />
      </ProblemPage>
    );
  }
  if (error !== null && result === undefined) {
    return (
      <ProblemPage error={error} onRetry={() => void refresh()}>
        {search.filter === undefined ? null : <ClearFilter />}
      </ProblemPage>
    );
  }
  if (project.card.samples === 0) return <NoSamples project={id} />;
  const showsMap = isNarrow ? tab === 'map' : layout.showsMap;
  // Photographs first: the map's engine and its shaders take their time.
  const map = !isMapDue ? null : (
    <MapPane project={project} run={run} ordinals={lastOrdinals} isFiltered={search.filter !== undefined} onOpen={open} />
  );
  return (
    <div className={styles['page']}>
      <h1 className="visually-hidden">Explore</h1>
      <ChipsBar result={result} run={run} changed={changed} onRefresh={() => void refresh()} />
      <NextStep project={project} />
      <Panes
        layout={layout}
        shown={{ facets: layout.showsFacets, map: showsMap && !isNarrow }}
        mostFacets={isNarrow ? kNarrowFacets : limits.facets.most}
        onLayout={setLayout}
        facets={<FacetsPane project={project} run={run} />}
        map={map}
        grid={
          <>
              <div className={styles['tools']}>
                <Tooltip label="Facets ([)">
                  <ActionIcon aria-label="Facets" aria-pressed={layout.showsFacets} onClick={() => setLayout({ showsFacets: !layout.showsFacets })}>
                    <IconLayoutSidebar size={18} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
                {isNarrow ? (
                  <SegmentedControl
                    aria-label="Grid or map"
                    value={tab}
                    onChange={(value) => setTab(value as 'grid' | 'map')}
                    data={[
                      { value: 'grid', label: 'Grid' },
                      { value: 'map', label: 'Map' },
                    ]}
                  />
                ) : null}
                <div className={styles['grow']} />
                <Slider
                  className={styles['size']}
                  thumbLabel="Size of the photographs"
                  label={null}
                  min={limits.side.least}
                  max={limits.side.most}
                  step={4}
                  value={layout.side}
                  onChange={(side) => setLayout({ side })}
                />
                <SortMenu project={project} run={run} />
                {isNarrow ? null : (
                  <Tooltip label="Map (])">
                    <ActionIcon aria-label="Map" aria-pressed={layout.showsMap} onClick={() => setLayout({ showsMap: !layout.showsMap })}>
                      <IconMap2 size={18} stroke={1.6} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </div>
              <div className={styles['grid']}>
                {isNarrow && showsMap ? map : null}
                {result === undefined || (isNarrow && showsMap) ? null : result.count === 0 ? (
                  <NothingMatches />
                ) : (
                  <Grid
                    ref={grid}
                    project={id}
                    question={question}
                    result={result}
                    ordinals={ordinals}
                    shapedLike={lastOrdinals?.[0]}
                    run={run}
                    classes={project.classes}
                    side={layout.side}
                    isPending={isPending}
                    onOpen={open}
                  />
                )}
              </div>
          </>
        }
      />
      {result === undefined ? null : <ActionBar project={project} result={result} grid={grid} enabled={!isCovered} />}
    </div>
  );
}

function ClearFilter() {
  const { setFilter } = useExploreState();
  return (
    <Button variant="default" onClick={() => setFilter(undefined)}>
      Clear the filter
    </Button>
  );
}

function NothingMatches() {
  return (
    <EmptyState title="No sample matches" action={<ClearFilter />}>
      Take one of the filters above away, or all of them.
    </EmptyState>
  );
}

function NoSamples({ project }: { project: string }) {
  const navigate = useNavigate();
  return (
    <EmptyState
      title="Nothing here yet"
      action={
        <Button leftSection={<IconUpload size={16} />} onClick={() => void navigate({ to: `/projects/${project}/import` })}>
          Import photographs
        </Button>
      }
    >
      Photographs that you import appear here at once, then their map, quality and suspected wrong labels.
    </EmptyState>
  );
}
