// What each product does while it is shown. (x, y) is where it stands on the counter, `u` the seconds since the camera
// came to rest on it: below zero while it is coming, above eight while it is leaving.

import { chance, clamp, during, ease, mix, ring, spring } from "./film.mjs";

const TAU = 2 * Math.PI;

/** Soft puffs that rise and spread. `much` from 0 to 1. */
export function steam(pen, x, y, u, { much = 1, width = 46, height = 210, count = 9, size = 34, seed = 0 } = {}) {
  if (much <= 0.01) return;
  for (let n = 0; n < count; n++) {
    const life = 3.2 + chance(n + seed), k = ((u + 40) / life + chance(n * 3 + seed)) % 1;
    const dx = width * (chance(n * 7 + seed) - 0.5) * (1 + 0.9 * k) + 16 * k * Math.sin(u * 1.2 + n * 2.1);
    const cover = Math.sin(Math.PI * Math.pow(k, 0.7)) * 0.36 * much;
    pen.glow(x + dx, y - height * k, size * (0.55 + 1.15 * k), "#fff4e4", cover, { ry: size * (0.7 + 1.35 * k), mode: "source-over" });
  }
}

/** A burst of sparks around a place. */
export function sparks(pen, x, y, u, from, { rx = 120, ry = 100, count = 7, seed = 0, size = 13 } = {}) {
  for (let n = 0; n < count; n++) {
    const k = (u - from - 0.9 * chance(n + seed)) / 0.9;
    if (k <= 0 || k >= 1) continue;
    const a = TAU * (n / count + 0.1 * chance(n * 5 + seed)), shine = Math.sin(Math.PI * k);
    pen.spark(x + rx * Math.cos(a) * (0.8 + 0.3 * k), y + ry * Math.sin(a) * (0.8 + 0.3 * k), size * (0.6 + 0.6 * chance(n * 11 + seed)) * shine, shine, 0.5 * k);
  }
}

/** How a thing lands: from above, with a squash. Gives its height, and its stretch across and up. */
function land(u, from, height = 190) {
  const fall = clamp((u - from) / 0.34), up = height * (1 - fall * fall), hit = ring(u, from + 0.34, 17, 6.5);
  return { up, sx: 1 + 0.13 * hit, sy: 1 - 0.16 * hit, seen: clamp((u - from) / 0.12) };
}

const shadow = (pen, x, y, width, up = 0) => {
  pen.shadow(x + 10, y - 2, width * (0.72 - 0.0008 * up), 17, 0.5 * (1 - clamp(up / 320)));
  pen.shadow(x + 2, y - 2, width * 0.5, 8, 0.62 * (1 - clamp(up / 120)));
};

// ---- Tea and sweets ---------------------------------------------------------------------------------

function bubbleTea(pen, x, y, u) {
  for (const [name, dx, from] of [["cup-taro", -98, 4.1], ["cup-matcha", 100, 4.4]]) {
    const l = land(u, from, 150);
    if (u > from) { shadow(pen, x + dx, y - 16, 62, l.up); pen.icon(name, x + dx, y - 16 - l.up, 158, { sx: l.sx, sy: l.sy, o: l.seen }); }
  }
  const size = 262, unit = size / 32, sway = 0.05 * ring(u, 2.2, 9, 1.6);
  shadow(pen, x, y, 104);
  pen.g.save();
  pen.g.translate(x, y);
  pen.g.rotate(sway);
  pen.icon("cup", 0, 0, size);
  // Brown sugar runs down inside.
  const g = pen.g;
  g.save();
  g.beginPath();
  [[-8.6, -18.8], [8.6, -18.8], [7, -0.6], [-7, -0.6]].forEach(([dx, dy]) => g.lineTo(dx * unit, dy * unit));
  g.clip();
  for (let n = 0; n < 4; n++) {
    const k = during(u, 0.9 + 0.25 * n, 2.6 + 0.3 * n, 30, 31), dx = (-5.6 + 3.6 * n) * unit;
    const fade = g.createLinearGradient(0, -19 * unit, 0, (-19 + 13 * k) * unit);
    fade.addColorStop(0, "rgba(96,40,14,.55)");
    fade.addColorStop(1, "rgba(96,40,14,0)");
    g.strokeStyle = fade;
    g.lineWidth = (1.5 + 0.5 * (n % 2)) * unit;
    g.lineCap = "round";
    g.beginPath();
    g.moveTo(dx, -20.5 * unit);
    g.bezierCurveTo(dx + unit, -14 * unit, dx - 1.4 * unit, -11 * unit, dx * 0.9, (-18 + 12 * k) * unit);
    if (k > 0.02) g.stroke();
  }
  g.restore();
  for (let n = 0; n < 9; n++) {
    const home = [[-4.9, -2.7], [-0.3, -2.6], [4.3, -2.7], [-2.6, -5.6], [2, -5.6], [-5.3, -5.4], [4.9, -5.4], [-0.3, -8.2], [3, -8.3]][n];
    const hop = Math.abs(Math.sin(u * (2.1 + 0.5 * chance(n)) + n)) * (2.2 + 6 * ring(u, 2.2, 5, 0.9) ** 2) * chance(n + 2);
    pen.icon("cup-pearl", (home[0] + 0.5 * Math.sin(u * 1.7 + n)) * unit, (home[1] - hop) * unit, size, { ax: 13.4, ay: 24.5 });
  }
  pen.icon("cup-shine", 0, 0, size);
  const plunge = ease(u, 1.5, 1.9), dip = ring(u, 1.9, 16, 6);
  if (u > 1.3) {
    g.save();
    g.beginPath();
    g.rect(-400, -900, 800, 900 - 18.6 * unit);
    g.clip();
    pen.icon("cup-straw", 0, (-10 * (1 - plunge) + 0.6 * dip) * unit * 1.6, size, { sy: 1.14 });
    g.restore();
  }
  g.restore();
  sparks(pen, x, y - 150, u, 1.9, { rx: 120, ry: 130 });
  sparks(pen, x, y - 120, u, 4.9, { rx: 170, ry: 120, count: 9, seed: 4 });
}

