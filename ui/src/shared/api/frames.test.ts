import { expect, test } from 'vitest';
import { FrameError, parseFrame } from './frames';
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
