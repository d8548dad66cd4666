// How much of a large map is drawn while it moves: every n-th point, so that frames keep coming on a slow renderer.
const kSlow = 24;
const kInTime = 18;
const kWeight = 0.4;

export class Pace {
  readonly #most: number;
  #step = 1;
  #frame = kInTime;

  // `most` is the largest step that the renderer can take.
  constructor(most: number) {
    this.#most = most;
  }

  // One of `step` points is drawn in the next frame that moves.
  get step(): number {
    return this.#step;
  }

  // Milliseconds between two frames of one movement.
  note(frame: number): void {
    this.#frame += kWeight * (frame - this.#frame);
    if (this.#frame <= kSlow || this.#step === this.#most) return;
    this.#step = Math.min(this.#most, this.#step * 2);
    this.#frame = kInTime; // what was measured at the step before says nothing of this one
  }

  // A movement has ended. A screen shows no frame sooner than it can, so only the next movement tells whether more points
  // would have come in time.
  rest(): void {
    if (this.#frame < kInTime + 1) this.#step = Math.ceil(this.#step / 2);
    this.#frame = kInTime;
  }
}
