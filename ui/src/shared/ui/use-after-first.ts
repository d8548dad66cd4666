import { useEffect, useState } from 'react';

const kAtLatest = 1500;
const kWithoutIdle = 300;

// True once what matters first is `there`, the browser has drawn it and has nothing urgent to do.
export function useAfterFirst(there: boolean): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!there) return;
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(() => setDue(true), kWithoutIdle);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(() => setDue(true), { timeout: kAtLatest });
    return () => cancelIdleCallback(idle);
  }, [there]);
  return due;
}
