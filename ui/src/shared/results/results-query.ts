import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Filter, Ordinal, Sort } from '../api/types';
import { headOf } from '../live/head';
import { frozenKey, liveKey } from '../live/keys';

const kTilesSoon = 300;
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export interface ResultQuestion {
  filter?: Filter;
  sort?: Sort;
  run?: string;
}

// The samples that match, in their order, as they were when the person asked: nothing moves under the hand until they
// ask again (see `refreshResults`). Not kept once left, so that coming back asks anew. Its first photographs' values come
// along if they come soon, so that count and photographs change together.
export const resultQuery = (project: string, { filter, sort, run }: ResultQuestion) =>
  queryOptions({
    queryKey: frozenKey(project, 'result', filter ?? null, sort ?? null, run ?? null),
    queryFn: async ({ signal, client }) => {
      const result = await api.post('/api/v1/projects/{project}/results', {
        path: { project },
        body: {
          ...(filter === undefined ? {} : { filter }),
          ...(sort === undefined ? {} : { sort }),
          ...(run === undefined ? {} : { run }),
          at_least: headOf(project),
        },
        signal,
      });
      if (result.count > 0) await Promise.race([client.prefetchQuery(tilesQuery(project, result.id, 0, run)), wait(kTilesSoon)]);
      return result;
    },
    staleTime: Infinity,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });

// All ordinals of a result, in its order.
export const resultOrdinalsQuery = (project: string, result: string | undefined) =>
  queryOptions({
    queryKey: frozenKey(project, 'ordinals', result),
    queryFn: async ({ signal }) => {
      const frame = await api.frame('/api/v1/projects/{project}/results/{result}/ordinals', {
        path: { project, result: result ?? '' },
        signal,
      });
      return frame.u32('ordinal');
    },
    enabled: result !== undefined,
    staleTime: Infinity,
    gcTime: 10_000,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });

// How many samples of the project changed after a result was made.
export const changedSinceQuery = (project: string, asOf: number, head: number) =>
  queryOptions({
    queryKey: frozenKey(project, 'changed-since', asOf, head),
    queryFn: async ({ signal }) => {
      const answer = await api.post('/api/v1/projects/{project}/results', {
        path: { project },
        body: {
          // Those that are excluded count too: that may be what changed.
          filter: { all: [{ changed: { after: asOf, upto: head } }, { any: [{ excluded: true }, { excluded: false }] }] },
          at_least: head,
        },
        signal,
      });
      return answer.count;
    },
    enabled: head > asOf,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });

export const kTilesPerPage = 500;
export const kNoClass = 65535;
export const splitNames = ['train', 'validation', 'test', 'pool'] as const;

// A piece of a result with the samples' present values, column by column.
export interface TilePage {
  asOf: number;
  offset: number;
  ordinal: Uint32Array;
  truth: Uint16Array;
  state: Uint8Array;
  split: Uint8Array;
  excluded: Uint8Array;
  predicted: Uint16Array;
  confidence: Float32Array;
  revision: Uint32Array;
}

export const tilesQuery = (project: string, result: string, page: number, run: string | undefined) =>
  queryOptions({
    queryKey: liveKey(project, 'tiles', result, page, run ?? null),
    queryFn: async ({ signal }): Promise<TilePage> => {
      const frame = await api.frame('/api/v1/projects/{project}/results/{result}/tiles', {
        path: { project, result },
        query: {
          offset: page * kTilesPerPage,
          count: kTilesPerPage,
          ...(run === undefined ? {} : { run }),
          at_least: headOf(project),
        },
        signal,
      });
      return {
        asOf: frame.number('as_of'),
        offset: frame.number('offset'),
        ordinal: frame.u32('ordinal'),
        truth: frame.u16('truth'),
        state: frame.u8('state'),
        split: frame.u8('split'),
        excluded: frame.u8('excluded'),
        predicted: frame.u16('predicted'),
        confidence: frame.f32('confidence'),
        revision: frame.u32('revision'),
      };
    },
    staleTime: Infinity,
    structuralSharing: false,
  });

export const sampleQuery = (project: string, ordinal: Ordinal) =>
  queryOptions({
    queryKey: liveKey(project, 'sample', ordinal),
    queryFn: ({ signal }) =>
      api.get('/api/v1/projects/{project}/samples/{ordinal}', {
        path: { project, ordinal },
        query: { at_least: headOf(project) },
        signal,
      }),
  });
