// Draws what was photographed, and light, on a canvas. Emoji are placed by a point of their own 32 × 32 units.

const PAD = 7, BOX = 32 + 2 * PAD; // As the studio photographs them: with air all around.

export class Pen {
  /** `pictures` are the sprites by their names, each `{ image, kind, units }`. */
  constructor(g, pictures) {
    Object.assign(this, { g, pictures });
    this.soft = dab(128, [[0, 1], [0.35, 0.72], [0.7, 0.2], [1, 0]]);
    this.wide = dab(128, [[0, 1], [0.25, 0.56], [0.55, 0.18], [1, 0]]);
    this.tints = new Map();
  }

  /** The same pen on another canvas. */
  on(g) {
    return Object.assign(Object.create(Pen.prototype), this, { g });
  }

  picture(name) {
    const picture = this.pictures[name];
    if (!picture) throw new Error(`nothing photographed is called ${name}`);
    return picture;
  }

  /** An emoji of `size`, so that its point (ax, ay) comes to (x, y). */
  icon(name, x, y, size, { r = 0, ax = 16, ay = 30, sx = 1, sy = 1, o = 1, flip = false } = {}) {
    if (o <= 0.002) return;
    const { g } = this, k = size / 32;
    g.save();
    g.globalAlpha *= o;
    g.translate(x, y);
    g.rotate(r);
    g.scale(sx * (flip ? -1 : 1), sy);
    g.drawImage(this.picture(name).image, -(ax + PAD) * k, -(ay + PAD) * k, BOX * k, BOX * k);
    g.restore();
  }

  /** What the studio made, `w` wide; (ax, ay) is in shares of its width. */
  set(name, x, y, w, { ax = 0.5, ay = 0, o = 1, r = 0, sy = 1 } = {}) {
    const { image } = this.picture(name), { g } = this, h = w * image.height / image.width;
    g.save();
    g.globalAlpha *= o;
    g.translate(x, y);
    g.rotate(r);
    g.scale(1, sy);
    g.drawImage(image, -ax * w, -ay * w, w, h);
    g.restore();
  }

  /** Light, or with `mode` something else that is soft at its edge. */
  glow(x, y, rx, colour, o = 1, { ry = rx, mode = "screen", wide = true } = {}) {
    if (o <= 0.003) return;
    const { g } = this;
    g.save();
    g.globalCompositeOperation = mode;
    g.globalAlpha *= Math.min(1, o);
    g.drawImage(this.tinted(wide ? this.wide : this.soft, colour), x - rx, y - ry, 2 * rx, 2 * ry);
    g.restore();
  }

  shadow(x, y, rx, ry, o = 0.5) {
    this.glow(x, y, rx, "#1c0a0a", o, { ry, mode: "source-over", wide: false });
  }

  tinted(shape, colour) {
    const key = `${shape === this.wide} ${colour}`;
    if (!this.tints.has(key)) {
      const canvas = new OffscreenCanvas(shape.width, shape.height), g = canvas.getContext("2d");
      g.fillStyle = colour;
      g.fillRect(0, 0, canvas.width, canvas.height);
      g.globalCompositeOperation = "destination-in";
      g.drawImage(shape, 0, 0);
      this.tints.set(key, canvas);
    }
    return this.tints.get(key);
  }

  /** A star of four points, as light makes on glaze. */
  spark(x, y, size, o = 1, r = 0, colour = "#fff3cf") {
    if (o <= 0.01 || size <= 0.3) return;
    const { g } = this;
    this.glow(x, y, size * 1.5, "#ffd98a", 0.5 * o);
    g.save();
    g.globalAlpha *= o;
    g.translate(x, y);
    g.rotate(r);
    g.fillStyle = colour;
    g.beginPath();
    for (let k = 0; k < 4; k++) {
      const a = k * Math.PI / 2, b = a + Math.PI / 4;
      g.lineTo(Math.cos(a) * size, Math.sin(a) * size);
      g.quadraticCurveTo(Math.cos(b) * size * 0.12, Math.sin(b) * size * 0.12, Math.cos(a + Math.PI / 2) * size, Math.sin(a + Math.PI / 2) * size);
    }
    g.fill();
    g.restore();
  }
}

/** A round dab whose cover falls from its middle as the stops say. */
function dab(size, stops) {
  const canvas = new OffscreenCanvas(size, size), g = canvas.getContext("2d");
  const fill = g.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
  for (const [at, o] of stops) fill.addColorStop(at, `rgba(255,255,255,${o})`);
  g.fillStyle = fill;
  g.fillRect(0, 0, size, size);
  return canvas;
}
