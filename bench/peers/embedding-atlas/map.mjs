// One map by Embedding Atlas: node map.mjs rows FOLDER COUNT WIDTH | graph FOLDER COUNT NEIGHBOURS. Prints its seconds.
import { readFileSync, writeFileSync } from "node:fs";
import { createUMAP, createUMAPFromKNN } from "./node_modules/embedding-atlas/dist/umap.js";

const NEIGHBOURS = 15;

// What stands behind the header of a .npy file, as a typed array of this kind.
function read(path, Kind) {
  const file = readFileSync(path);
  const begin = file.byteOffset + 10 + file.readUInt16LE(8);
  return new Kind(file.buffer.slice(begin, file.byteOffset + file.byteLength));
}

// Each point stands first among its own neighbours.
function withSelf(values, count, width, self) {
  const result = new values.constructor(count * (width + 1));
  for (let i = 0; i < count; ++i) {
    result[i * (width + 1)] = self(i);
    result.set(values.subarray(i * width, (i + 1) * width), i * (width + 1) + 1);
  }
  return result;
}

const [what, folder, count, width] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
let start;
let map;
if (what === "rows") {
  const rows = read(`${folder}/rows.npy`, Float32Array);
  start = performance.now();
  map = await createUMAP(count, width, 2, rows, { metric: "euclidean", nNeighbors: NEIGHBOURS });
} else {
  const indices = withSelf(read(`${folder}/indices.npy`, Int32Array), count, width, (i) => i);
  const distances = withSelf(read(`${folder}/distances.npy`, Float32Array), count, width, () => 0);
  start = performance.now();
  map = await createUMAPFromKNN(count, 2, indices, distances, {});
}
await map.run();
const seconds = (performance.now() - start) / 1000;
writeFileSync(`${folder}/peer-map.f32`, Buffer.from(new Float32Array(map.embedding).buffer));
console.log(JSON.stringify({ seconds }));
process.exit(0);
