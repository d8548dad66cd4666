import { expect, test } from 'vitest';
import { FrameError, parseBlobFrame, parseFrame } from './frames';
import { makeFrame } from '../../testing/frame';

test('a frame gives its header and its arrays by name', () => {
  const frame = parseFrame(
    makeFrame({ as_of: 7 }, { ordinal: new Uint32Array([3, 1, 2]), truth: new Uint16Array([0, 65535, 4]), confidence: new Float32Array([0.5, NaN, 1]) }),
  );
  expect(frame.number('as_of')).toBe(7);
  expect([...frame.u32('ordinal')]).toEqual([3, 1, 2]);
  expect([...frame.u16('truth')]).toEqual([0, 65535, 4]);
  expect([...frame.f32('confidence')]).toEqual([0.5, NaN, 1]);
});

test('an array of another type than asked for is refused', () => {
  const frame = parseFrame(makeFrame({}, { truth: new Uint8Array([1]) }));
  expect(() => frame.u16('truth')).toThrow(FrameError);
});

test.each([
  ['nothing', new ArrayBuffer(0)],
  ['a header longer than the frame', new Uint8Array([255, 0, 0, 0, 123]).buffer],
  ['an array longer than the frame', makeFrame({}, { ordinal: new Uint32Array([1, 2, 3]) }).slice(0, -8)],
])('%s is refused', (_, buffer) => {
  expect(() => parseFrame(buffer)).toThrow(FrameError);
});

test('files are taken out of a frame that stays where it is', async () => {
  const frame = await parseBlobFrame(new Blob([makeFrame({ thumbnails: [1, 2] }, { first: new Uint8Array([9]), data: new Uint8Array([10, 11, 12, 13, 14]) })]));
  expect(frame.header['thumbnails']).toEqual([1, 2]);
  const piece = frame.piece('data', 1, 3, 'image/png');
  expect(piece.type).toBe('image/png');
  expect([...new Uint8Array(await piece.arrayBuffer())]).toEqual([11, 12, 13]);
  expect(() => frame.piece('data', 4, 100, 'image/png')).toThrow(FrameError);
  expect(() => frame.piece('other', 0, 1, 'image/png')).toThrow(FrameError);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['a header longer than the frame', new Uint8Array([255, 0, 0, 0, 123])],
  ['a header that is not JSON', new Uint8Array([1, 0, 0, 0, 123])],
])('%s is refused, of files too', async (_, bytes) => {
  await expect(parseBlobFrame(new Blob([bytes]))).rejects.toThrow(FrameError);
});
