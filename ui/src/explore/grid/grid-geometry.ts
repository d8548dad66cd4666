import { kSmallPicture } from '../../shared/media/fit';

export interface GridShape {
  columns: number;
  // Of a tile's picture, and between tiles.
  side: number;
  height: number;
  gap: number;
}

interface Picture {
  width: number;
  height: number;
}

const kLeastGap = 6;
const kMostGap = 28;
const kLowest = 0.6;
const kHighest = 1.4;

// Tiles have the shape of the project's first picture, so that most reach the edge of their tile. Photographs grow
// until the columns fill the width. Small pictures take the nearest whole multiple of their own size and stay
// unsmoothed; the gaps take what is left.
export function shapeGrid(width: number, wanted: number, picture: Picture | undefined, deviceRatio = 1): GridShape {
  const isSmall = picture !== undefined && Math.max(picture.width, picture.height) <= kSmallPicture;
  const aspect = picture === undefined ? 1 : Math.min(kHighest, Math.max(kLowest, picture.height / picture.width));
  if (!isSmall) {
    const columns = Math.max(1, Math.floor((width + kLeastGap) / (wanted + kLeastGap)));
    const side = Math.max(wanted, Math.floor((width + kLeastGap) / columns) - kLeastGap);
    return { columns, side, height: Math.round(side * aspect), gap: kLeastGap };
  }
  const factor = Math.max(1, Math.round((wanted * deviceRatio) / picture.width)) / deviceRatio;
  const side = factor * picture.width;
  const columns = Math.max(1, Math.floor((width + kLeastGap) / (side + kLeastGap)));
  const left = columns === 1 ? kLeastGap : Math.floor((width - columns * side) / (columns - 1));
  return { columns, side, height: side * aspect, gap: Math.min(kMostGap, Math.max(kLeastGap, left)) };
}

// Where a key leads from the active tile, or nothing if the key does not move.
export function moveBy(key: string, active: number, count: number, columns: number, perPage: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -perPage,
    PageDown: perPage,
  };
  if (count === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return undefined;
  const next = active + step;
  // One row further than there is stays put, except that the last, shorter row can be reached.
  if (next < 0) return key === 'ArrowUp' ? active : 0;
  if (next >= count) return key === 'ArrowDown' && Math.floor(active / columns) === Math.floor((count - 1) / columns) ? active : count - 1;
  return next;
}
