// The stall: a wall with shelves and a window at night, the counter before it, lanterns and an awning over it. It goes
// around in a ring, so that the camera can walk along it for ever; what is farther away passes more slowly.

import { COUNTER_TOP, HEIGHT, SCENES, WIDTH, chance, mix, wave } from "./film.mjs";

/** From one product to the next. */
export const STEP = 760;

/** How fast each layer passes, as a share of the counter's pace. */
const WALL = 0.5, LANTERNS = 0.8, AWNING = 1.1;

const WALL_PANEL = STEP * WALL, WALL_RING = SCENES.length * WALL_PANEL, WALL_BOTTOM = COUNTER_TOP - 10;
const BACK_EDGE = COUNTER_TOP - 62, FRONT_EDGE = COUNTER_TOP + 46;

const modulo = (x, ring) => ((x % ring) + ring) % ring;

/** Calls `draw(x, number)` for each thing of a ring of `count`, `step` apart, that is near the picture. */
function around(count, step, left, reach, draw) {
  const ring = count * step;
  for (let number = 0; number < count; number++) {
    const x = modulo(number * step - left + reach, ring) - reach;
    if (x <= WIDTH + reach) draw(x, number);
  }
}

export class Stall {
  constructor(pen) {
    this.pen = pen;
    this.wall = this.paintWall();
    this.counter = this.paintCounter();
    this.scallops = this.paintAwning();
  }

  // ---- The wall ---------------------------------------------------------------------------------

  /** All panels side by side, a little out of focus, and the first ones again behind the last. */
  paintWall() {
    const sharp = new OffscreenCanvas(WALL_RING + WIDTH + WALL_PANEL, WALL_BOTTOM), g = sharp.getContext("2d");
    const pen = this.pen.on(g);
    for (let number = 0; number * WALL_PANEL < sharp.width; number++) {
      g.save();
      g.translate(number * WALL_PANEL, 0);
      paintPanel(pen, number % SCENES.length);
      g.restore();
    }
    const soft = new OffscreenCanvas(sharp.width, sharp.height), s = soft.getContext("2d");
    s.filter = "blur(1.6px)";
    s.drawImage(sharp, 0, 0);
    return soft;
  }

  /** Where the camera rests, a panel's middle is in the picture's. */
  drawWall(t, camera) {
    const left = modulo(camera * WALL - WIDTH / 2 + WALL_PANEL / 2, WALL_RING);
    this.pen.g.drawImage(this.wall, left, 0, WIDTH, WALL_BOTTOM, 0, 0, WIDTH, WALL_BOTTOM);
  }

  // ---- The counter ------------------------------------------------------------------------------

  paintCounter() {
    const depth = HEIGHT + 80 - BACK_EDGE, tile = new OffscreenCanvas(STEP, depth), g = tile.getContext("2d");
    const top = this.pen.picture("wood-top").image, front = this.pen.picture("wood-front").image;
    for (const flip of [1, -1]) { // Mirrored, so that the ends meet.
      g.save();
      g.translate(flip < 0 ? STEP : 0, 0);
      g.scale(flip, 1);
      g.drawImage(front, 0, 0, front.width, front.height, 0, FRONT_EDGE - BACK_EDGE, STEP / 2, depth);
      g.drawImage(top, 0, 0, top.width, top.height, 0, 0, STEP / 2, FRONT_EDGE - BACK_EDGE + 1);
      g.restore();
    }
    const fall = (y0, y1, stops) => { const f = g.createLinearGradient(0, y0, 0, y1); stops.forEach(([at, c]) => f.addColorStop(at, c)); return f; };
    const edge = FRONT_EDGE - BACK_EDGE;
    g.fillStyle = fall(0, edge, [[0, "rgba(40,14,8,.62)"], [0.3, "rgba(60,24,10,.18)"], [0.8, "rgba(255,214,150,.22)"], [1, "rgba(255,232,186,.34)"]]);
    g.fillRect(0, 0, STEP, edge);
    g.fillStyle = fall(edge, edge + 20, [[0, "#dba468"], [0.25, "#b9783f"], [0.8, "#7d4523"], [1, "#4a2312"]]);
    g.fillRect(0, edge, STEP, 20);
    g.fillStyle = fall(edge + 20, depth, [[0, "rgba(24,6,6,.66)"], [0.12, "rgba(40,12,8,.2)"], [0.5, "rgba(30,8,8,.3)"], [1, "rgba(18,4,8,.74)"]]);
    g.fillRect(0, edge + 20, STEP, depth);
    for (let x = 0; x <= STEP; x += STEP / 8) {
      g.fillStyle = "rgba(20,4,2,.5)";
      g.fillRect(x - 2, edge + 20, 4, depth);
      g.fillStyle = "rgba(255,190,130,.14)";
      g.fillRect(x + 2, edge + 20, 2, depth);
    }
    return tile;
  }

