import { lazy, useState, type ComponentType } from 'react';

export interface LazyScreen {
  (): React.ReactNode;
  load: () => Promise<unknown>;
}

// A screen whose script comes later. Once `load` has ended it is drawn at once, without a moment of waiting in between.
export function lazyScreen(read: () => Promise<{ default: ComponentType }>): LazyScreen {
  let ready: ComponentType | undefined;
  const load = async () => {
    const page = await read();
    ready = page.default;
    return page;
  };
  const Later = lazy(load);
  function Screen() {
    // The same one for as long as it is there: another would begin anew.
    const [Shown] = useState<ComponentType>(() => ready ?? Later);
    return <Shown />;
  }
  return Object.assign(Screen, { load });
}
