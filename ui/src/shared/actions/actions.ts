// One list of what can be done on the present screen. Keys, the `?` list and the Ctrl+K palette all read it.
import { useEffect, useId, useRef, useSyncExternalStore } from 'react';

export interface Action {
  // Unique on the screen; a later registration of the same id wins.
  id: string;
  name: string;
  group: string;
  // Such as 'mod+z', 'shift+mod+z', '?', 'ArrowLeft', '1'. `mod` is Ctrl, on a Mac also Cmd.
  keys?: readonly string[];
  // Shown instead of `keys`: "1–9".
  keysShown?: string;
  enabled?: boolean;
  // Works while a text field has the focus.
  inText?: boolean;
  // Not offered in the palette: it makes no sense without its key or place.
  hidden?: boolean;
  run: (event?: KeyboardEvent) => void;
}

// The group whose actions stay while something lies over the screen.
export const kAnywhere = 'Anywhere';

interface Registration {
  actions: readonly Action[];
  // 0 for the screen, 1 for what lies over it.
  layer: number;
}

const registered = new Map<string, Registration>();
const listeners = new Set<() => void>();
let all: readonly Action[] = [];

function publish() {
  const byId = new Map<string, Action>();
  const top = Math.max(0, ...[...registered.values()].map(({ layer }) => layer));
  for (const { actions, layer } of registered.values()) {
    for (const action of actions) {
      if (layer < top && action.group !== kAnywhere) continue;
      byId.delete(action.id);
      byId.set(action.id, action);
    }
  }
  all = [...byId.values()];
  for (const listener of listeners) listener();
}

// Offers actions for as long as the component is there. What lies over the screen passes a higher layer, and the
// screen's own actions rest until it is gone.
export function useActions(actions: readonly Action[], layer = 0): void {
  const id = useId();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  // Registered again only when what people see of it changes; `run` is always the latest.
  const shape = JSON.stringify(actions.map(({ id: name, name: title, keys, enabled }) => [name, title, keys, enabled]));
  useEffect(() => {
    const offered = latest.current.map((action, index) => ({
      ...action,
      run: (event?: KeyboardEvent) => (latest.current[index] ?? action).run(event),
    }));
    registered.set(id, { actions: offered, layer });
    publish();
    return () => {
      registered.delete(id);
      publish();
    };
  }, [id, shape, layer]);
}

// For a menu that offers what another part of the screen does.
export function findAction(id: string): Action | undefined {
  return all.find((action) => action.id === id);
}

export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}

export function keyOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isSymbol = event.key.length === 1 && !/[a-z0-9 ]/i.test(event.key);
  if (event.shiftKey && !isSymbol) parts.push('shift');
  if (event.altKey) parts.push('alt');
  if (event.ctrlKey || event.metaKey) parts.push('mod');
  parts.push(letter === ' ' ? 'Space' : letter);
  return parts.join('+');
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

function isOverlaid(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"]') !== null;
}

// Enter and Space press the button or follow the link that has the focus, unless it hands its keys on: a tile that is
// chosen by Space leaves Enter to the screen.
function pressesItself(event: KeyboardEvent): boolean {
  if ((event.key !== 'Enter' && event.key !== ' ') || !(event.target instanceof HTMLElement)) return false;
  const control = event.target.closest('button, a[href], [role="button"]');
  return control !== null && !(event.key === 'Enter' && control.closest('[data-enter-acts]') !== null);
}

export function actionFor(actions: readonly Action[], event: KeyboardEvent): Action | undefined {
  if (pressesItself(event)) return undefined;
  const key = keyOf(event);
  const inText = isTextField(event.target);
  const overlaid = isOverlaid(event.target);
  return actions.findLast(
    (action) =>
      action.enabled !== false && action.keys?.includes(key) === true && ((!inText && !overlaid) || action.inText === true),
  );
}

// Installed once, by the shell.
export function useActionKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const action = actionFor(all, event);
      if (action === undefined) return;
      event.preventDefault();
      action.run(event);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

const mac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

export function showKey(key: string): string {
  const names: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: 'Shift',
    alt: 'Alt',
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
  };
  const order = ['mod', 'shift', 'alt'];
  const parts = key === '+' ? ['+'] : key.split('+');
  return parts
    .sort((a, b) => (order.indexOf(a) + 1 || 9) - (order.indexOf(b) + 1 || 9))
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}