  drawCounter(t, camera) {
    const { pen } = this, { g } = pen;
    around(SCENES.length, STEP, camera - WIDTH / 2 + STEP / 2, STEP, x => g.drawImage(this.counter, Math.round(x * 2) / 2, BACK_EDGE));
    around(SCENES.length, STEP, camera - WIDTH / 2, STEP, (x, number) => drawCloth(pen, x + 56, SCENES[number].cloth, t, number));
  }

  // ---- Above and before -------------------------------------------------------------------------

  paintAwning() {
    const stripe = AWNING * STEP / 12, tile = new OffscreenCanvas(Math.round(stripe * 2), 130), g = tile.getContext("2d");
    [["#c23a2c", 0], ["#fbeeda", 1]].forEach(([colour, k]) => {
      g.fillStyle = colour;
      g.beginPath();
      g.moveTo(k * stripe, 0);
      g.lineTo((k + 1) * stripe, 0);
      g.lineTo((k + 1) * stripe, 78);
      g.arc((k + 0.5) * stripe, 78, stripe / 2, 0, Math.PI);
      g.fill();
    });
    g.globalCompositeOperation = "source-atop";
    const shade = g.createLinearGradient(0, 0, 0, 118);
    [[0, "rgba(40,6,14,.72)"], [0.5, "rgba(50,8,10,.34)"], [0.8, "rgba(90,20,10,.06)"], [1, "rgba(255,200,130,.3)"]].forEach(([at, c]) => shade.addColorStop(at, c));
    g.fillStyle = shade;
    g.fillRect(0, 0, tile.width, 130);
    return { tile, stripe };
  }

  drawAwning(t, camera) {
    const { g } = this.pen, { tile, stripe } = this.scallops;
    const shift = modulo(camera * AWNING, 2 * stripe);
    g.save();
    const shade = g.createLinearGradient(0, 84, 0, 190);
    shade.addColorStop(0, "rgba(14,4,12,.6)");
    shade.addColorStop(1, "rgba(14,4,12,0)");
    g.fillStyle = shade;
    g.fillRect(0, 60, WIDTH, 130);
    for (let x = -shift; x < WIDTH; x += 2 * stripe) {
      g.drawImage(tile, x, -18 + 1.5 * wave(t, 9, x / 900), 2 * stripe + 0.5, 130);
    }
    g.restore();
  }

  /** Two lanterns to a product, at both sides of the host, and a line of bulbs between. */
  drawLanterns(t, camera) {
    const { pen } = this, step = STEP * LANTERNS, left = camera * LANTERNS - WIDTH / 2;
    drawBulbs(pen, t, left, step);
    around(SCENES.length, step, left, step, (x, number) => {
      drawLantern(pen, t, x - 214, 148, 118, number * 2);
      drawLantern(pen, t, x + 196, 124, 138, number * 2 + 1);
    });
  }

