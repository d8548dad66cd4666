// Twenty colours for classes, kept apart for colour-blind eyes by alternating lightness as well as hue, and
// readable on both the light and the dark ground. After P. Tol, "Colour schemes" (SRON/EPS/TN/09-002, 2021), with
// the darkest ones lifted. A class keeps its colour for ever: the colour belongs to its id.
export type Rgb = readonly [red: number, green: number, blue: number];

export const palette: readonly string[] = [
  '#4477aa',
  '#ee8866',
  '#66ccee',
  '#d9c94a',
  '#228833',
  '#44bb99',
  '#aa3377',
  '#6a5acd',
  '#5b7fd8',
  '#a9d18e',
  '#ddaa33',
  '#99ddff',
  '#ffaabb',
  '#8a5a2b',
  '#d56fc9',
  '#994f88',
  '#c0392b',
  '#7f7f00',
  '#bdb08f',
  '#117f80',
];

export const noLabelColour = '#8c8f91';

export function toRgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function classColour(id: number | undefined): string {
  return id === undefined ? noLabelColour : (palette[id % palette.length] ?? noLabelColour);
}

// A ramp from little to much for numbers: dark blue over grey to light copper, even in lightness
// so that it also reads without hue.
const ramp: readonly Rgb[] = [
  [46, 62, 110],
  [74, 104, 146],
  [122, 140, 152],
  [186, 158, 128],
  [232, 178, 118],
  [252, 222, 156],
];

export function rampColour(share: number): Rgb {
  const position = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const from = ramp[Math.floor(position)] ?? [140, 143, 145];
  const to = ramp[Math.min(Math.floor(position) + 1, ramp.length - 1)] ?? from;
  const part = position - Math.floor(position);
  return [
    Math.round(from[0] + (to[0] - from[0]) * part),
    Math.round(from[1] + (to[1] - from[1]) * part),
    Math.round(from[2] + (to[2] - from[2]) * part),
  ];
}
