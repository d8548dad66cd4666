import { useState, type ReactNode } from 'react';
import { useActions } from '../shared/actions/actions';
import { Splitter } from '../shared/ui/splitter';
import { limits, movePane, swapPanes, type Layout, type Pane } from './layout';
import { PaneGrip } from './pane-grip';
import styles from './explore.module.css';

interface Props {
  layout: Layout;
  // The grid is always there.
  shown: { facets: boolean; map: boolean };
  // The facets give way on a narrow screen.
  mostFacets: number;
  facets: ReactNode;
  grid: ReactNode;
  map: ReactNode;
  onLayout: (next: Partial<Layout>) => void;
}

const sized = {
  facets: { name: 'the facets', label: 'Facets', width: 'Width of the facets' },
  map: { name: 'the map', label: 'Map', width: 'Width of the map' },
} as const;

// Facets, grid and map side by side, in the order and the widths that the person gave them. The grid takes what is left.
export function Panes({ layout, shown, mostFacets, facets, grid, map, onLayout }: Props) {
  const [over, setOver] = useState<Pane>();
  const isShown = (pane: Pane) => pane === 'grid' || shown[pane];
  const move = (pane: Pane, by: 1 | -1) => onLayout({ order: movePane(layout.order, isShown, pane, by) });
  useActions([
    { id: 'move-facets', name: 'Move the facets one place left', group: 'Explore', keys: ['{'], enabled: shown.facets, run: () => move('facets', -1) },
    { id: 'move-map', name: 'Move the map one place left', group: 'Explore', keys: ['}'], enabled: shown.map, run: () => move('map', -1) },
  ]);
  const order = layout.order.filter(isShown);
  const gridAt = order.indexOf('grid');
  return (
    <div className={styles['panes']}>
      {order.flatMap((pane, at) => {
        if (pane === 'grid') {
          return [
            <section key="grid" className={styles['middle']} aria-label="Samples" data-pane="grid" data-over={over === 'grid' || undefined}>
              {grid}
            </section>,
          ];
        }
        const { name, label, width } = sized[pane];
        const Element = pane === 'facets' ? 'aside' : 'section';
        const body = (
          <Element
            key={pane}
            className={styles['side']}
            style={{ width: pane === 'facets' ? Math.min(layout.facets, mostFacets) : layout.map }}
            aria-label={label}
            data-pane={pane}
            data-over={over === pane || undefined}
          >
            <PaneGrip pane={pane} name={name} onMove={(by) => move(pane, by)} onOver={setOver} onDrop={(other) => onLayout({ order: swapPanes(layout.order, pane, other) })} />
            {pane === 'facets' ? facets : map}
          </Element>
        );
        const splitter = (
          <Splitter
            key={`${pane} width`}
            label={width}
            side={at < gridAt ? 'left' : 'right'}
            size={layout[pane]}
            {...limits[pane]}
            onChange={(size) => onLayout({ [pane]: size })}
          />
        );
        return at < gridAt ? [body, splitter] : [splitter, body];
      })}
    </div>
  );
}