  /** Motes of light in the air. */
  drawMotes(t) {
    for (let n = 0; n < 9; n++) {
      const x = WIDTH * chance(n) + 26 * wave(t, 2 + n % 3, chance(n + 40));
      const y = 180 + 420 * chance(n + 9) + 34 * wave(t, 1 + n % 2, chance(n + 70));
      this.pen.glow(x, y, 5 + 7 * chance(n + 3), "#ffd69a", 0.16 + 0.14 * wave(t, 5 + n % 4, chance(n + 5)));
    }
  }
}

// ---- Panels of the wall -----------------------------------------------------------------------------

function paintPanel(pen, number) {
  const { g } = pen, w = WALL_PANEL, h = WALL_BOTTOM;
  const wall = g.createLinearGradient(0, 0, 0, h);
  [[0, "#1d332f"], [0.35, "#35584f"], [0.8, "#2c4a42"], [1, "#1d332e"]].forEach(([at, c]) => wall.addColorStop(at, c));
  g.fillStyle = wall;
  g.fillRect(0, 0, w + 1, h);
  for (let x = 0; x < w; x += w / 10) {
    g.fillStyle = "rgba(8,22,20,.28)";
    g.fillRect(x, 0, 2, h);
    g.fillStyle = "rgba(190,230,205,.06)";
    g.fillRect(x + 2, 0, 2, h);
  }
  PANELS[number % PANELS.length](pen, w);
  pen.glow(w / 2, 250, 250, "#ff9d4d", 0.3, { ry: 300 });
  const post = g.createLinearGradient(-16, 0, 16, 0);
  [[0, "#3a1a12"], [0.4, "#7b4127"], [1, "#2c120c"]].forEach(([at, c]) => post.addColorStop(at, c));
  for (const x of [0, w]) {
    g.save();
    g.translate(x, 0);
    g.fillStyle = post;
    g.fillRect(-13, 0, 26, h);
    g.restore();
  }
}

function plank(pen, x, y, w) {
  const { g } = pen;
  pen.glow(x + w / 2, y + 30, w * 0.6, "#050d0c", 0.5, { ry: 30, mode: "source-over" });
  g.fillStyle = "#a8713f";
  g.fillRect(x, y, w, 5);
  g.fillStyle = "#6b3f22";
  g.fillRect(x, y + 5, w, 9);
}

/** Goods on a shelf: names, sizes and where they stand. */
const row = (pen, y, things) => things.forEach(([name, x, size]) => pen.icon(name, x, y + 1, size));

