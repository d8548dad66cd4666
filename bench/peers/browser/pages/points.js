// The same points for everyone: two hundred clouds in a square from -1 to 1, each of a class.
const kColours = ['#4477aa', '#ee8866', '#66ccee', '#d9c94a', '#228833', '#44bb99', '#aa3377', '#6a5acd', '#5b7fd8', '#a9d18e'];

export const colours = kColours;
export const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

export function makePoints() {
  const count = Number(new URLSearchParams(location.search).get('points'));
  let state = 7;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const clouds = Array.from({ length: 200 }, () => [next() * 1.7 - 0.85, next() * 1.7 - 0.85]);
  const [x, y, kind] = [new Float32Array(count), new Float32Array(count), new Uint8Array(count)];
  for (let index = 0; index < count; index += 1) {
    const cloud = Math.floor(next() * 200);
    const [radius, angle] = [0.05 * Math.sqrt(-2 * Math.log(1 - next())), 2 * Math.PI * next()];
    x[index] = Math.max(-1, Math.min(1, clouds[cloud][0] + radius * Math.cos(angle)));
    y[index] = Math.max(-1, Math.min(1, clouds[cloud][1] + radius * Math.sin(angle)));
    kind[index] = cloud % kColours.length;
  }
  const four = new Uint8Array(count * 4);
  const inks = kColours.map(rgb);
  for (let index = 0; index < count; index += 1) four.set([...inks[kind[index]], 220], index * 4);
  return { count, x, y, kind, four };
}

// When everything that was asked of the canvas has been drawn.
export async function finished(canvas) {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const gl = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
  if (gl === null) canvas.getContext('2d').getImageData(0, 0, 1, 1);
  else gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}
