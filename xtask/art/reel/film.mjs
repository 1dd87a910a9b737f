// What the film is: its size, its scenes and when each begins. The browser draws from it, and `render.mjs` cuts by it.

export const WIDTH = 540, HEIGHT = 960, FPS = 25;

/** A chat and a card lie over the lower part of the picture in a room, so nothing of importance is there. */
export const COUNTER_TOP = 604;

/** A product is shown for so long, from when it stands before the camera; the camera leaves in the last second. */
export const SCENE_SECONDS = 8;

/** A key frame so often, which is also a bar of the music. */
export const KEY_SECONDS = 2;

/** Whose goods they are. */
export const SHOP = "lantern";

/** The products in turn, as goods.json calls them, each with the colour of the cloth that it stands on. */
export const SCENES = [
  { product: "bubble-tea", cloth: "#e9c9a0" },
  { product: "dumplings", cloth: "#c9473a" },
  { product: "teapot", cloth: "#dfe5cf" },
  { product: "moon-cake", cloth: "#7a3b5c" },
  { product: "noodles", cloth: "#e0b25a" },
  { product: "dango", cloth: "#f0cfd2" },
  { product: "shaved-ice", cloth: "#b9dbe6" },
];

export const SECONDS = SCENES.length * SCENE_SECONDS;

// ---- Movement ---------------------------------------------------------------------------------------

export const clamp = (x, low = 0, high = 1) => Math.min(high, Math.max(low, x));
export const mix = (a, b, k) => a + (b - a) * k;

/** From 0 to 1 while `u` goes from `from` to `to`, beginning and ending at rest. */
export const ease = (u, from, to) => {
  const k = clamp((u - from) / (to - from));
  return k * k * k * (k * (k * 6 - 15) + 10);
};

/** Up between `from` and `to`, and down again between `back` and `end`. */
export const during = (u, from, to, back, end) => ease(u, from, to) * (1 - ease(u, back, end));

/** From 0 to 1, past it and back, as a spring that is let go at `from`. */
export const spring = (u, from, stiff = 11, damp = 5) => {
  const t = u - from;
  return t <= 0 ? 0 : 1 - Math.exp(-damp * t) * (Math.cos(stiff * t) + damp / stiff * Math.sin(stiff * t));
};

/** What is left of a knock at `from`: swings around 0 and dies away. */
export const ring = (u, from, stiff = 11, damp = 3.5) => {
  const t = u - from;
  return t <= 0 ? 0 : Math.exp(-damp * t) * Math.sin(stiff * t);
};

/** A wave that is the same again when the film begins anew: `times` whole waves in all. */
export const wave = (t, times, shift = 0) => Math.sin(2 * Math.PI * (t * times / SECONDS + shift));

/** A number from 0 to 1 that looks drawn by chance and is the same each time. */
export const chance = n => {
  const x = Math.sin(n * 127.1 + 311.7) * 43758.5453;
  return x - Math.floor(x);
};
