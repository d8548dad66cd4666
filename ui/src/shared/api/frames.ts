// Reads application/vnd.burnish.arrays: a little-endian u32 with the length of the JSON header, the header,
// zeros up to a multiple of 8, then the arrays, each starting at a multiple of 8. The arrays are views of the
// buffer, not copies.

export type FrameArray = Uint8Array | Uint16Array | Uint32Array | Float32Array;

export interface Frame {
  header: Record<string, unknown>;
  u8(name: string): Uint8Array;
  u16(name: string): Uint16Array;
  u32(name: string): Uint32Array;
  f32(name: string): Float32Array;
  has(name: string): boolean;
  number(name: string): number;
}

export class FrameError extends Error {
  constructor(reason: string) {
    super(`The server's answer could not be read: ${reason}`);
    this.name = 'FrameError';
  }
}

function describe(value: unknown) {
  if (typeof value !== 'object' || value === null) throw new FrameError('an array has no description');
  const { name, type, count, offset } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof type !== 'string') throw new FrameError('an array has no name or type');
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(offset) || (count as number) < 0 || (offset as number) < 0) {
    throw new FrameError(`the array ${name} has no place`);
  }
  return { name, type, count: count as number, offset: offset as number };
}

const kinds = { u8: Uint8Array, bytes: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array } as const;

function view(buffer: ArrayBuffer, type: string, at: number, count: number, name: string): FrameArray {
  if (!Object.hasOwn(kinds, type)) throw new FrameError(`the array ${name} has the unknown type ${type}`);
  const Kind = kinds[type as keyof typeof kinds];
  if (at % Kind.BYTES_PER_ELEMENT !== 0) throw new FrameError(`the array ${name} is out of line`);
  if (at + count * Kind.BYTES_PER_ELEMENT > buffer.byteLength) throw new FrameError(`the array ${name} is cut short`);
  return new Kind(buffer, at, count);
}

function alignedTo8(position: number) {
  return Math.ceil(position / 8) * 8;
}

function parseHeader(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new FrameError('its header is not JSON');
  }
}

function arraysOf(header: Record<string, unknown>) {
  return (Array.isArray(header['arrays']) ? header['arrays'] : []).map(describe);
}

// A frame whose arrays stay where the browser keeps what it has loaded; none of their bytes enter the page.
export interface BlobFrame {
  header: Record<string, unknown>;
  // Bytes of an array as a file of this type.
  piece(name: string, offset: number, bytes: number, type: string): Blob;
}

export async function parseBlobFrame(blob: Blob): Promise<BlobFrame> {
  if (blob.size < 4) throw new FrameError('it is cut short');
  const headerLength = new DataView(await blob.slice(0, 4).arrayBuffer()).getUint32(0, true);
  if (4 + headerLength > blob.size) throw new FrameError('its header is cut short');
  const header = parseHeader(await blob.slice(4, 4 + headerLength).text());
  const places = new Map(arraysOf(header).map(({ name, offset }) => [name, alignedTo8(4 + headerLength) + offset]));
  return {
    header,
    piece: (name, offset, bytes, type) => {
      const place = places.get(name);
      if (place === undefined) throw new FrameError(`it has no array ${name}`);
      if (place + offset + bytes > blob.size) throw new FrameError(`the array ${name} is cut short`);
      return blob.slice(place + offset, place + offset + bytes, type);
    },
  };
}

// Typed arrays read in the machine's own order; every browser that runs WebGL2 is little-endian.
export function parseFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < 4) throw new FrameError('it is cut short');
  const headerLength = new DataView(buffer).getUint32(0, true);
  if (4 + headerLength > buffer.byteLength) throw new FrameError('its header is cut short');
  const header = parseHeader(new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength)));
  const start = alignedTo8(4 + headerLength);
  const arrays = new Map<string, FrameArray>();
  for (const { name, type, count, offset } of arraysOf(header)) {
    arrays.set(name, view(buffer, type, start + offset, count, name));
  }

  function typed<T extends FrameArray>(name: string, kind: new (...args: never[]) => T): T {
    const array = arrays.get(name);
    if (!(array instanceof kind)) throw new FrameError(`it has no array ${name} of the type expected`);
    return array;
  }

  return {
    header,
    u8: (name) => typed(name, Uint8Array),
    u16: (name) => typed(name, Uint16Array),
    u32: (name) => typed(name, Uint32Array),
    f32: (name) => typed(name, Float32Array),
    has: (name) => arrays.has(name),
    number: (name) => {
      const value = header[name];
      if (typeof value !== 'number') throw new FrameError(`it does not say ${name}`);
      return value;
    },
  };
}
