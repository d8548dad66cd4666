// Live changes and progress over one WebSocket. While it is not open, `onPoll` is called instead, so that a page
// behind a proxy that cuts WebSockets is only slower, never stale.
import type { Job, SequenceNumber } from './types';

export type ServerEvent =
  | { kind: 'change'; project: string; sequence: SequenceNumber }
  | { kind: 'job'; job: Job }
  | { kind: 'ready'; project: string; view: string; generation: number };

export interface EventHandlers {
  onEvent: (event: ServerEvent) => void;
  onPoll: () => void;
  onOpen: () => void;
}

const kPollEvery = 4000;
const kReconnectAtLeast = 1000;
const kReconnectAtMost = 30000;

export function parseEvent(text: string): ServerEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return value.kind === 'change' || value.kind === 'job' || value.kind === 'ready' ? (value as ServerEvent) : undefined;
}

function eventsUrl(): string {
  const url = new URL('/api/v1/events', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

// Listens until the returned function is called.
export function listen(project: string | undefined, handlers: EventHandlers): () => void {
  let socket: WebSocket | undefined;
  let stopped = false;
  let wait = kReconnectAtLeast;
  let reconnect: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    if (stopped) return;
    const next = new WebSocket(eventsUrl());
    socket = next;
    next.onopen = () => {
      wait = kReconnectAtLeast;
      if (project !== undefined) next.send(JSON.stringify({ project }));
      handlers.onOpen();
    };
    next.onmessage = (message) => {
      const event = typeof message.data === 'string' ? parseEvent(message.data) : undefined;
      if (event !== undefined) handlers.onEvent(event);
    };
    next.onclose = () => {
      if (stopped) return;
      reconnect = setTimeout(connect, wait);
      wait = Math.min(wait * 2, kReconnectAtMost);
    };
  };
  const poll = setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN && document.visibilityState === 'visible') handlers.onPoll();
  }, kPollEvery);
  connect();

  return () => {
    stopped = true;
    clearInterval(poll);
    clearTimeout(reconnect);
    socket?.close();
  };
}