function moonCake(pen, x, y, u) {
  const rise = during(u, 1, 4.6, 6.6, 7.8);
  pen.glow(x + 64, y - 250 - 60 * rise, 200, "#ffe2a0", 0.5 * rise);
  pen.icon("moon", x + 64, y - 200 - 110 * rise, 150, { ay: 16, o: rise, r: 0.05 * u });
  shadow(pen, x, y + 8, 150);
  pen.set("plate", x, y - 26, 282, { ay: 0.17 });
  const places = [[-66, -6, 116, 0.1], [66, -6, 116, 0.3], [0, 10, 132, 0.55], [0, -92, 124, 3.2]];
  places.forEach(([dx, dy, size, from], n) => {
    const l = n < 3 ? { ...land(u, from - 0.9, 0), up: 26 * Math.abs(ring(u, 2.2 + 0.16 * n, 9, 2.6)), seen: 1 } : land(u, from, 260);
    if (n === 3 && u < from) return;
    pen.icon("moon-cake", x + dx, y + dy - 8 - l.up, size, { sx: l.sx, sy: l.sy, o: l.seen, r: n === 3 ? 0.12 * ring(u, from + 0.3, 8, 2) : 0 });
  });
  const hop = clamp((u - 4.1) / 2.6), leaps = 4, step = hop * leaps % 1;
  if (u > 4.1) {
    const at = mix(290, 128, hop), up = hop < 1 ? 46 * Math.sin(Math.PI * step) : 0;
    shadow(pen, x + at, y + 16, 36, up);
    pen.icon("rabbit", x + at, y + 16 - up, 96, { r: hop < 1 ? 0.2 * Math.cos(Math.PI * step) : 0.03 * Math.sin(u * 9) });
  }
  sparks(pen, x, y - 90, u, 3.6, { rx: 130, ry: 110 });
}

function dango(pen, x, y, u) {
  shadow(pen, x, y, 84);
  for (const n of [0, 2, 1]) { // Three sticks spread like flowers in a cup.
    const out = spring(u, 0.4 + 0.2 * n, 8, 3.4), fan = ((n - 1) * 0.42 + 0.1) * out, lift = 26 * during(u, 2.6 + 0.4 * n, 3, 3.1 + 0.4 * n, 3.7 + 0.4 * n);
    const turn = Math.PI / 4 + fan + 0.03 * Math.sin(u * 2 + n) + 0.1 * ring(u, 4.8 + 0.15 * n, 10, 2);
    pen.icon("dango", x + 10 + (n - 1) * 16, y - 42 - lift, 204, { ax: 28.5, ay: 28.5, r: turn });
  }
  pen.icon("cup-white", x + 10, y + 2, 150);
  for (let n = 0; n < 10; n++) {
    const k = ((u + 20) / 5.4 + chance(n)) % 1, px = x - 260 + 520 * chance(n + 3) + 46 * Math.sin(k * 6 + n), py = y - 430 + 470 * k;
    pen.icon("petal", px, py, 24 + 12 * chance(n + 8), { ax: 16, ay: 16, r: k * 5 + n, sx: 0.7 + 0.3 * Math.cos(k * 9 + n), o: Math.min(1, 5 * k, 6 * (1 - k)) * during(u, -0.6, 0.4, 7.2, 8) });
  }
  sparks(pen, x, y - 120, u, 1.6, { rx: 150, ry: 100 });
}

