export type Pane = 'facets' | 'grid' | 'map';

// The panes of Explore as a person left them.
export interface Layout {
  // From left to right, with those that are folded away.
  order: readonly Pane[];
  facets: number;
  map: number;
  showsFacets: boolean;
  showsMap: boolean;
  side: number;
}

const firstOrder: readonly Pane[] = ['facets', 'grid', 'map'];

export const firstLayout: Layout = { order: firstOrder, facets: 248, map: 420, showsFacets: true, showsMap: true, side: 116 };

export const limits = {
  facets: { least: 180, most: 480 },
  map: { least: 240, most: 1000 },
  side: { least: 56, most: 320 },
} as const;

export function parseLayout(value: unknown): Layout | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const size = (key: keyof typeof limits) => {
    const number = given[key];
    return typeof number === 'number' && number >= limits[key].least && number <= limits[key].most ? number : firstLayout[key];
  };
  const shown = (key: 'showsFacets' | 'showsMap') => (typeof given[key] === 'boolean' ? given[key] : firstLayout[key]);
  return { order: parseOrder(given['order']), facets: size('facets'), map: size('map'), side: size('side'), showsFacets: shown('showsFacets'), showsMap: shown('showsMap') };
}

function parseOrder(value: unknown): readonly Pane[] {
  if (!Array.isArray(value) || value.length !== firstOrder.length) return firstOrder;
  return firstOrder.every((pane) => value.includes(pane)) ? (value as Pane[]) : firstOrder;
}

// Puts the panes that are shown into this order; those that are folded away keep their places.
function arrange(order: readonly Pane[], shown: readonly Pane[]): Pane[] {
  const next = [...shown];
  return order.map((pane) => (shown.includes(pane) ? (next.shift() ?? pane) : pane));
}

// Moves a pane by one place among those that are shown, from one end round to the other.
export function movePane(order: readonly Pane[], isShown: (pane: Pane) => boolean, pane: Pane, by: 1 | -1): Pane[] {
  const shown = order.filter(isShown);
  const at = shown.indexOf(pane);
  if (at < 0) return [...order];
  const rest = shown.filter((other) => other !== pane);
  rest.splice((at + by + shown.length) % shown.length, 0, pane);
  return arrange(order, rest);
}

export function swapPanes(order: readonly Pane[], one: Pane, other: Pane): Pane[] {
  return order.map((pane) => (pane === one ? other : pane === other ? one : pane));
}

// A link may say which panes are open, such as "facets,map" or "none".
export function withPanes(layout: Layout, panes: string | undefined): Layout {
  if (panes === undefined) return layout;
  const open = panes.split(',');
  return { ...layout, showsFacets: open.includes('facets'), showsMap: open.includes('map') };
}

export function panesOf({ showsFacets, showsMap }: Layout): string {
  const open = [...(showsFacets ? ['facets'] : []), ...(showsMap ? ['map'] : [])];
  return open.length === 0 ? 'none' : open.join(',');
}
