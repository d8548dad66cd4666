// Builds what the server sends as application/vnd.burnish.arrays.
type Arrays = Record<string, Uint8Array | Uint16Array | Uint32Array | Float32Array>;

const up = (position: number) => Math.ceil(position / 8) * 8;

function typeOf(array: Arrays[string]): string {
  if (array instanceof Uint16Array) return 'u16';
  if (array instanceof Uint32Array) return 'u32';
  return array instanceof Float32Array ? 'f32' : 'u8';
}

export function makeFrame(header: Record<string, unknown>, arrays: Arrays): ArrayBuffer {
  let offset = 0;
  const described = Object.entries(arrays).map(([name, array]) => {
    const entry = { name, type: typeOf(array), count: array.length, offset };
    offset = up(offset + array.byteLength);
    return entry;
  });
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays: described }));
  const start = up(4 + text.length);
  const buffer = new ArrayBuffer(start + offset);
  new DataView(buffer).setUint32(0, text.length, true);
  new Uint8Array(buffer).set(text, 4);
  Object.values(arrays).forEach((array, index) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(buffer).set(bytes, start + (described[index]?.offset ?? 0));
  });
  return buffer;
}