const PANELS = [
  (pen, w) => { // Tea in jars.
    plank(pen, 34, 300, w - 68);
    row(pen, 300, [["jar", 82, 76], ["jar-green", 148, 76], ["jar", 214, 76], ["teapot-green", 294, 84]]);
    plank(pen, 34, 452, w - 68);
    row(pen, 452, [["honey-pot", 86, 84], ["sake", 168, 84], ["teapot-red", 252, 84], ["plant", 322, 80]]);
  },
  (pen, w) => moonWindow(pen, w / 2, 330, 142),
  (pen, w) => { // A doorway with a curtain, and the warm kitchen behind.
    const { g } = pen;
    const warm = g.createLinearGradient(0, 200, 0, WALL_BOTTOM);
    [[0, "#ffca74"], [0.5, "#d98a3e"], [1, "#6d3317"]].forEach(([at, c]) => warm.addColorStop(at, c));
    g.fillStyle = "#2c120c";
    g.fillRect(60, 186, w - 120, WALL_BOTTOM);
    g.fillStyle = warm;
    g.fillRect(72, 198, w - 144, WALL_BOTTOM);
    for (let k = 0; k < 3; k++) {
      const x = 74 + k * (w - 148) / 3, wide = (w - 148) / 3 - 4;
      g.fillStyle = "#8f2a24";
      g.beginPath();
      g.moveTo(x, 200);
      g.lineTo(x + wide, 200);
      g.quadraticCurveTo(x + wide - 3, 300, x + wide + 2, 392);
      g.quadraticCurveTo(x + wide / 2, 402, x - 1, 394);
      g.fill();
      g.fillStyle = "rgba(255,236,205,.86)";
      g.beginPath();
      g.arc(x + wide / 2, 300, 21, 0, 7);
      g.fill();
      g.fillStyle = "#8f2a24";
      g.beginPath();
      g.arc(x + wide / 2, 300, 13, 0, 7);
      g.fill();
    }
  },
  (pen, w) => { // A chest of small drawers, pots on top.
    const { g } = pen;
    row(pen, 330, [["teapot-green", 96, 84], ["bamboo", 190, 120], ["teapot-red", 284, 84]]);
    g.fillStyle = "#5b2f1c";
    g.fillRect(40, 330, w - 80, 300);
    for (let j = 0; j < 4; j++) for (let k = 0; k < 4; k++) {
      const x = 50 + k * (w - 100) / 4, y = 342 + j * 66;
      g.fillStyle = "#8a5230";
      g.fillRect(x + 3, y, (w - 100) / 4 - 6, 56);
      g.fillStyle = "rgba(255,210,150,.2)";
      g.fillRect(x + 3, y, (w - 100) / 4 - 6, 3);
      g.fillStyle = "#d8a650";
      g.beginPath();
      g.arc(x + (w - 100) / 8, y + 30, 6, 0, 7);
      g.fill();
    }
  },
  (pen, w) => { // A scroll with hills, and the cat's shelf.
    scroll(pen, w / 2 - 60, 186, 132, 250);
    plank(pen, w / 2 + 30, 420, w / 2 - 60);
    row(pen, 420, [["cat", w / 2 + 96, 104]]);
    pen.icon("cat-tail", w / 2 + 96, 421, 104);
    plank(pen, 34, 520, w - 68);
    row(pen, 520, [["jar-green", 92, 70], ["sake", 160, 76], ["honey-pot", 236, 80], ["jar", 306, 72]]);
  },
  (pen, w) => { // Paper screens with light behind.
    const { g } = pen;
    const paper = g.createLinearGradient(0, 190, 0, WALL_BOTTOM);
    [[0, "#ffe2a8"], [0.6, "#f3b566"], [1, "#b06a32"]].forEach(([at, c]) => paper.addColorStop(at, c));
    g.fillStyle = "#3a1a12";
    g.fillRect(36, 182, w - 72, WALL_BOTTOM);
    g.fillStyle = paper;
    g.fillRect(46, 192, w - 92, WALL_BOTTOM);
    g.globalAlpha = 0.3;
    for (const [x, y, s] of [[108, 560, 190], [292, 600, 240]]) pen.icon("bamboo", x, y, s);
    g.globalAlpha = 1;
    g.fillStyle = "#4a2416";
    for (let x = 46; x <= w - 46; x += (w - 92) / 6) g.fillRect(x - 2.5, 192, 5, WALL_BOTTOM);
    for (let y = 192; y < WALL_BOTTOM; y += 74) g.fillRect(46, y - 2.5, w - 92, 5);
  },
  (pen, w) => { // Steamers, a fan and cups.
    pen.icon("fan", w / 2 + 76, 300, 130, { ax: 16, ay: 26 });
    pen.icon("chime", w / 2 - 88, 176, 110, { ay: 2 });
    plank(pen, 34, 452, w - 68);
    for (const [x, y] of [[118, 446], [118, 404]]) { pen.set("steamer-back", x, y - 50, 150, { ay: 0.1 }); pen.set("steamer-front", x, y - 50, 150, { ay: 0.1 }); }
    row(pen, 452, [["teacup", 220, 66], ["teacup", 282, 66], ["plant", 334, 76]]);
  },
];

