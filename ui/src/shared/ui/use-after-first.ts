import { useEffect, useState } from 'react';

const kAtLatest = 1500;
const kWithoutIdle = 300;

// True once the browser has drawn what matters first and has nothing urgent to do.
export function useAfterFirst(): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(() => setDue(true), kWithoutIdle);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(() => setDue(true), { timeout: kAtLatest });
    return () => cancelIdleCallback(idle);
  }, []);
  return due;
}
