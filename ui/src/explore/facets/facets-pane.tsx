import { Skeleton, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Facet, Project } from '../../shared/api/types';
import { useExploreState } from '../../shared/explore-state';
import { readFacet, writeFacet, type FacetSelection, type FilterContext } from '../../shared/filter/facet-selection';
import { usePreference } from '../../shared/preferences/preferences';
import { ProblemPage } from '../../shared/ui/problem-page';
import { facetName, groupFacets, isWorthShowing } from './facet-names';
import { FacetSection } from './facet-section';
import { facetsQuery } from './facets-query';
import { HistogramFacet } from './histogram-facet';
import { ValueFacet } from './value-facet';
import styles from './facets.module.css';

const kOpenAtFirst = ['split', 'label', 'region_class', 'correct', 'confidence', 'suspect'];

function parseOpen(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((key) => typeof key === 'string') ? value : undefined;
}

function filled(search: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(search).filter(([, text]) => text !== ''));
}

// Every property of the samples with its values: how many match now, how many there are, and a click to filter.
export function FacetsPane({ project, run }: { project: Project; run: string | undefined }) {
  const { search: url, setFilter } = useExploreState();
  const [search, setSearch] = useState<Record<string, string>>({});
  const [settled] = useDebouncedValue(search, 200);
  const asked = useMemo(() => filled(settled), [settled]);
  const [open, setOpen] = usePreference('explore.facets', kOpenAtFirst, parseOpen);
  const { data, error, isPlaceholderData, refetch } = useQuery(facetsQuery(project.card.id, url.filter, run, asked));
  const context: FilterContext = useMemo(
    () => ({ run: run ?? 'probe', fieldTypes: Object.fromEntries(project.fields.map((field) => [field.name, field.type])) }),
    [run, project.fields],
  );

  if (data === undefined) return error === null ? <Waiting /> : <ProblemPage error={error} onRetry={() => void refetch()} />;
  const change = (facet: Facet, selection: FacetSelection) => setFilter(writeFacet(url.filter, facet.key, selection, context));
  const shown = data.facets.filter((facet) => isWorthShowing(facet) || search[facet.key] !== undefined);
  return (
    <div className={styles['pane']} data-pending={isPlaceholderData || undefined}>
      {groupFacets(shown).map((group) => (
        <section key={group.name} aria-label={`${group.name} facets`}>
          <h2 className={styles['group']}>{group.name}</h2>
          {group.facets.map((facet) => {
            const selection = readFacet(url.filter, facet.key);
            return (
              <FacetSection
                key={facet.key}
                name={facetName(facet)}
                distinct={facet.kind === 'values' ? (facet.distinct ?? facet.values?.length) : undefined}
                open={open.includes(facet.key)}
                onToggle={() => setOpen(open.includes(facet.key) ? open.filter((key) => key !== facet.key) : [...open, facet.key])}
                selection={selection}
                onClear={() => change(facet, { include: [], exclude: [] })}
              >
                {facet.kind === 'histogram' ? (
                  <HistogramFacet
                    facet={facet}
                    fieldType={context.fieldTypes[facet.name]}
                    selection={selection}
                    onChange={(next) => change(facet, next)}
                  />
                ) : (
                  <ValueFacet
                    facet={facet}
                    classes={project.classes}
                    selection={selection}
                    search={search[facet.key] ?? ''}
                    onSearch={(text) => setSearch((before) => ({ ...before, [facet.key]: text }))}
                    onChange={(next) => change(facet, next)}
                  />
                )}
              </FacetSection>
            );
          })}
        </section>
      ))}
    </div>
  );
}

function Waiting() {
  return (
    <Stack gap="xs" p="sm" aria-label="Counting">
      {[90, 70, 80, 60, 75, 50, 65].map((width) => (
        <Skeleton key={width} height={14} width={`${String(width)}%`} />
      ))}
    </Stack>
  );
}
