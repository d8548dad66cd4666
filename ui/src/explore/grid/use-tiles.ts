import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { ApiError } from '../../shared/api/client';
import type { ClassWithCount, LabelState, Ordinal, Split } from '../../shared/api/types';
import { frozenKey, liveKey } from '../../shared/live/keys';
import { kNoClass, kTilesPerPage, splitNames, tilesQuery, type TilePage } from '../../shared/results/results-query';
import { makeOverlay, type Overlay } from '../../shared/saving/overlay';
import { useSavingState } from '../../shared/saving/saving';

// What a tile shows, with the edits that are still on their way.
export interface TileValues {
  ordinal: Ordinal;
  truth: number | undefined;
  state: LabelState;
  split: Split;
  excluded: boolean;
  predicted: number | undefined;
  confidence: number;
  // Edited after the result was made.
  changed: boolean;
  asOf: number;
}

const states: readonly LabelState[] = ['draft', 'set', 'confirmed', 'rejected'];

function classOf(code: number | undefined): number | undefined {
  return code === undefined || code === kNoClass ? undefined : code;
}

function readTile(page: TilePage, at: number, resultAsOf: number): TileValues | undefined {
  const ordinal = page.ordinal[at];
  if (ordinal === undefined) return undefined;
  return {
    ordinal,
    truth: classOf(page.truth[at]),
    state: states[page.state[at] ?? 1] ?? 'set',
    split: splitNames[page.split[at] ?? 3] ?? 'pool',
    excluded: page.excluded[at] === 1,
    predicted: classOf(page.predicted[at]),
    confidence: page.confidence[at] ?? Number.NaN,
    changed: (page.revision[at] ?? 0) > resultAsOf,
    asOf: page.asOf,
  };
}

export function layOver(tile: TileValues, overlay: Overlay, classes: readonly ClassWithCount[]): TileValues {
  const patch = overlay.patchFor(tile.ordinal, tile.asOf);
  if (patch === undefined) return tile;
  const named = patch.class === undefined ? tile.truth : classes.find((one) => one.name === patch.class)?.id;
  return {
    ...tile,
    truth: patch.class === null ? undefined : named,
    state: patch.state ?? tile.state,
    split: patch.split ?? tile.split,
    excluded: patch.excluded ?? tile.excluded,
    changed: true,
  };
}

interface Wanted {
  project: string;
  // Filter and sort, as one text.
  question: string;
  result: { id: string; as_of: number; count: number } | undefined;
  // The result still is that of the question before.
  isPending: boolean;
  run: string | undefined;
  classes: readonly ClassWithCount[];
  // The indexes on the screen.
  first: number;
  last: number;
}

const kEarlierKept = 4;

// The result and those before it that answered the same question, newest first.
function useResultsOf(question: string, result: string, isPending: boolean): readonly string[] {
  const [known, setKnown] = useState({ question: isPending ? undefined : question, results: [result] });
  if (isPending) return known.results;
  const isNew = known.question !== question || known.results[0] !== result;
  if (!isNew) return known.results;
  const earlier = known.question === question ? known.results.filter((one) => one !== result) : [];
  const next = { question, results: [result, ...earlier].slice(0, kEarlierKept) };
  setKnown(next);
  return next.results;
}

// The tiles on the screen, page by page.
export function useTiles({ project, question, result, isPending, run, classes, first, last }: Wanted) {
  const client = useQueryClient();
  const saving = useSavingState();
  const firstPage = Math.floor(Math.max(first, 0) / kTilesPerPage);
  const lastPage = Math.floor(Math.max(Math.min(last, (result?.count ?? 1) - 1), 0) / kTilesPerPage);
  const pages = Array.from({ length: lastPage - firstPage + 1 }, (_, index) => firstPage + index);
  const resultId = result?.id ?? '';
  const results = useResultsOf(question, resultId, isPending);
  // The page as another model run or the result before showed it: it stays, in sight and under the keys, while this one
  // comes, or cannot come.
  const lastRead = (page: number) =>
    results
      .map((id) => client.getQueriesData<TilePage>({ queryKey: liveKey(project, 'tiles', id, page) }).findLast(([, data]) => data !== undefined)?.[1])
      .find((data) => data !== undefined);
  const { loaded, error } = useQueries({
    queries: pages.map((page) => ({ ...tilesQuery(project, resultId, page, run), enabled: result !== undefined && result.count > 0 })),
    combine: (queries) => ({
      loaded: queries.map((query, index) => query.data ?? lastRead(pages[index] ?? 0)),
      error: queries.find((query) => query.error !== null)?.error ?? null,
    }),
  });
  // The server keeps a result for a while only; then the question is asked again.
  const isForgotten = error instanceof ApiError && error.status === 404;
  useEffect(() => {
    if (isForgotten) void client.invalidateQueries({ queryKey: frozenKey(project, 'result') });
  }, [isForgotten, client, project]);

  const overlay = useMemo(() => makeOverlay(saving, project, result?.id), [saving, project, result?.id]);
  const resultAsOf = result?.as_of ?? 0;
  const tileAt = useCallback(
    (index: number): TileValues | undefined => {
      const page = loaded[Math.floor(index / kTilesPerPage) - firstPage];
      const tile = page === undefined ? undefined : readTile(page, index - page.offset, resultAsOf);
      return tile === undefined ? undefined : layOver(tile, overlay, classes);
    },
    [loaded, firstPage, overlay, classes, resultAsOf],
  );
  const known = loaded.filter((page) => page !== undefined);
  const asOf = known.length === 0 ? resultAsOf : Math.min(...known.map((page) => page.asOf));
  return { tileAt, asOf, error: isForgotten || known.length > 0 ? null : error };
}