function moonWindow(pen, x, y, r) {
  const { g } = pen;
  g.save();
  g.fillStyle = "#4a2416";
  g.beginPath();
  g.arc(x, y, r + 14, 0, 7);
  g.fill();
  g.strokeStyle = "#8a5230";
  g.lineWidth = 4;
  g.stroke();
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  g.clip();
  const sky = g.createLinearGradient(0, y - r, 0, y + r);
  [[0, "#1b1d47"], [0.5, "#4b3570"], [0.8, "#a2566f"], [1, "#e58a5a"]].forEach(([at, c]) => sky.addColorStop(at, c));
  g.fillStyle = sky;
  g.fillRect(x - r, y - r, 2 * r, 2 * r);
  pen.glow(x + 46, y - 52, 90, "#ffe9b0", 0.7);
  pen.icon("moon", x + 46, y - 52, 78, { ay: 16 });
  g.fillStyle = "#2a2050";
  for (const [dx, w, h] of [[-150, 60, 70], [-96, 44, 104], [-58, 56, 62], [-6, 40, 92], [28, 60, 56], [82, 46, 86], [120, 50, 60]]) {
    g.fillRect(x + dx, y + r - h, w, h);
  }
  for (let n = 0; n < 26; n++) pen.glow(x - r + 2 * r * chance(n), y + r - 84 * chance(n + 31), 4 + 4 * chance(n + 2), "#ffcf7a", 0.9);
  g.globalAlpha = 0.85;
  pen.icon("bamboo", x - 92, y + r + 40, 190);
  g.restore();
}

function scroll(pen, x, y, w, h) {
  const { g } = pen;
  g.fillStyle = "#e9dcc0";
  g.fillRect(x - w / 2, y, w, h);
  g.fillStyle = "#d9583f";
  g.beginPath();
  g.arc(x + w * 0.18, y + h * 0.3, w * 0.15, 0, 7);
  g.fill();
  [["#9db8ad", 0.52, 0.2], ["#6d9086", 0.66, 0.16], ["#3f635b", 0.8, 0.12]].forEach(([colour, at, high], k) => {
    g.fillStyle = colour;
    g.beginPath();
    g.moveTo(x - w / 2, y + h);
    g.lineTo(x - w / 2, y + h * at);
    g.quadraticCurveTo(x - w * (0.3 - k * 0.2), y + h * (at - high), x, y + h * (at + 0.02));
    g.quadraticCurveTo(x + w * (0.2 + k * 0.08), y + h * (at - high * 0.7), x + w / 2, y + h * (at - 0.02 * k));
    g.lineTo(x + w / 2, y + h);
    g.fill();
  });
  g.fillStyle = "#5b2f1c";
  g.fillRect(x - w / 2 - 8, y - 8, w + 16, 10);
  g.fillRect(x - w / 2 - 8, y + h - 2, w + 16, 10);
}

// ---- Things of the stall ----------------------------------------------------------------------------

function drawLantern(pen, t, x, top, size, number) {
  const { g } = pen, swing = 0.045 * wave(t, 11 + number % 3, chance(number)) + 0.02 * wave(t, 19, chance(number + 7));
  const light = 0.9 + 0.1 * wave(t, 17 + number % 5, chance(number + 20));
  g.save();
  g.translate(x, 40);
  g.rotate(swing);
  g.strokeStyle = "#3b1512";
  g.lineWidth = 2.5;
  g.beginPath();
  g.moveTo(0, 0);
  g.lineTo(0, top - 40 + 6);
  g.stroke();
  pen.glow(0, top - 40 + size * 0.5, size * 1.35, "#ff8a3c", 0.42 * light);
  pen.icon("lantern", 0, top - 40, size, { ay: 2 });
  pen.glow(0, top - 40 + size * 0.48, size * 0.42, "#ffe3a0", 0.62 * light, { ry: size * 0.5 });
  g.strokeStyle = "#d9a441";
  g.lineWidth = 2;
  for (let k = -2; k <= 2; k++) {
    g.beginPath();
    g.moveTo(k * 2, top - 40 + size * 0.87);
    g.quadraticCurveTo(k * 3 + 60 * swing, top - 40 + size * 1.02, k * 3.4 + 160 * swing, top - 40 + size * 1.14);
    g.stroke();
  }
  g.restore();
}