function shavedIce(pen, x, y, u) {
  const g = pen.g, size = 268, unit = size / 32;
  const mango = during(u, 2.5, 3.3, 4.9, 5.7), matcha = during(u, 4.9, 5.7, 8.6, 9);
  shadow(pen, x, y, 70);
  pen.g.save();
  pen.g.translate(x, y + 2);
  pen.g.rotate(0.012 * Math.sin(u * 2.2));
  pen.icon("ice-spoon", 0, 0, size, { r: 0.02 * Math.sin(u * 3) });
  for (const [name, o] of [["ice", 1], ["ice-mango", mango], ["ice-matcha", matcha]]) pen.icon(name, 0, 0, size, { o, sy: 1 + 0.02 * ring(u, 2.6, 12, 3) + 0.02 * ring(u, 5, 12, 3) });
  pen.icon("ice-cone", 0, 0, size);
  pen.icon("cup-white", 0, 0, 118, { sy: 1.1 });
  for (const [from, colour] of [[2.2, "#ffb52e"], [4.6, "#8fae3f"]]) pourSyrup(pen, u, from, colour, -27.6 * unit);
  pen.g.restore();
  for (const [name, dx, dy, s, from] of [["strawberry", -112, 8, 76, 1.2], ["mango", 112, 10, 84, 3.3]]) {
    const l = land(u, from, 150);
    if (u > from) { shadow(pen, x + dx, y + dy, 34, l.up); pen.icon(name, x + dx, y + dy - l.up, s, { sx: l.sx, sy: l.sy, o: l.seen, r: 0.1 * ring(u, from + 0.3, 9, 3) }); }
  }
  for (let n = 0; n < 12; n++) {
    const k = ((u + 20) / 4.6 + chance(n)) % 1, px = x - 250 + 500 * chance(n + 30) + 26 * Math.sin(k * 5 + n), py = y - 440 + 460 * k;
    pen.icon("snowflake", px, py, 12 + 11 * chance(n + 8), { ax: 16, ay: 16, r: k * 3 + n, o: 0.7 * Math.min(1, 5 * k, 6 * (1 - k)) * during(u, -0.4, 0.6, 7, 7.8) });
  }
  sparks(pen, x, y - 170, u, 3.4, { rx: 120, ry: 90 });
  sparks(pen, x, y - 170, u, 5.8, { rx: 120, ry: 90, seed: 6 });
}

/** A small pot comes and pours on the top of the ice. */
function pourSyrup(pen, u, from, colour, top) {
  const { g } = pen, come = during(u, from - 0.6, from - 0.1, from + 1.3, from + 1.9), tilt = during(u, from - 0.2, from + 0.1, from + 1.1, from + 1.4);
  if (come <= 0.01) return;
  const size = 132, unit = size / 32, px = mix(290, 86, come), py = top - 72 - 30 * (1 - come), turn = -0.62 * tilt;
  const c = Math.cos(turn), s = Math.sin(turn), spoutX = px - 13 * unit * c + 16.4 * unit * s, spoutY = py - 13 * unit * s - 16.4 * unit * c;
  const runs = clamp((u - from) / 0.25), ends = clamp((u - from - 1.05) / 0.25);
  if (runs > 0 && ends < 1) {
    g.strokeStyle = colour;
    g.lineCap = "round";
    g.lineWidth = 8;
    const at = k => [mix(spoutX, 0, Math.sqrt(k)), mix(spoutY + 3, top + 4, k)];
    g.beginPath();
    for (let n = 0; n <= 12; n++) g.lineTo(...at(mix(ends, runs, n / 12)));
    g.stroke();
    g.strokeStyle = "rgba(255,250,225,.55)";
    g.lineWidth = 2.4;
    g.stroke();
  }
  pen.icon("teapot-green", px, py, size, { ax: 16, ay: 28, r: turn });
}

// ---- From the kitchen -------------------------------------------------------------------------------

