import { classColour, noLabelColour, rampColour, toRgb, type Rgb } from '../../shared/theme/palette';
import type { SampleValues } from './map-query';

const meanings: Record<string, string> = { right: '#1f9e95', wrong: '#e2572f', included: '#5b7fd8', excluded: '#8c8f91' };
const kNone = 65535;

// Right and wrong have their own colours; everything else takes the palette by its place in the list, which for
// classes is their id.
export function categoryColour(name: string, index: number): string {
  return meanings[name] ?? classColour(index);
}

export interface Painting {
  // Of each point of the map.
  colours: Uint8Array;
  legend: { name: string; colour: string }[] | { low: number; high: number };
}

const kMostSorted = 50_000;

// The spread that colours stretch over, without the outermost hundredths that would take all of it. Of very many numbers
// some tell it.
export function spread(numbers: Float32Array): { low: number; high: number } {
  const step = Math.ceil(numbers.length / kMostSorted);
  const sorted = numbers.filter((value, index) => index % step === 0 && !Number.isNaN(value)).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at(0.01), high: at(0.99) };
}

// The more opaque a point, the further up it lies: what has a value over what has none, over what the filter leaves out.
const kAlpha = 220;
const kAlphaOfNone = 180;
const kFaded = 30;
const kRampSteps = 256;

// Four bytes in the order in which they lie in memory (all browsers run on little-endian machines).
const packed = ([red, green, blue]: Rgb, alpha: number) => ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// The colour of the index-th value.
function inkOf(values: SampleValues, none: number, range: { low: number; high: number }): (index: number) => number {
  if (values.kind === 'categories') {
    const inks = Uint32Array.from(values.names, (name, index) => packed(toRgb(categoryColour(name, index)), kAlpha));
    return (index) => inks[values.code[index] ?? kNone] ?? none;
  }
  const inks = Uint32Array.from({ length: kRampSteps }, (_, step) => packed(rampColour(step / (kRampSteps - 1)), kAlpha));
  const perUnit = (kRampSteps - 1) / (range.high - range.low || 1);
  return (index) => {
    const value = values.number[index] ?? Number.NaN;
    return Number.isNaN(value) ? none : (inks[Math.round(Math.min(Math.max((value - range.low) * perUnit, 0), kRampSteps - 1))] ?? none);
  };
}

// Where in the values each ordinal stands, -1 where it does not.
function placesOf(ordinals: Uint32Array): Int32Array {
  const places = new Int32Array((ordinals.at(-1) ?? -1) + 1).fill(-1);
  for (let index = 0; index < ordinals.length; index += 1) places[ordinals[index] ?? 0] = index;
  return places;
}

// Colours every point by its value; points outside of the filter fade into grey.
export function paint(points: Uint32Array, values: SampleValues | undefined, matching: Uint8Array | undefined): Painting {
  const none = packed(toRgb(noLabelColour), kAlphaOfNone);
  const faded = packed(toRgb(noLabelColour), kFaded);
  const range = values?.kind === 'numbers' ? spread(values.number) : { low: 0, high: 1 };
  const places = placesOf(values?.ordinal ?? new Uint32Array());
  const ink = values === undefined ? () => none : inkOf(values, none, range);
  const inks = new Uint32Array(points.length);
  for (let index = 0; index < points.length; index += 1) {
    const ordinal = points[index] ?? 0;
    const place = places[ordinal] ?? -1;
    inks[index] = matching !== undefined && matching[ordinal] !== 1 ? faded : place < 0 ? none : ink(place);
  }
  const legend =
    values === undefined || values.kind === 'numbers'
      ? range
      : values.names.map((name, index) => ({ name, colour: categoryColour(name, index) }));
  return { colours: new Uint8Array(inks.buffer), legend };
}

// One byte per ordinal: whether it is in the list.
export function membership(ordinals: Iterable<number> | undefined, size: number): Uint8Array | undefined {
  if (ordinals === undefined) return undefined;
  const members = new Uint8Array(size);
  for (const ordinal of ordinals) members[ordinal] = 1;
  return members;
}
