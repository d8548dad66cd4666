import { QueryObserver, type QueryClient } from '@tanstack/react-query';
import { facetsQuery } from '../explore/facets/facets-query';
import { firstLayout, parseLayout } from '../explore/layout';
import type { Project } from '../shared/api/types';
import { parseExploreSearch, parseSearch } from '../shared/explore-link';
import { jobsQuery } from '../shared/live/jobs-query';
import { thumbnailsOf, thumbnailSize } from '../shared/media/thumbnail-store';
import { preferencesQuery } from '../shared/preferences/preferences';
import { changesQuery, projectQuery } from '../shared/project/project-query';
import { projectsQuery } from '../shared/project/projects-query';
import { chooseRun } from '../shared/project/choose-run';
import { resultOrdinalsQuery, resultQuery, tilesQuery } from '../shared/results/results-query';
import { sessionQuery } from '../shared/session/session-query';
import { placeOf } from './screen-pages';

// About a screen of them.
const kPhotographs = 48;

interface FirstReads {
  // Never fails: who shows what could not be read reads it again and says why.
  done: Promise<void>;
  // Lets go of what is kept for the first screen only.
  release: () => void;
}

// Asks for what the first screen will show while its scripts are still on their way, so that it is drawn once, and whole.
export function readFirst(client: QueryClient, { pathname, search }: Pick<Location, 'pathname' | 'search'>): FirstReads {
  const held: (() => void)[] = [];
  const place = placeOf(pathname);
  const reads =
    place !== undefined
      ? [...readShell(client, place.project), readProject(client, place.project, place.screen === 'explore' ? search : undefined, held)]
      : pathname === '/'
        ? [client.prefetchQuery(projectsQuery(false)), client.prefetchQuery(sessionQuery)]
        : [];
  return {
    done: Promise.allSettled(reads).then(() => client.removeQueries({ predicate: ({ state }) => state.status === 'error' })),
    release: () => held.splice(0).forEach((letGo) => letGo()),
  };
}

function readShell(client: QueryClient, project: string): Promise<void>[] {
  return [
    client.prefetchQuery(projectsQuery(false)),
    client.prefetchQuery(sessionQuery),
    client.prefetchQuery(preferencesQuery),
    client.prefetchQuery(jobsQuery(project)),
    client.prefetchQuery(changesQuery(project, 1)),
  ];
}

// `search` is that of Explore, when it is Explore that will be shown.
async function readProject(client: QueryClient, id: string, search: string | undefined, held: (() => void)[]): Promise<void> {
  const project = await client.fetchQuery({ ...projectQuery(id), retry: false });
  if (search !== undefined && project.card.samples > 0) await readExplore(client, project, search, held);
}

async function readExplore(client: QueryClient, project: Project, search: string, held: (() => void)[]): Promise<void> {
  const { filter, sort, run: wanted } = parseExploreSearch(parseSearch(search));
  const id = project.card.id;
  const run = chooseRun(project, wanted)?.id;
  const facets = client.prefetchQuery(facetsQuery(id, filter, run, {}));
  const question = resultQuery(id, { ...(filter === undefined ? {} : { filter }), ...(sort === undefined ? {} : { sort }), ...(run === undefined ? {} : { run }) });
  // A result is forgotten as soon as nobody watches it.
  held.push(new QueryObserver(client, { ...question, enabled: false }).subscribe(() => undefined));
  const result = await client.fetchQuery({ ...question, retry: false });
  if (result.count === 0) return;
  const ordinals = client.prefetchQuery(resultOrdinalsQuery(id, result.id));
  const tiles = tilesQuery(id, result.id, 0, run);
  await client.prefetchQuery(tiles);
  const photographs = client.getQueryData(tiles.queryKey)?.ordinal.subarray(0, kPhotographs) ?? [];
  const side = parseLayout(client.getQueryData(preferencesQuery.queryKey)?.['explore.layout'])?.side ?? firstLayout.side;
  for (const ordinal of photographs) held.push(thumbnailsOf(id).want(ordinal, thumbnailSize(side), () => undefined));
  await Promise.all([facets, ordinals]);
}
