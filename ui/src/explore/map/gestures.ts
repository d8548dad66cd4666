// What hands do to the map, as movements of the view: drag, wheel, two fingers, keys.
import type { Point } from './geometry';

export interface GestureHandlers {
  onMove(dx: number, dy: number): void;
  // `by` is a power of two, around a pixel of the element or, without one, its middle.
  onZoom(by: number, around?: Point): void;
  // Without a place when the pointer has left, or drags.
  onHover(at: Point | undefined): void;
  onPress(at: Point, event: PointerEvent): void;
}

const kDragAfter = 4;
const kWheelStep = 0.005;
const kKeyStep = 80;
const kKeyZoom = 1;
// Lines and pages of a wheel, in pixels.
const kWheelUnits = [1, 16, 400];

const keys: Record<string, (handlers: GestureHandlers) => void> = {
  ArrowLeft: ({ onMove }) => onMove(kKeyStep, 0),
  ArrowRight: ({ onMove }) => onMove(-kKeyStep, 0),
  ArrowUp: ({ onMove }) => onMove(0, kKeyStep),
  ArrowDown: ({ onMove }) => onMove(0, -kKeyStep),
  '+': ({ onZoom }) => onZoom(kKeyZoom),
  '-': ({ onZoom }) => onZoom(-kKeyZoom),
};

// Listens until the returned function is called.
export function listenToGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const pointers = new Map<number, Point>();
  let pressed: Point | undefined;
  let isDrag = false;
  const place = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = (): Point => {
    const all = [...pointers.values()];
    return [all.reduce((sum, [x]) => sum + x, 0) / all.length, all.reduce((sum, [, y]) => sum + y, 0) / all.length];
  };
  const apart = () => {
    const [a, b] = [...pointers.values()];
    return a === undefined || b === undefined ? 0 : Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void) =>
    element.addEventListener(type, listener, { signal: stop.signal, passive: false });

  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    isDrag = pointers.size > 1;
    pressed = isDrag ? undefined : place(event);
  });
  on('pointermove', (event) => {
    const now = place(event);
    if (!pointers.has(event.pointerId)) {
      handlers.onHover(now);
      return;
    }
    if (!isDrag && pressed !== undefined && Math.hypot(now[0] - pressed[0], now[1] - pressed[1]) < kDragAfter) return;
    if (!isDrag) handlers.onHover(undefined);
    isDrag = true;
    const [before, width] = [middle(), apart()];
    pointers.set(event.pointerId, now);
    const [after, wider] = [middle(), apart()];
    handlers.onMove(after[0] - before[0], after[1] - before[1]);
    if (width > 0 && wider > 0) handlers.onZoom(Math.log2(wider / width), after);
    element.style.cursor = 'grabbing';
  });
  const onEnd = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId) || pointers.size > 0) return;
    if (!isDrag && event.type === 'pointerup') handlers.onPress(place(event), event);
    isDrag = false;
    pressed = undefined;
    element.style.cursor = '';
  };
  on('pointerup', onEnd);
  on('pointercancel', onEnd);
  on('pointerleave', () => handlers.onHover(undefined));
  on('wheel', (event) => {
    event.preventDefault();
    handlers.onZoom(-event.deltaY * (kWheelUnits[event.deltaMode] ?? 1) * kWheelStep, place(event));
  });
  on('keydown', (event) => {
    const run = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (run === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    run(handlers);
  });
  return () => stop.abort();
}
