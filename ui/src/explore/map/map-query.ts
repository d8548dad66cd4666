import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../shared/api/client';
import { headOf } from '../../shared/live/head';
import { frozenKey, liveKey } from '../../shared/live/keys';

export interface MapPoints {
  generation: number;
  ready: boolean;
  ordinal: Uint32Array;
  x: Float32Array;
  y: Float32Array;
}

// The map does not move under an edit: it is read again only when the server has made a new one.
export const mapQuery = (project: string) =>
  queryOptions({
    queryKey: frozenKey(project, 'map'),
    queryFn: async ({ signal }): Promise<MapPoints> => {
      const frame = await api.frame('/api/v1/projects/{project}/map', { path: { project }, signal });
      return {
        generation: frame.number('generation'),
        ready: frame.header['ready'] === true,
        ordinal: frame.u32('ordinal'),
        x: frame.f32('x'),
        y: frame.f32('y'),
      };
    },
    staleTime: Infinity,
    structuralSharing: false,
  });

export type SampleValues =
  | { kind: 'categories'; names: string[]; ordinal: Uint32Array; code: Uint16Array }
  | { kind: 'numbers'; low: number; high: number; ordinal: Uint32Array; number: Float32Array };

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

export const valuesQuery = (project: string, by: string, run: string | undefined) =>
  queryOptions({
    queryKey: liveKey(project, 'values', by, run ?? null),
    queryFn: async ({ signal }): Promise<SampleValues> => {
      const frame = await api.frame('/api/v1/projects/{project}/values', {
        path: { project },
        query: { by, ...(run === undefined ? {} : { run }), at_least: headOf(project) },
        signal,
      });
      const ordinal = frame.u32('ordinal');
      if (frame.header['kind'] === 'numbers') {
        return {
          kind: 'numbers',
          low: numberOr(frame.header['low'], 0),
          high: numberOr(frame.header['high'], 1),
          ordinal,
          number: frame.f32('number'),
        };
      }
      const names = Array.isArray(frame.header['names']) ? frame.header['names'].map(String) : [];
      return { kind: 'categories', names, ordinal, code: frame.u16('code') };
    },
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });
