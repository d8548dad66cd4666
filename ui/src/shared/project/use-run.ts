import { useSearch } from '@tanstack/react-router';
import type { ModelRun } from '../api/types';
import { parseExploreSearch } from '../explore-link';
import { chooseRun } from './choose-run';
import { useProject } from './project-query';

// The model run whose predictions are shown on this page.
export function useRun(): ModelRun | undefined {
  const project = useProject();
  const search: Record<string, unknown> = useSearch({ strict: false });
  return chooseRun(project, parseExploreSearch(search).run);
}