function dumplings(pen, x, y, u) {
  const lid = during(u, 0.5, 1.4, 20, 21), w = 292;
  shadow(pen, x, y + 8, 150);
  y -= 44;
  pen.set("steamer-front", x, y - 74, w, { ay: 0.13 });
  pen.set("steamer-back", x, y - 118, w, { ay: 0.13 });
  const places = [[-60, -70, 100, 0.66], [60, -70, 100, 0.87], [0, -54, 112, 0.77]];
  const eaten = during(u, 4.5, 4.9, 20, 21);
  places.forEach(([dx, dy, size, r], n) => {
    if (n === 2 && eaten > 0) return;
    const hop = 20 * Math.abs(ring(u, 1.5 + 0.18 * n, 10, 2.4));
    pen.icon("dumpling", x + dx, y + dy - hop, size, { ax: 16, ay: 20, r: r + 0.1 * ring(u, 1.5 + 0.18 * n, 10, 2.4) });
  });
  pen.set("steamer-front", x, y - 118, w, { ay: 0.13 });
  if (lid < 1) drawLid(pen, x, y - 96, w, lid);
  steam(pen, x, y - 90, u, { much: 0.35 + 1.5 * during(u, 0.7, 1.3, 2.2, 4), width: 170, height: 260, count: 14, size: 44, seed: 3 });
  // Chopsticks take one and hold it up.
  const come = during(u, 3.7, 4.5, 5.9, 6.7), up = during(u, 4.6, 5.5, 20, 21);
  if (come > 0.01) {
    const px = x + mix(260, 6, come), py = y - 60 - 122 * up + 4 * Math.sin(u * 3);
    if (eaten > 0) pen.icon("dumpling", px, py + 10, 112, { ax: 16, ay: 18, r: 0.77 + 0.08 * Math.sin(u * 4) });
    pen.icon("chopsticks", px + 4, py + 8, 250, { ax: 8.5, ay: 29, r: 0.72 - 0.1 * (1 - come) });
    if (eaten > 0) { steam(pen, px, py - 30, u, { much: 0.6, width: 30, height: 120, count: 5, size: 22, seed: 9 }); sparks(pen, px, py, u, 5.5, { rx: 90, ry: 80, count: 6 }); }
  }
}

function drawLid(pen, x, y, w, k) {
  const { g } = pen, rx = w * 0.45, ry = rx * 0.3;
  g.save();
  g.globalAlpha *= 1 - ease(k, 0.75, 1);
  g.translate(x + 150 * k * k, y - 190 * k);
  g.rotate(0.5 * k);
  const bamboo = g.createLinearGradient(-rx, 0, rx, 0);
  [[0, "#a8742f"], [0.3, "#f0d08d"], [0.6, "#d5a45a"], [1, "#875620"]].forEach(([at, c]) => bamboo.addColorStop(at, c));
  g.fillStyle = bamboo;
  g.beginPath();
  g.ellipse(0, 6, rx, ry, 0, 0, Math.PI);
  g.ellipse(0, -12, rx, ry, 0, Math.PI, 0);
  g.fill();
  g.fillStyle = "#dcb069";
  g.beginPath();
  g.ellipse(0, -14, rx - 4, ry - 2, 0, 0, TAU);
  g.fill();
  g.strokeStyle = "rgba(120,72,24,.5)";
  g.lineWidth = 2;
  for (let n = 1; n < 5; n++) {
    g.beginPath();
    g.ellipse(0, -14 - n, (rx - 6) * n / 5, (ry - 4) * n / 5, 0, 0, TAU);
    g.stroke();
  }
  g.fillStyle = "#8a5622";
  g.beginPath();
  g.ellipse(0, -22, 18, 10, 0, 0, TAU);
  g.fill();
  g.fillStyle = "#c08a43";
  g.beginPath();
  g.ellipse(0, -26, 16, 8, 0, 0, TAU);
  g.fill();
  g.restore();
}

