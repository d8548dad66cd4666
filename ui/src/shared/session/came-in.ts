// Hears of it when somebody comes in again elsewhere: a login link usually opens in a tab of its own.
import { api } from '../api/client';

const kChannel = 'burnish-session';
const kAskEvery = 5000;

export function tellCameIn(): void {
  if (!('BroadcastChannel' in window)) return;
  const channel = new BroadcastChannel(kChannel);
  channel.postMessage('in');
  channel.close();
}

// Calls `onIn` once the server lets this browser in; `isUrgent` asks it every few seconds besides. Until the returned
// function is called.
export function waitToComeIn(onIn: () => void, isUrgent: boolean): () => void {
  let isDone = false;
  const stop = new AbortController();
  const ask = () => {
    if (isDone || document.visibilityState !== 'visible') return;
    api.get('/api/v1/session', { signal: stop.signal }).then(
      () => {
        if (isDone) return;
        isDone = true;
        onIn();
      },
      () => undefined,
    );
  };
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(kChannel) : undefined;
  channel?.addEventListener('message', ask);
  window.addEventListener('focus', ask, stop);
  document.addEventListener('visibilitychange', ask, stop);
  const timer = isUrgent ? setInterval(ask, kAskEvery) : undefined;
  return () => {
    isDone = true;
    stop.abort();
    channel?.close();
    clearInterval(timer);
  };
}
