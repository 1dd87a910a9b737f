// Puts one picture of the film together: the camera's way along the stall, the host, the product's act, light over all.

import { COUNTER_TOP, HEIGHT, SCENES, SCENE_SECONDS, SECONDS, WIDTH, during, ease, ring, spring } from "./film.mjs";
import { ACTS, sparks } from "./acts.mjs";
import { Host } from "./host.mjs";
import { Pen } from "./pen.mjs";
import { STEP, Stall } from "./stall.mjs";

/** The camera sets off so long before the next product. */
const LEAVES = SCENE_SECONDS - 1.15;

/** Beside the middle, so that the host is seen too. */
const GOODS = 56, HOST = -70;

export class Film {
  constructor(canvas, pictures) {
    this.g = canvas.getContext("2d");
    this.g.imageSmoothingQuality = "high";
    this.pen = new Pen(this.g, pictures);
    this.stall = new Stall(this.pen);
    this.host = new Host(this.pen);
  }

  draw(time) {
    const { g, pen, stall, host } = this, t = ((time % SECONDS) + SECONDS) % SECONDS;
    const scene = Math.floor(t / SCENE_SECONDS), u = t - scene * SCENE_SECONDS;
    const way = ease(u, LEAVES, SCENE_SECONDS), camera = STEP * (scene + way);
    const walk = Math.sin(Math.PI * way) * (u > LEAVES ? 1 : 0);
    const close = during(u, 2.4, 4.2, 6.2, 7.5), zoom = 1 + 0.2 * close;
    const aimX = WIDTH / 2 + GOODS * 0.8 * close, aimY = 470;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.globalAlpha = 1;
    g.globalCompositeOperation = "source-over";
    const lens = strength => {
      const z = 1 + (zoom - 1) * strength;
      g.setTransform(z, 0, 0, z, aimX - aimX * z, aimY - aimY * z);
    };
    lens(0.7);
    stall.drawWall(t, camera);
    lens(0.9);
    stall.drawLanterns(t, camera);
    lens(1);
    const hostX = WIDTH / 2 + HOST - 26 * Math.sin(Math.PI * 2 * way) * (u > LEAVES ? 1 : 0);
    const look = during(u, 0.2, 0.7, 1.9, 2.3) + during(u, 3.4, 3.8, 5.6, 6.1);
    host.draw(t, hostX, { walk, look, joy: during(u, 5.9, 6.1, 6.8, 7), spoon: during(u, 6, 6.3, 7, 7.4) });
    stall.drawCounter(t, camera);
    this.hands(hostX, u, t);
    this.shown(scene, u, t, camera);
    lens(1.1);
    stall.drawAwning(t, camera);
    this.light(t);
  }

  /** The product that is shown, and its neighbours while the camera passes. */
  shown(scene, u, t, camera) {
    const { pen } = this, count = SCENES.length;
    for (const by of [-1, 0, 1]) {
      const number = (scene + by + count) % count, x = WIDTH / 2 + GOODS + (scene + by) * STEP - camera;
      if (x < -330 || x > WIDTH + 330) continue;
      const own = u - by * SCENE_SECONDS;
      ACTS[SCENES[number].product](pen, x, COUNTER_TOP, own, t);
      this.tag(x, own, t);
    }
  }

  /** She shows the goods with an open hand, and later says with a thumb what she thinks of them. */
  hands(x, u, t) {
    const show = during(u, 0.3, 0.9, 2.7, 3.3), like = during(u, 5.5, 6, 6.8, 7.3);
    if (like > 0) this.host.arm(t, x, { hand: "hand-thumb", up: like, px: 238, py: 462 + 5 * Math.sin(u * 7), r: 0.1 * Math.sin(u * 7), size: 96, ax: 14, ay: 27 });
    else this.host.arm(t, x, { hand: "hand-open", up: show, px: 236, py: 548 + 5 * Math.sin(u * 3), r: -0.5 + 0.12 * Math.sin(u * 3.4), size: 104 });
  }

  /** The price comes down on a string, bounces, and is drawn up again. No number is on it: it is the room that knows. */
  tag(x, u, t) {
    const { pen } = this, { g } = pen;
    if (u < 0.6 || u > 7.4) return;
    const down = spring(u, 0.7, 8, 3) * (1 - ease(u, 6.7, 7.3)), swing = 0.34 * ring(u, 0.9, 5.2, 1.1) + 0.05 * Math.sin(u * 2.2);
    const px = x + 122, top = 60, length = 286 * down;
    g.save();
    g.translate(px, top);
    g.rotate(swing * 0.4);
    g.strokeStyle = "#c8423a";
    g.lineWidth = 2.4;
    g.beginPath();
    g.moveTo(0, -120);
    g.lineTo(0, length);
    g.stroke();
    g.translate(0, length);
    g.rotate(swing);
    pen.icon("tag", 0, 0, 92, { ax: 27.5, ay: 6.4, r: -0.92 });
    g.restore();
    sparks(pen, px, top + 286 + 50, u, 1.1, { rx: 54, ry: 54, count: 5, seed: 8, size: 9 });
  }

  light(t) {
    const { g, pen, stall } = this;
    g.setTransform(1, 0, 0, 1, 0, 0);
    stall.drawMotes(t);
    pen.glow(WIDTH / 2, 420, 420, "#ffb765", 0.13, { ry: 460, mode: "soft-light" });
    const dark = g.createRadialGradient(WIDTH / 2, 460, 300, WIDTH / 2, 480, 640);
    dark.addColorStop(0, "rgba(20,4,16,0)");
    dark.addColorStop(1, "rgba(20,4,16,.62)");
    g.fillStyle = dark;
    g.fillRect(0, 0, WIDTH, HEIGHT);
  }
}