function teapot(pen, x, y, u) {
  const { g } = pen, size = 236, unit = size / 32;
  const pours = [[1.3, 2, 3.4, 4], [4.6, 5.2, 6.3, 6.9]].map(([a, b, c, d]) => during(u, a, b, c, d));
  const tilt = Math.max(...pours), away = pours[1] > 0 || u > 4.3 ? ease(u, 4.1, 4.7) : 0;
  for (const [n, dx] of [[0, -106], [1, -40]]) {
    shadow(pen, x + dx, y + 16, 48);
    pen.icon("teacup", x + dx, y + 18, 92);
    steam(pen, x + dx, y - 44, u, { much: ease(u, n ? 6 : 2.6, n ? 7 : 4) * 0.9, width: 30, height: 130, count: 6, size: 22, seed: n * 5 });
  }
  const px = x + 62 + mix(-36, 26, away) * tilt, py = y - 20 - 84 * tilt;
  shadow(pen, x + 62, y - 4, 96, 96 * tilt);
  // The stream from the spout, drawn before the pot.
  const pour = Math.max(during(u, 1.9, 2.05, 3.3, 3.5), during(u, 5.1, 5.25, 6.2, 6.4));
  g.save();
  g.translate(px, py);
  g.rotate(-0.5 * tilt);
  const lid = 0.06 * Math.sin(u * 14) * tilt;
  pen.icon("teapot-lid", 0, 0, size, { ax: 16, ay: 28, r: lid * 0.3 });
  pen.icon("teapot", 0, 0, size, { ax: 16, ay: 28 });
  g.restore();
  if (pour > 0.02) {
    const c = Math.cos(-0.5 * tilt), s = Math.sin(-0.5 * tilt), lx = -13 * unit, ly = -16.4 * unit;
    const sx = px + lx * c - ly * s, sy = py + lx * s + ly * c, ex = u < 4.2 ? x - 106 : x - 40, ey = y - 38;
    g.strokeStyle = "rgba(178,92,24,.92)";
    g.lineCap = "round";
    g.lineWidth = 7 * pour;
    g.beginPath();
    g.moveTo(sx, sy);
    g.quadraticCurveTo(mix(sx, ex, 0.8) - 6, sy + 8, ex + 1.5 * Math.sin(u * 30), ey);
    g.stroke();
    g.strokeStyle = "rgba(255,214,140,.8)";
    g.lineWidth = 2.2 * pour;
    g.stroke();
    for (let n = 0; n < 4; n++) {
      const k = (u * 3 + chance(n)) % 1;
      pen.glow(ex + (n - 1.5) * 9 * k * 2, ey - 16 * Math.sin(Math.PI * k), 4, "#e8a04a", 0.9 * pour, { mode: "source-over", wide: false });
    }
  }
  sparks(pen, px, py - 110, u, 0.2, { rx: 110, ry: 70, count: 6 });
  sparks(pen, x - 70, y - 40, u, 6.5, { rx: 110, ry: 70, seed: 3 });
}

function noodles(pen, x, y, u) {
  const { g } = pen, size = 300, unit = size / 32;
  const lift = 0.5 - 0.5 * Math.cos(TAU * clamp((u - 1) / 3) * 1) + during(u, 4.4, 5.2, 6.4, 7.2), up = 5.6 * Math.min(1.15, lift);
  shadow(pen, x, y, 104);
  // Noodles hang from the sticks into the bowl.
  for (let n = 0; n < 9; n++) {
    const dx = (-1.9 + n * 0.62) * unit, sway = (0.35 * Math.sin(u * 3 + n * 0.9)) * unit;
    const top = (-24.2 - up + 0.12 * (n - 4)) * unit, end = -13.2 * unit;
    g.lineCap = "round";
    g.lineWidth = 0.46 * unit;
    g.strokeStyle = n % 2 ? "#f6d58a" : "#e9b95c";
    g.beginPath();
    g.moveTo(x + dx, y + top);
    g.bezierCurveTo(x + dx + sway, y + mix(top, end, 0.3), x + dx * 1.2 - sway, y + mix(top, end, 0.7), x + dx * 1.3, y + end);
    g.stroke();
  }
  pen.icon("noodle-sticks", x, y - up * unit, size, { r: 0.01 * Math.sin(u * 3) });
  for (let n = 0; n < 7; n++) { // Over the sticks.
    const dx = (-1.9 + n * 0.78) * unit;
    g.strokeStyle = n % 2 ? "#f6d58a" : "#efc56e";
    g.lineWidth = 0.5 * unit;
    g.beginPath();
    g.arc(x + dx, y + (-24.3 - up) * unit, 0.7 * unit, Math.PI, 0);
    g.stroke();
  }
  for (const [name, dx, dy, s, from, r] of [["egg", -78, -136, 70, 0.5, 1.25], ["fish-cake", 62, -142, 70, 0.8, 0.3], ["herb", 104, -128, 74, 1.1, 0.8]]) {
    const l = land(u, from - 0.8, 0), up = 90 * (1 - clamp((u - from) / 0.3) ** 2);
    if (u > from) pen.icon(name, x + dx, y + dy - up, s, { ax: 16, ay: 18, r, sx: l.sx, sy: l.sy });
  }
  pen.icon("bowl", x, y, size);
  steam(pen, x - 10, y - 130, u, { much: 1.1, width: 150, height: 240, count: 14, size: 40, seed: 7 });
  sparks(pen, x, y - 120, u, 1.3, { rx: 150, ry: 90 });
}

export const ACTS = {
  "bubble-tea": bubbleTea,
  dumplings,
  teapot,
  "moon-cake": moonCake,
  noodles,
  dango,
  "shaved-ice": shavedIce,
};
