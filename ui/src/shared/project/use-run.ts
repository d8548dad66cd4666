import { useSearch } from '@tanstack/react-router';
import type { ModelRun, Project } from '../api/types';
import { parseExploreSearch } from '../explore-link';
import { useProject } from './project-query';

// The run that a link names, else the probe, else the newest.
export function chooseRun(project: Project, wanted: string | undefined): ModelRun | undefined {
  return (
    project.runs.find((run) => run.id === wanted) ??
    project.runs.find((run) => run.id === 'probe') ??
    project.runs.toSorted((a, b) => b.created_at - a.created_at)[0]
  );
}

// The model run whose predictions are shown on this page.
export function useRun(): ModelRun | undefined {
  const project = useProject();
  const search: Record<string, unknown> = useSearch({ strict: false });
  return chooseRun(project, parseExploreSearch(search).run);
}
