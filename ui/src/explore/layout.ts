// The panes of Explore as a person left them.
export interface Layout {
  facets: number;
  map: number;
  showsFacets: boolean;
  showsMap: boolean;
  side: number;
}

export const firstLayout: Layout = { facets: 248, map: 420, showsFacets: true, showsMap: true, side: 116 };

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
  return { facets: size('facets'), map: size('map'), side: size('side'), showsFacets: shown('showsFacets'), showsMap: shown('showsMap') };
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
