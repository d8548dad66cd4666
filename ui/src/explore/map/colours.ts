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

// The spread that colours stretch over, without the outermost hundredths that would take all of it.
export function spread(numbers: Float32Array): { low: number; high: number } {
  const sorted = numbers.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at(0.01), high: at(0.99) };
}

const kAlpha = 220;
const kFaded = 30;

// Colours every point by its value; points outside of the filter fade into grey.
export function paint(points: Uint32Array, values: SampleValues | undefined, matching: Uint8Array | undefined): Painting {
  const colours = new Uint8Array(points.length * 4);
  const none = toRgb(noLabelColour);
  const last = values === undefined ? 0 : (values.ordinal.at(-1) ?? 0);
  const place = new Int32Array(last + 1).fill(-1);
  values?.ordinal.forEach((ordinal, index) => {
    place[ordinal] = index;
  });
  const categories = values?.kind === 'categories' ? values.names.map((name, index) => toRgb(categoryColour(name, index))) : [];
  const range = values?.kind === 'numbers' ? spread(values.number) : { low: 0, high: 1 };

  const colourOf = (ordinal: number): Rgb => {
    const index = place[ordinal] ?? -1;
    if (values === undefined || index < 0) return none;
    if (values.kind === 'categories') {
      const code = values.code[index] ?? kNone;
      return code === kNone ? none : (categories[code] ?? none);
    }
    const value = values.number[index] ?? Number.NaN;
    return Number.isNaN(value) ? none : rampColour((value - range.low) / (range.high - range.low || 1));
  };
  for (let index = 0; index < points.length; index += 1) {
    const ordinal = points[index] ?? 0;
    const stands = matching === undefined || matching[ordinal] === 1;
    const [red, green, blue] = stands ? colourOf(ordinal) : none;
    colours[index * 4] = red;
    colours[index * 4 + 1] = green;
    colours[index * 4 + 2] = blue;
    colours[index * 4 + 3] = stands ? kAlpha : kFaded;
  }
  const legend =
    values === undefined || values.kind === 'numbers'
      ? range
      : values.names.map((name, index) => ({ name, colour: categoryColour(name, index) }));
  return { colours, legend };
}

// One byte per ordinal: whether it is in the list.
export function membership(ordinals: Iterable<number> | undefined, size: number): Uint8Array | undefined {
  if (ordinals === undefined) return undefined;
  const members = new Uint8Array(size);
  for (const ordinal of ordinals) members[ordinal] = 1;
  return members;
}
