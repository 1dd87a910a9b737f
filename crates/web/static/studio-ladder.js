// Which picture to send: the steps between a good network and a bad one. Pure rules, no browser.

/** Short side of the picture, thousand bits a second, frames a second. */
const RUNGS = [
  { short: 1080, kbps: 4_500, fps: 30 },
  { short: 720, kbps: 2_500, fps: 30 },
  { short: 540, kbps: 1_400, fps: 30 },
  { short: 360, kbps: 700, fps: 30 },
  { short: 270, kbps: 350, fps: 20 },
];

/** A network must be bad for so many measurements (of two seconds) before the picture gets smaller … */
const DOWN_AFTER = 3;
/** … and good for so many before it grows again, twice as many after each fall: every change makes players begin a new
    stretch, and one that comes and goes is worse than a smaller picture. */
const UP_AFTER = 8;
const UP_AFTER_MAX = 128;
/** What the network carries is only guessed at first, and the guess grows. */
const GRACE = 5;
/** What a step needs above its own bits to be tried, and below which it is given up. */
const ROOM_UP = 1.25;
const ROOM_DOWN = 0.6;

export class Ladder {
  #top = 1;
  #at = 1;
  #bad = 0;
  #good = 0;
  #patience = UP_AFTER;

  get short() { return RUNGS[this.#at].short; }

  /** Never above this; the next measurements decide how far up it goes. */
  limit(short) {
    this.#top = Math.max(0, RUNGS.findIndex((rung) => rung.short <= short));
    this.#at = this.#top;
    this.#bad = this.#good = 0;
  }

  /** A connection begins: what it measures first counts for nothing. */
  begin() {
    this.#bad = -GRACE;
    this.#good = 0;
  }

  /** What the encoder is told, for a camera of this short side. */
  encoding(camera) {
    const rung = RUNGS[this.#at];
    return { maxBitrate: rung.kbps * 1000, maxFramerate: rung.fps, scaleResolutionDownBy: Math.max(1, camera / rung.short) };
  }

  /** Takes a measurement; true when the step has changed. `available` is what the network could carry, 0 if unknown. */
  judge({ available, limited }) {
    const rung = RUNGS[this.#at];
    const above = RUNGS[this.#at - 1];
    const isBad = limited === 'cpu' || (available > 0 && available < rung.kbps * ROOM_DOWN);
    const isGood = limited !== 'cpu' && this.#at > this.#top && available > above.kbps * ROOM_UP;
    this.#bad = isBad || this.#bad < 0 ? this.#bad + 1 : 0;
    this.#good = isGood ? this.#good + 1 : 0;
    if (this.#bad >= DOWN_AFTER && this.#at < RUNGS.length - 1) {
      this.#patience = Math.min(UP_AFTER_MAX, this.#patience * 2);
      return this.#step(1);
    }
    return this.#good >= this.#patience && this.#step(-1);
  }

  #step(by) {
    this.#at += by;
    this.#bad = this.#good = 0;
    return true;
  }
}
