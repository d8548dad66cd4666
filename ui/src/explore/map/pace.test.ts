import { expect, test } from 'vitest';
import { Pace } from './pace';

// Moves for some frames, each of which takes as long as its points.
function move(pace: Pace, milliseconds: number, frames = 60): number {
  for (let frame = 0; frame < frames; frame += 1) pace.note(Math.max(16.7, milliseconds / pace.step));
  const { step } = pace;
  pace.rest();
  return step;
}

test('a slow renderer gets fewer points until frames come in time', () => {
  const pace = new Pace(63);
  expect(400 / move(pace, 400)).toBeLessThanOrEqual(24);
});

test('a fast renderer draws everything', () => {
  const pace = new Pace(63);
  move(pace, 5);
  expect(pace.step).toBe(1);
});

test('when it has become fast, each movement tries more', () => {
  const pace = new Pace(63);
  move(pace, 400);
  for (let movement = 0; movement < 8; movement += 1) move(pace, 5);
  expect(pace.step).toBe(1);
});

test('it stops at what the renderer can leave out', () => {
  expect(move(new Pace(63), 100_000)).toBe(63);
});
