// Filters behind the numbers of the Model screen: each opens exactly the samples that were counted.
import type { Filter } from '../shared/api/types';

const test: Filter = { split: ['test'] };

// Both have a truth label and a prediction at or above the threshold.
function predicted(run: string, threshold: number, classes?: string[]): Filter {
  return {
    prediction: {
      run,
      ...(classes === undefined ? {} : { class: classes }),
      ...(threshold > 0 ? { confidence: [threshold, 1] } : {}),
    },
  } as Filter;
}

export function cellFilter(run: string, threshold: number, truth: string, prediction: string): Filter {
  return { all: [test, { label: { class: [truth] } }, predicted(run, threshold, [prediction])] };
}

export function rowFilter(truth: string): Filter {
  return { all: [test, { label: { class: [truth] } }] };
}

export function columnFilter(run: string, threshold: number, prediction: string): Filter {
  return { all: [test, predicted(run, threshold, [prediction])] };
}

// Truth of this class that got no prediction, or one below the threshold.
export function unpredictedFilter(run: string, threshold: number, truth: string): Filter {
  const missing: Filter = { prediction: { run, missing: true } };
  const given: Filter = { not: predicted(run, threshold) };
  return { all: [test, { label: { class: [truth] } }, threshold > 0 ? given : missing] };
}

export function binFilter(run: string, low: number, high: number): Filter {
  return { all: [test, { prediction: { run, confidence: [low, high] } }] };
}
