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

function view(buffer: ArrayBuffer, type: string, at: number, count: number): FrameArray {
  switch (type) {
    case 'u8':
    case 'bytes':
      return new Uint8Array(buffer, at, count);
    case 'u16':
      return new Uint16Array(buffer, at, count);
    case 'u32':
      return new Uint32Array(buffer, at, count);
    case 'f32':
      return new Float32Array(buffer, at, count);
    default:
      throw new FrameError(`unknown type ${type}`);
  }
}

function alignedTo8(position: number) {
  return Math.ceil(position / 8) * 8;
}

// Typed arrays read in the machine's own order; every browser that runs WebGL2 is little-endian.
export function parseFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < 4) throw new FrameError('it is cut short');
  const headerLength = new DataView(buffer).getUint32(0, true);
  if (4 + headerLength > buffer.byteLength) throw new FrameError('its header is cut short');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength))) as Record<string, unknown>;
  } catch {
    throw new FrameError('its header is not JSON');
  }
  const start = alignedTo8(4 + headerLength);
  const arrays = new Map<string, FrameArray>();
  for (const entry of Array.isArray(header['arrays']) ? header['arrays'] : []) {
    const { name, type, count, offset } = describe(entry);
    try {
      arrays.set(name, view(buffer, type, start + offset, count));
    } catch (error) {
      if (error instanceof RangeError) throw new FrameError(`the array ${name} is cut short`);
      throw error;
    }
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