/** A sagging line of bulbs; they brighten one after the other. */
function drawBulbs(pen, t, left, step) {
  const { g } = pen, span = step / 2, first = Math.floor(left / span) - 1;
  for (let n = first; n * span < left + WIDTH + span; n++) {
    const x0 = (n + 0.5) * span - left, sag = 46, y0 = 96;
    g.strokeStyle = "#241010";
    g.lineWidth = 1.6;
    g.beginPath();
    g.moveTo(x0, y0);
    g.quadraticCurveTo(x0 + span / 2, y0 + 2 * sag, x0 + span, y0);
    g.stroke();
    for (let k = 1; k < 6; k++) {
      const a = k / 6, x = x0 + a * span, y = y0 + 4 * sag * a * (1 - a) + 5;
      const light = 0.72 + 0.28 * wave(t, 14, k / 5);
      pen.glow(x, y, 20, "#ffb655", 0.5 * light);
      g.fillStyle = "#fff0c4";
      g.beginPath();
      g.ellipse(x, y, 3.4, 4.4, 0, 0, 7);
      g.fill();
    }
  }
}

/** A cloth under the product: over the counter's edge it hangs with a fringe. */
function drawCloth(pen, x, colour, t, number) {
  const { g } = pen, back = COUNTER_TOP - 50, edge = FRONT_EDGE + 3, hang = edge + 106;
  const far = 104, near = 138;
  const shape = () => {
    g.beginPath();
    g.moveTo(x - far, back);
    g.lineTo(x + far, back);
    g.lineTo(x + near, edge);
    g.lineTo(x - near, edge);
    g.closePath();
  };
  pen.shadow(x + 4, edge + 2, near + 26, 18, 0.4);
  g.fillStyle = colour;
  shape();
  g.fill();
  const lie = g.createLinearGradient(0, back, 0, edge);
  lie.addColorStop(0, "rgba(30,8,10,.5)");
  lie.addColorStop(1, "rgba(255,236,200,.16)");
  g.fillStyle = lie;
  g.fill();
  const hem = k => edge + 106 + 5 * Math.sin(k * 9) + 1.5 * wave(t, 13, k + number / 7);
  g.fillStyle = colour;
  g.beginPath();
  g.moveTo(x - near, edge);
  g.lineTo(x + near, edge);
  for (let n = 20; n >= 0; n--) g.lineTo(x + mix(-near, near, n / 20), hem(n / 20));
  g.closePath();
  g.fill();
  const fold = g.createLinearGradient(x - near, 0, x + near, 0);
  for (let k = 0; k <= 8; k++) fold.addColorStop(k / 8, k % 2 ? "rgba(255,246,226,.14)" : "rgba(40,10,14,.26)");
  g.fillStyle = fold;
  g.fill();
  const deep = g.createLinearGradient(0, edge, 0, hang);
  [[0, "rgba(255,240,210,.3)"], [0.1, "rgba(40,8,12,.14)"], [1, "rgba(40,8,14,.46)"]].forEach(([at, c]) => deep.addColorStop(at, c));
  g.fillStyle = deep;
  g.fill();
  g.strokeStyle = "rgba(255,236,200,.5)";
  g.lineWidth = 1.5;
  for (const up of [14, 20]) {
    g.beginPath();
    for (let n = 0; n <= 20; n++) g.lineTo(x + mix(-near, near, n / 20), hem(n / 20) - up);
    g.stroke();
  }
  g.strokeStyle = colour;
  g.lineWidth = 2;
  g.globalAlpha = 0.8;
  for (let k = 0.02; k < 1; k += 0.04) {
    g.beginPath();
    g.moveTo(x + mix(-near, near, k), hem(k) - 1);
    g.lineTo(x + mix(-near, near, k) + 1.5 * wave(t, 13, k), hem(k) + 11);
    g.stroke();
  }
  g.globalAlpha = 1;
}
