// Small photographs, made up and different from one another, written without any library.
import { crc32, deflateSync } from 'node:zlib';

const kSide = 32;
const kSignature = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(kind: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

// A small generator with a written state, so that every run makes the same (Numerical Recipes' constants).
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const seedOf = (text: string) => crc32(Buffer.from(text));

// One channel of a disc, a square or a bar, somewhere on a dark ground.
export function shape(kind: string, seed: number): Uint8Array {
  const next = numbers(seedOf(`${kind} ${String(seed)}`));
  const ground = 20 + next() * 60;
  const ink = 160 + next() * 90;
  const radius = 6 + next() * 4;
  const [left, top] = [radius + next() * (kSide - 2 * radius), radius + next() * (kSide - 2 * radius)];
  const inside: Record<string, (dx: number, dy: number) => boolean> = {
    disc: (dx, dy) => Math.hypot(dx, dy) <= radius,
    square: (dx, dy) => Math.max(dx, dy) <= radius * 0.85,
    bar: (dx) => dx <= radius * 0.3,
  };
  const covers = inside[kind] ?? inside['disc'];
  const pixels = new Uint8Array(kSide * kSide);
  for (let y = 0; y < kSide; y += 1) {
    for (let x = 0; x < kSide; x += 1) {
      const lit = covers?.(Math.abs(x - left), Math.abs(y - top)) === true;
      pixels[y * kSide + x] = Math.round((lit ? ink : ground) + next() * 6);
    }
  }
  return pixels;
}

export function png(kind: string, seed: number): Buffer {
  const pixels = shape(kind, seed);
  const rows = Buffer.alloc(kSide * (kSide + 1));
  for (let y = 0; y < kSide; y += 1) rows.set(pixels.subarray(y * kSide, (y + 1) * kSide), y * (kSide + 1) + 1);
  const header = Buffer.from([0, 0, 0, kSide, 0, 0, 0, kSide, 8, 0, 0, 0, 0]);
  return Buffer.concat([kSignature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

// An IDX file of bytes (as MNIST comes): big-endian header, then the bytes.
export function idx(sizes: readonly number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, at) => header.writeUInt32BE(size, 4 + 4 * at));
  return Buffer.concat([header, bytes]);
}

export const idxPictures = (kinds: readonly string[]) => idx([kinds.length, kSide, kSide], Buffer.concat(kinds.map((kind, seed) => shape(kind, seed))));
