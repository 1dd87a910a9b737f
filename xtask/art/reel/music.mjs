// The film's music: a slow waltz on a marimba, plucked chords and a bass under it, and the hiss of a kettle. It is made
// from numbers, as a ring: what rings on past the end is heard at the beginning, so nobody hears where it begins anew.

import { KEY_SECONDS, SCENES, SECONDS, chance } from "./film.mjs";

export const RATE = 48_000;

const BAR = KEY_SECONDS, EIGHTH = BAR / 6;

/** Names of notes as half-tones above the A of 440 Hz. */
const note = name => {
  const [, letter, sharp, octave] = /^([A-G])(#?)(\d)$/.exec(name);
  return { C: -9, D: -7, E: -5, F: -4, G: -2, A: 0, B: 2 }[letter] + (sharp ? 1 : 0) + 12 * (octave - 4);
};
const hertz = name => 440 * 2 ** (note(name) / 12);

/** A bar is a chord and a tune: eighths from 0 to 5, each with its note. */
const bar = (chord, tune) => ({ chord, tune: tune.split(" ").map(word => { const [at, name] = word.split(":"); return [Number(at), name]; }) });

const CHORDS = {
  D: ["D2", "F#3", "A3", "D4"], Bm: ["B2", "F#3", "B3", "D4"], G: ["G2", "G3", "B3", "D4"], A: ["A2", "E3", "A3", "C#4"],
  "F#m": ["F#2", "F#3", "A3", "C#4"], Em: ["E2", "G3", "B3", "E4"], Dadd: ["D2", "A3", "D4", "E4"],
};

const PHRASES = {
  opens: [bar("D", "0:F#5 2:A4 3:D5 5:E5"), bar("Bm", "0:F#5 2:D5 4:B4"), bar("G", "0:B4 1:D5 2:E5 4:D5"), bar("A", "0:E5 4:B4 5:D5")],
  answers: [bar("D", "0:F#5 2:A5 3:F#5 5:E5"), bar("F#m", "0:F#5 2:E5 4:D5"), bar("G", "0:B4 2:D5 3:E5 5:F#5"), bar("Dadd", "0:D5")],
  climbs: [bar("G", "0:B5 2:A5 3:F#5 5:E5"), bar("A", "0:E5 2:F#5 4:A5"), bar("F#m", "0:A5 1:F#5 3:E5 5:D5"), bar("Bm", "0:D5 2:B4 4:D5")],
  rests: [bar("Em", "0:E5 3:F#5 5:E5"), bar("A", "0:E5 2:A4 4:B4"), bar("D", "0:D5 2:F#5 3:A5"), bar("Dadd", "0:D5 4:A4")],
  plays: [bar("Bm", "0:D5 1:F#5 2:B5 4:A5"), bar("G", "0:B5 2:A5 3:F#5 5:D5"), bar("D", "0:A5 2:F#5 4:D5"), bar("A", "0:E5 3:B4 4:D5 5:E5")],
};

/** A phrase to each product. */
const ORDER = ["opens", "answers", "climbs", "rests", "plays", "answers", "rests"];

export function samples() {
  const length = SECONDS * RATE, ring = new Float64Array(length);
  SCENES.forEach((_, scene) => PHRASES[ORDER[scene % ORDER.length]].forEach((bar, number) => {
    const at = (scene * 4 + number) * BAR;
    accompany(ring, at, CHORDS[bar.chord], scene * 4 + number);
    bar.tune.forEach(([eighth, name], k) => {
      const human = 0.012 * (chance(at * 7 + k) - 0.5), loud = 0.72 + 0.2 * (eighth === 0) + 0.14 * (chance(at + k * 3) - 0.5);
      marimba(ring, at + eighth * EIGHTH + human, hertz(name), loud);
    });
  }));
  const wet = room(ring), kettle = hiss(length);
  const all = ring.map((dry, at) => dry + 0.34 * wet[at] + kettle[at]);
  const peak = all.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return Float32Array.from(all, x => x / peak * PEAK);
}

/** Quiet: a host's voice would be louder. */
const PEAK = 0.26;

/** Adds a sound of so many seconds, around the end of the ring. */
function sound(ring, at, seconds, of) {
  const first = Math.round(at * RATE), count = Math.round(seconds * RATE);
  for (let n = 0; n < count; n++) {
    const place = ((first + n) % ring.length + ring.length) % ring.length;
    ring[place] += of(n / RATE);
  }
}

/** A soft mallet on rosewood: the ground tone, its fourth and a click that is gone at once. */
function marimba(ring, at, f, loud) {
  const hold = 0.62 * Math.sqrt(440 / f);
  sound(ring, at, 2.4, t => {
    const rise = Math.min(1, t / 0.004), w = 2 * Math.PI * f * t;
    return loud * rise * (0.5 * Math.exp(-t / hold) * Math.sin(w) + 0.11 * Math.exp(-t / (hold * 0.3)) * Math.sin(3.98 * w) + 0.03 * Math.exp(-t / 0.03) * Math.sin(9.6 * w));
  });
}

function accompany(ring, at, [low, ...chord], number) {
  const f = hertz(low) * 2;
  sound(ring, at, 2.6, t => 0.24 * Math.min(1, t / 0.02) * Math.exp(-t / 0.9) * (Math.sin(2 * Math.PI * f * t) + 0.3 * Math.sin(4 * Math.PI * f * t)));
  for (const eighth of [2, 4]) {
    chord.forEach((name, k) => pluck(ring, at + eighth * EIGHTH + 0.018 * k, hertz(name), 0.075 - 0.012 * (eighth === 4), number * 3 + k));
  }
  chord.forEach(name => { // A breath of strings under the bar.
    const g = hertz(name);
    sound(ring, at - 0.3, BAR + 0.9, t => 0.016 * Math.sin(Math.PI * Math.min(1, t / (BAR + 0.9))) ** 1.5 * (Math.sin(2 * Math.PI * g * t) + Math.sin(2 * Math.PI * g * 1.003 * t)));
  });
}

/** A string that is plucked near its middle. */
function pluck(ring, at, f, loud) {
  sound(ring, at, 1.8, t => {
    let sum = 0;
    for (let k = 1; k <= 5; k++) sum += Math.sin(k * 1.4) / (k * k) * Math.exp(-t * (2.2 + 1.9 * k)) * Math.sin(2 * Math.PI * f * k * t);
    return loud * 1.5 * Math.min(1, t / 0.003) * sum;
  });
}

/** A small wooden room: combs and all-passes (Schroeder, 1962), run around the ring twice so that it has no beginning. */
function room(dry) {
  const length = dry.length, wet = new Float64Array(length);
  for (const [seconds, back] of [[0.0437, 0.72], [0.0411, 0.7], [0.0371, 0.68], [0.0297, 0.66]]) {
    const delay = Math.round(seconds * RATE), line = new Float64Array(delay);
    let soft = 0;
    for (let n = 0; n < 2 * length; n++) {
      const out = line[n % delay];
      soft += 0.45 * (out - soft);
      line[n % delay] = dry[n % length] + back * soft;
      if (n >= length) wet[n - length] += out / 4;
    }
  }
  for (const seconds of [0.005, 0.0017]) {
    const delay = Math.round(seconds * RATE), line = new Float64Array(delay), given = wet.slice();
    for (let n = 0; n < 2 * length; n++) {
      const kept = line[n % delay], into = given[n % length] + 0.6 * kept;
      line[n % delay] = into;
      if (n >= length) wet[n - length] = kept - 0.6 * into;
    }
  }
  return wet;
}

/** The kettle: noise without its lows and highs that swells and falls, far behind the music. */
function hiss(length) {
  const out = new Float64Array(length);
  let seed = 9, low = 0, band = 0;
  for (let n = 0; n < length; n++) {
    seed = (seed * 16807) % 2147483647;
    const white = seed / 1073741823.5 - 1;
    low += 0.18 * (white - low);
    band += 0.03 * (low - band);
    const swell = 0.6 + 0.4 * Math.sin(2 * Math.PI * 5 * n / length);
    out[n] = 0.006 * swell * (low - band);
  }
  return out;
}

/** As a WAV file, played so many times. */
export function wav(times) {
  const once = samples(), data = Buffer.alloc(44 + times * once.length * 2);
  data.write("RIFF", 0); data.writeUInt32LE(data.length - 8, 4); data.write("WAVEfmt ", 8);
  data.writeUInt32LE(16, 16); data.writeUInt16LE(1, 20); data.writeUInt16LE(1, 22);
  data.writeUInt32LE(RATE, 24); data.writeUInt32LE(RATE * 2, 28); data.writeUInt16LE(2, 32); data.writeUInt16LE(16, 34);
  data.write("data", 36); data.writeUInt32LE(data.length - 44, 40);
  for (let n = 0; n < times * once.length; n++) data.writeInt16LE(Math.round(once[n % once.length] * 32767), 44 + 2 * n);
  return data;
}
