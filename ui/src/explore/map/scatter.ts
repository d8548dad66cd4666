// The drawn map: deck.gl on a canvas, outside of React. Positions and colours are handed over as typed arrays.
import { Deck, OrthographicView } from '@deck.gl/core';
import { ScatterplotLayer } from '@deck.gl/layers';
import type { Bounds, Point } from './geometry';

export interface ScatterEvents {
  onHover(index: number | undefined, x: number, y: number): void;
  onClick(index: number | undefined, keep: boolean): void;
  onOpen(index: number): void;
}

export interface ScatterScene {
  // x and y of each point, one after the other.
  positions: Float32Array;
  colours: Uint8Array;
  // Indexes that are ringed.
  selected: readonly number[];
  ring: [number, number, number];
}

interface View {
  target: [x: number, y: number, z: number];
  zoom: number;
}

const kZoomStep = 1;
const kDoubleClickWithin = 350;

function radiusFor(count: number, zoom: number, fitted: number): number {
  const base = count > 200_000 ? 1 : count > 50_000 ? 1.4 : count > 5_000 ? 2 : 3;
  return Math.min(10, base * 2 ** (Math.max(0, zoom - fitted) * 0.35));
}

export function hasWebGl(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

export class Scatter {
  readonly #deck: Deck<OrthographicView>;
  #scene: ScatterScene | undefined;
  #view: View = { target: [0, 0, 0], zoom: 7 };
  #fitted = 7;
  #clickedAt = 0;
  #clickedIndex = -1;

  constructor(canvas: HTMLCanvasElement, events: ScatterEvents) {
    this.#deck = new Deck({
      canvas,
      width: '100%',
      height: '100%',
      views: new OrthographicView({ controller: { doubleClickZoom: false, inertia: false } }),
      viewState: this.#view,
      pickingRadius: 4,
      layers: [],
      onViewStateChange: ({ viewState }) => {
        this.#move(viewState as View);
        return viewState;
      },
      onHover: ({ index, x, y }) => events.onHover(index >= 0 ? index : undefined, x, y),
      onClick: ({ index }, gesture) => {
        const source = gesture.srcEvent as MouseEvent | undefined;
        const twice = index >= 0 && index === this.#clickedIndex && Date.now() - this.#clickedAt < kDoubleClickWithin;
        this.#clickedAt = Date.now();
        this.#clickedIndex = index;
        if (twice) events.onOpen(index);
        else events.onClick(index >= 0 ? index : undefined, source?.ctrlKey === true || source?.metaKey === true || source?.shiftKey === true);
      },
      getCursor: ({ isDragging, isHovering }) => (isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab'),
    });
  }

  show(scene: ScatterScene): void {
    this.#scene = scene;
    this.#draw();
  }

  fit({ left, right, top, bottom }: Bounds, width: number, height: number): void {
    const span = Math.max((right - left) / Math.max(width - 32, 16), (bottom - top) / Math.max(height - 32, 16), 1e-9);
    const zoom = Math.log2(1 / span);
    this.#fitted = zoom;
    this.#move({ target: [(left + right) / 2, (top + bottom) / 2, 0], zoom });
  }

  zoomBy(steps: number): void {
    this.#move({ ...this.#view, zoom: this.#view.zoom + steps * kZoomStep });
  }

  // From pixels of the canvas to the map's own coordinates.
  toMap(x: number, y: number): Point {
    const [viewport] = this.#deck.getViewports();
    const [px = 0, py = 0] = viewport?.unproject([x, y]) ?? [];
    return [px, py];
  }

  destroy(): void {
    this.#deck.finalize();
  }

  #move(view: View): void {
    this.#view = { target: view.target, zoom: view.zoom };
    this.#deck.setProps({ viewState: this.#view });
    this.#draw();
  }

  #draw(): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    const count = scene.positions.length / 2;
    const radius = radiusFor(count, this.#view.zoom, this.#fitted);
    this.#deck.setProps({
      layers: [
        new ScatterplotLayer({
          id: 'points',
          data: {
            length: count,
            attributes: {
              getPosition: { value: scene.positions, size: 2 },
              getFillColor: { value: scene.colours, size: 4, normalized: true },
            },
          },
          radiusUnits: 'pixels',
          getRadius: 1,
          radiusScale: radius,
          pickable: true,
          parameters: { depthCompare: 'always' },
        }),
        new ScatterplotLayer<number>({
          id: 'selected',
          data: scene.selected,
          getPosition: (index) => [scene.positions[index * 2] ?? 0, scene.positions[index * 2 + 1] ?? 0],
          radiusUnits: 'pixels',
          getRadius: 1,
          radiusScale: radius + 2,
          filled: false,
          stroked: true,
          lineWidthUnits: 'pixels',
          getLineWidth: 1.5,
          getLineColor: scene.ring,
          updateTriggers: { getPosition: scene.positions, getLineColor: scene.ring },
          parameters: { depthCompare: 'always' },
        }),
      ],
    });
  }
}
