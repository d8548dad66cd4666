// What facets and their values are called for people.
import type { Facet } from '../../shared/api/types';
import { formatBytes, formatNumber, toDate } from '../../shared/format';

const names: Record<string, string> = {
  split: 'Split',
  label: 'Truth',
  label_state: 'Label state',
  prediction: 'Prediction',
  correct: 'Right or wrong',
  confidence: 'Confidence',
  margin: 'Margin',
  region_class: 'Region class',
  tag: 'Tag',
  excluded: 'Excluded',
  suspect: 'Suspected wrong label',
  duplicate: 'Duplicate',
  near_duplicate: 'Near duplicate',
  import: 'Import',
};

const values: Record<string, Record<string, string>> = {
  correct: { true: 'right', false: 'wrong' },
  excluded: { true: 'excluded', false: 'not excluded' },
  suspect: { true: 'suspected', false: 'not suspected' },
  duplicate: { true: 'has a duplicate', false: 'only one' },
  near_duplicate: { true: 'has a near duplicate', false: 'like no other' },
};

const missing: Record<string, string> = { label: 'no label', label_state: 'no label', prediction: 'no prediction', region_class: 'no region', correct: 'cannot be told' };

export function facetName(facet: Facet): string {
  const known = names[facet.key];
  if (known !== undefined) return known;
  return facet.key.startsWith('field:') ? facet.name : facet.name.charAt(0).toUpperCase() + facet.name.slice(1);
}

export function valueName(key: string, value: string): string {
  return values[key]?.[value] ?? (value === '' ? '(empty)' : value);
}

export function missingName(key: string): string {
  return missing[key] ?? 'no value';
}

export interface FacetGroup {
  name: string;
  facets: Facet[];
}

const kBuiltIn = Object.keys(names);

export function groupFacets(facets: readonly Facet[]): FacetGroup[] {
  const groupOf = (facet: Facet) => (facet.key.startsWith('field:') ? 'Fields' : kBuiltIn.includes(facet.key) ? 'Samples' : 'Quality');
  return ['Samples', 'Fields', 'Quality']
    .map((name) => ({ name, facets: facets.filter((facet) => groupOf(facet) === name) }))
    .filter((group) => group.facets.length > 0);
}

// Whether there is anything to choose in it.
export function isWorthShowing(facet: Facet): boolean {
  if (facet.kind === 'histogram') return (facet.all ?? []).some((count) => count > 0);
  if (['excluded', 'duplicate', 'near_duplicate'].includes(facet.key)) return (facet.values ?? []).some(({ value, all }) => value === 'true' && all > 0);
  if (facet.key === 'import') return (facet.values ?? []).length > 1;
  return (facet.values ?? []).length > 0 || (facet.missing_all ?? 0) > 0;
}

export function formatEdge(facet: { key: string }, fieldType: string | undefined, value: number): string {
  if (facet.key === 'bytes') return formatBytes(value);
  if (fieldType === 'time') return toDate(value).toLocaleDateString();
  return formatNumber(value);
}
