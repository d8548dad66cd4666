// The drawn map: WebGL on a canvas, outside of React. Places and colours are handed over as typed arrays.
import { boundsOf, type Bounds, type Point } from './geometry';
import { listenToGestures } from './gestures';
import { Pace } from './pace';
import { PointIndex } from './point-index';
import { kLargestStep, PointBuffers, PointPainter, type Points } from './point-painter';
import { fitView, movedBy, toMap, zoomedAround, type Size, type View } from './view';

export interface ScatterEvents {
  onHover(index: number | undefined, x: number, y: number): void;
  onClick(index: number | undefined, keep: boolean): void;
  onOpen(index: number): void;
  // There is no WebGL after all.
  onBroken(): void;
}

export interface ScatterScene extends Points {
  // Indexes that are ringed.
  selected: readonly number[];
  ring: [number, number, number];
}

interface Drawing {
  painter: PointPainter;
  points: PointBuffers;
  rings: PointBuffers;
}

const kPickWithin = 4;
const kDoubleClickWithin = 350;
const kRestAfter = 150;
const kZoomOutAtMost = 3;
const kZoomInAtMost = 14;

function radiusFor(count: number, zoomedIn: number): number {
  const base = count > 200_000 ? 1 : count > 50_000 ? 1.4 : count > 5_000 ? 2 : 3;
  return Math.min(10, base * 2 ** (Math.max(0, zoomedIn) * 0.35));
}

export class Scatter {
  readonly #canvas: HTMLCanvasElement;
  readonly #events: ScatterEvents;
  readonly #pace = new Pace(kLargestStep);
  readonly #stop = new AbortController();
  #drawing: Drawing | undefined;
  #scene: ScatterScene | undefined;
  #index: { x: Float32Array; found: PointIndex } | undefined;
  #size: Size;
  #view: View = { x: 0, y: 0, zoom: 7 };
  #fitted = 7;
  #frame: number | undefined;
  #movedAt = 0;
  #drawnAt: number | undefined;
  #clicked = { at: 0, index: -1 };

  constructor(canvas: HTMLCanvasElement, events: ScatterEvents) {
    this.#canvas = canvas;
    this.#events = events;
    this.#size = { width: canvas.clientWidth, height: canvas.clientHeight };
    const { signal } = this.#stop;
    canvas.addEventListener('webglcontextlost', (event) => event.preventDefault(), { signal });
    canvas.addEventListener('webglcontextrestored', () => this.#begin(), { signal });
    const unlisten = listenToGestures(canvas, {
      onMove: (dx, dy) => this.#move(movedBy(this.#view, dx, dy)),
      onZoom: (by, around) => this.#zoom(by, around),
      onHover: (at) => this.#hover(at),
      onPress: (at, event) => this.#press(at, event),
    });
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(canvas);
    signal.addEventListener('abort', () => {
      unlisten();
      resized.disconnect();
    });
    this.#begin();
  }

  show(scene: ScatterScene): void {
    this.#scene = scene;
    this.#hold();
    this.#redraw();
  }

  fit(bounds: Bounds, width: number, height: number): void {
    const view = fitView(bounds, { width, height });
    this.#fitted = view.zoom;
    this.#move(view);
  }

  zoomBy(steps: number): void {
    this.#zoom(steps);
  }

  // From pixels of the canvas to the map's own coordinates.
  toMap(x: number, y: number): Point {
    return toMap(this.#view, this.#size, x, y);
  }

  destroy(): void {
    this.#stop.abort();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  #begin(): void {
    const gl = this.#canvas.getContext('webgl2', { antialias: false, stencil: false });
    if (gl === null) return this.#events.onBroken();
    if (gl.isContextLost()) return;
    try {
      this.#drawing = { painter: new PointPainter(gl), points: new PointBuffers(gl), rings: new PointBuffers(gl) };
    } catch {
      return this.#events.onBroken();
    }
    this.#hold();
    this.#resize();
  }

  #hold(): void {
    const [scene, drawing] = [this.#scene, this.#drawing];
    if (scene === undefined || drawing === undefined) return;
    drawing.points.hold(scene);
    drawing.rings.hold({
      x: Float32Array.from(scene.selected, (index) => scene.x[index] ?? 0),
      y: Float32Array.from(scene.selected, (index) => scene.y[index] ?? 0),
      colours: Uint8Array.from(scene.selected.flatMap(() => [...scene.ring, 255])),
    });
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#size = { width, height };
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    this.#redraw();
  }

  #zoom(by: number, around: Point = [this.#size.width / 2, this.#size.height / 2]): void {
    const zoom = Math.min(this.#fitted + kZoomInAtMost, Math.max(this.#fitted - kZoomOutAtMost, this.#view.zoom + by));
    this.#move(zoomedAround(this.#view, this.#size, ...around, zoom));
  }

  #move(view: View): void {
    this.#view = view;
    this.#movedAt = performance.now();
    this.#redraw();
  }

  #redraw(): void {
    this.#frame ??= requestAnimationFrame((now) => {
      this.#frame = undefined;
      this.#draw(now);
    });
  }

  // While the view moves, as many points as a frame can hold; at rest all of them.
  #draw(now: number): void {
    const [scene, drawing] = [this.#scene, this.#drawing];
    if (scene === undefined || drawing === undefined || this.#size.width === 0) return;
    if (!this.#isReady(drawing.painter)) return;
    const moves = performance.now() - this.#movedAt < kRestAfter;
    if (moves && this.#drawnAt !== undefined) this.#pace.note(now - this.#drawnAt);
    if (!moves && this.#drawnAt !== undefined) this.#pace.rest();
    this.#drawnAt = moves ? now : undefined;
    const step = moves ? this.#pace.step : 1;
    const radius = radiusFor(scene.x.length, this.#view.zoom - this.#fitted);
    drawing.painter.clear();
    drawing.painter.draw(drawing.points, this.#view, this.#size, { radius }, step);
    drawing.painter.draw(drawing.rings, this.#view, this.#size, { radius: radius + 2, ring: 1.5 });
    if (moves) this.#redraw();
  }

  // Asks again with the next frame while the painter is on its way.
  #isReady(painter: PointPainter): boolean {
    try {
      if (painter.isReady()) return true;
      this.#redraw();
    } catch {
      this.#events.onBroken();
    }
    return false;
  }

  #pick([x, y]: Point): number | undefined {
    const scene = this.#scene;
    if (scene === undefined) return undefined;
    if (this.#index?.x !== scene.x) this.#index = { x: scene.x, found: new PointIndex(scene.x, scene.y, boundsOf(scene.x, scene.y)) };
    const within = Math.max(kPickWithin, radiusFor(scene.x.length, this.#view.zoom - this.#fitted));
    return this.#index.found.nearest(...this.toMap(x, y), within / 2 ** this.#view.zoom);
  }

  #hover(at: Point | undefined): void {
    const index = at === undefined ? undefined : this.#pick(at);
    this.#canvas.style.cursor = index === undefined ? 'grab' : 'pointer';
    this.#events.onHover(index, at?.[0] ?? 0, at?.[1] ?? 0);
  }

  #press(at: Point, event: MouseEvent): void {
    const index = this.#pick(at);
    const now = performance.now();
    const twice = index !== undefined && index === this.#clicked.index && now - this.#clicked.at < kDoubleClickWithin;
    this.#clicked = { at: now, index: index ?? -1 };
    if (twice) this.#events.onOpen(index);
    else this.#events.onClick(index, event.ctrlKey || event.metaKey || event.shiftKey);
  }
}
