// The keys of classes: 1–9 for the first nine in the project's order, everything else by typing its name.
import type { ClassWithCount } from '../api/types';

export const kDigitKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

export function usableClasses(classes: readonly ClassWithCount[]): ClassWithCount[] {
  return classes.filter((one) => !one.retired);
}

export function classForKey(classes: readonly ClassWithCount[], key: string): ClassWithCount | undefined {
  const index = kDigitKeys.indexOf(key as (typeof kDigitKeys)[number]);
  return index < 0 ? undefined : usableClasses(classes)[index];
}

export function keyForClass(classes: readonly ClassWithCount[], id: number): string | undefined {
  return kDigitKeys[usableClasses(classes).findIndex((one) => one.id === id)];
}
