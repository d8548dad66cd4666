// Data as people have it: named files, written below a folder of the server, zipped, or handed to the browser.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { png } from './pictures';

export type Files = Readonly<Record<string, Buffer>>;

export const kKinds = ['bar', 'disc', 'square'] as const;

export const text = (...lines: string[]) => Buffer.from(lines.join('\n') + '\n');

// `count` photographs of each kind, as kind/kind-00.png, from number `from` on.
export function shapes(count: number, { below = '', from = 0, kinds = kKinds }: { below?: string; from?: number; kinds?: readonly string[] } = {}): Files {
  const files: Record<string, Buffer> = {};
  for (const kind of kinds) {
    for (let seed = from; seed < from + count; seed += 1) files[`${below}${kind}/${kind}-${String(seed).padStart(2, '0')}.png`] = png(kind, seed);
  }
  return files;
}

export function write(folder: string, files: Files): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

// As a file input takes them: names without folders.
export const chosen = (files: Files) => Object.entries(files).map(([path, buffer]) => ({ name: basename(path), mimeType: 'application/octet-stream', buffer }));

// A zip of stored entries, with the names exactly as given (APPNOTE 6.3.10, 4.3).
export function zip(files: Files | readonly (readonly [string | Buffer, Buffer])[]): Buffer {
  const entries = Array.isArray(files) ? (files as readonly (readonly [string | Buffer, Buffer])[]) : Object.entries(files as Files);
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, bytes] of entries) {
    const name = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, bytes]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), common, place, name]));
    parts.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}
