// The same as thumbnails_bench.cpp, by sharp: node thumbnails.mjs FOLDER OUT SIDE ROUNDS
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';

import sharp from 'sharp';

const [folder, out, side, rounds] = process.argv.slice(2);
const WORKERS = 2;

sharp.cache(false);
sharp.concurrency(1);

const pictures = readdirSync(folder).map((name) => ({ name: parse(name).name, bytes: readFileSync(join(folder, name)) }));
const thumbnail = ({ bytes }) => sharp(bytes).resize(Number(side), Number(side), { fit: 'inside' }).jpeg({ quality: 80 }).toBuffer();

async function pass(count, each) {
  let next = 0;
  const work = async () => {
    for (let i = next++; i < count; i = next++) await each(pictures[i % pictures.length]);
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

await pass(pictures.length, async (picture) => writeFileSync(join(out, `${picture.name}.jpg`), await thumbnail(picture)));
const start = performance.now();
await pass(Number(rounds) * pictures.length, thumbnail);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ count: pictures.length, seconds, version: `${sharp.versions.sharp}, libvips ${sharp.versions.vips}` }));
