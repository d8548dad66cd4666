import { api } from '../api/client';
import type { Filter, Ordinal } from '../api/types';

// More would make a link that some proxies cut.
export const kMostInLink = 1000;

// A filter that names exactly these samples and fits into a link: by their ordinals, or as a set that the server keeps.
export async function chosenFilter(project: string, ordinals: readonly Ordinal[]): Promise<Filter> {
  const sorted = ordinals.toSorted((a, b) => a - b);
  if (sorted.length <= kMostInLink) return { ordinals: sorted };
  const kept = await api.post('/api/v1/projects/{project}/stored-sets', { path: { project }, body: { ordinals: sorted } });
  return { stored_set: kept.id };
}
