import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Filter } from './api/types';
import { clausesOf } from './filter/clauses';
import { parseExploreSearch, type ExploreSearch } from './explore-link';

// What the URL says of Explore, and the way to change it. A changed filter or sort is a step that Back takes back;
// pass `replace` for what is not.
export function useExploreState() {
  const raw: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = useMemo(() => parseExploreSearch(raw), [raw]);
  const update = useCallback(
    (patch: ExploreSearch, { replace = false } = {}) =>
      void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, ...patch }), replace }),
    [navigate],
  );
  const setFilter = useCallback(
    (filter: Filter | undefined) => {
      // An order by similarity goes with what it is similar to.
      const ordersByNothing = search.sort?.by === 'similarity' && !clausesOf(filter).some((clause) => 'similar' in clause);
      update(ordersByNothing ? { filter, sort: undefined } : { filter });
    },
    [update, search.sort],
  );
  return { search, update, setFilter };
}
