// The host behind the counter: she breathes, talks, blinks, looks at what she shows and at whoever watches, and walks
// along with the camera.

import { COUNTER_TOP, chance, clamp, mix, wave } from "./film.mjs";

const SIZE = 448, UNIT = SIZE / 32, FOOT = COUNTER_TOP - 34;

/** Words come and go: between 0 and 1, how far the mouth is open. */
function talk(t) {
  const words = clamp(0.9 * Math.sin(t * 2.1) + 0.7 * Math.sin(t * 0.9 + 1) + 0.35);
  return words * (0.5 + 0.5 * Math.sin(t * 21 + 2 * Math.sin(t * 7)));
}

/** 1 while the eyes are open. */
function lids(t) {
  const beat = t / 2.9, k = (beat - Math.floor(beat) - 0.3 * chance(Math.floor(beat))) * 2.9;
  return 1 - 0.95 * Math.max(0, 1 - Math.abs(k - 0.5) / 0.11);
}

export class Host {
  constructor(pen) {
    this.pen = pen;
  }

  /** `x` is her middle, `walk` how fast she goes (-1 to 1), `look` from 0, at us, to 1, at the goods; `joy` closes her
   *  eyes with pleasure, `bite` opens her mouth. */
  draw(t, x, { walk = 0, look = 0, joy = 0, bite = 0, spoon = 0 }) {
    const { pen } = this, { g } = pen;
    const bob = Math.abs(walk) * -9 * Math.abs(Math.sin(t * 9)) + 2 * wave(t, 24);
    const breath = 1 + 0.006 * wave(t, 20);
    const open = Math.max(bite, (1 - joy) * talk(t));
    g.save();
    g.translate(x, FOOT + bob);
    g.rotate(0.03 * walk);
    g.scale(-1, breath); // Mirrored: the spoon is in the hand that is away from the goods.
    const place = { ax: 16, ay: 30 };
    const tilt = 0.03 * wave(t, 15) + 0.02 * wave(t, 23, 0.3) - 0.05 * look - 0.04 * joy;
    const head = (draw, dy = 0) => {
      g.save();
      g.translate(0, -13.4 * UNIT + 0.8 * UNIT * bite * 0.3);
      g.rotate(tilt);
      g.translate(0, 13.4 * UNIT + dy);
      draw();
      g.restore();
    };
    pen.shadow(0, -6 * UNIT, 11 * UNIT, 9 * UNIT, 0.28);
    head(() => pen.icon("cook-hair", 0, 0, SIZE, place));
    this.spoon(t, place, spoon);
    pen.icon("cook-body", 0, 0, SIZE, place);
    head(() => {
      pen.icon("cook-face", 0, 0, SIZE, place);
      this.face(t, { look, joy, open, place });
      pen.icon("cook-hat", 0, 0, SIZE, { ...place, sy: 1 + 0.012 * Math.abs(walk) * Math.sin(t * 18) });
    });
    pen.icon("cook-fist", 0, 0.4 * UNIT * wave(t, 37), SIZE, place);
    g.restore();
  }

  spoon(t, place, more) {
    const { g } = this.pen, x = 10 * UNIT, y = -4.6 * UNIT;
    g.save();
    g.translate(x, y);
    g.rotate(0.06 * wave(t, 33) + 0.22 * more * Math.sin(t * 10));
    g.translate(-x, -y);
    this.pen.icon("cook-spoon", 0, 0, SIZE, place);
    g.restore();
  }

  face(t, { look, joy, open, place }) {
    const { pen } = this, { g } = pen;
    const eyeY = 10 - 30, brow = -0.35 * open - 0.3 * joy + 0.12 * wave(t, 31);
    pen.icon("cook-brows", 0, brow * UNIT * 0.6, SIZE, place);
    const lid = joy < 0.5 ? lids(t) : 0, squash = { ax: 16, ay: 10.1, sy: lid > 0.75 ? 1 : 0.8 };
    if (lid > 0.5) {
      pen.icon("cook-eyes", 0, (eyeY + 0.1) * UNIT, SIZE, squash);
      // Mirrored, so to look at the goods is to look the other way; and down.
      pen.icon("cook-gaze", (-0.3 * look + 0.06 * wave(t, 29)) * UNIT, (eyeY + 0.1 + 0.16 * look) * UNIT, SIZE, squash);
    } else {
      g.strokeStyle = "#3a1f1c";
      g.lineWidth = 0.34 * UNIT;
      g.lineCap = "round";
      for (const dx of [-2.4, 2.4]) {
        g.beginPath();
        if (joy < 0.5) g.arc(dx * UNIT, (eyeY - 0.5) * UNIT, 1.15 * UNIT, Math.PI * 0.2, Math.PI * 0.8);
        else g.arc(dx * UNIT, (eyeY + 0.75) * UNIT, 1.15 * UNIT, Math.PI * 1.15, Math.PI * 1.85);
        g.stroke();
      }
    }
    for (const dx of [-3.5, 3.5]) pen.glow(dx * UNIT, (eyeY + 2.3) * UNIT, 1.6 * UNIT, "#ff7a6b", 0.22 + 0.3 * joy, { mode: "source-over" });
    this.mouth(open, joy);
  }

  mouth(open, joy) {
    const { g } = this.pen, y = (13.55 - 30) * UNIT, wide = mix(1.72, 1.5, open) * UNIT, deep = Math.max(0.22, mix(0.3, 1.75, open), 1.2 * joy) * UNIT;
    const lips = () => {
      g.beginPath();
      g.moveTo(-wide, y - 0.1 * UNIT);
      g.quadraticCurveTo(0, y + 0.34 * UNIT, wide, y - 0.1 * UNIT);
      g.bezierCurveTo(wide * 0.9, y + deep * 0.9, wide * 0.5, y + 0.2 * UNIT + deep, 0, y + 0.2 * UNIT + deep);
      g.bezierCurveTo(-wide * 0.5, y + 0.2 * UNIT + deep, -wide * 0.9, y + deep * 0.9, -wide, y - 0.1 * UNIT);
    };
    g.save();
    lips();
    g.fillStyle = "#7a0d3c";
    g.strokeStyle = "#8f1f46";
    g.lineWidth = 0.16 * UNIT;
    g.lineJoin = "round";
    g.fill();
    g.stroke();
    g.clip();
    g.fillStyle = "#fff6f2";
    g.fillRect(-wide * 0.72, y - 0.2 * UNIT, wide * 1.44, 0.52 * UNIT * Math.min(1, deep / UNIT + 0.1));
    g.fillStyle = "#e0607a";
    g.beginPath();
    g.ellipse(0, y + 0.35 * UNIT + deep, wide * 0.55, deep * 0.5, 0, 0, 7);
    g.fill();
    g.restore();
  }

  /** The arm beside the goods: from her shoulder to a hand that rests on the counter, or is raised to `pose`. */
  arm(t, x, { hand = "hand-rest", up = 0, px = 0, py = 0, r = 0, size = 104, ax = 5, ay = 20 }) {
    const { pen } = this, { g } = pen;
    const shoulderX = x + 7 * UNIT, shoulderY = FOOT - 8.4 * UNIT;
    const tipX = mix(x + 206, x + px, up), tipY = mix(FOOT + 22, py, up), elbowX = mix(x + 176, x + 196, up), elbowY = FOOT + mix(10, 34, up);
    const sleeve = (width, style) => {
      g.lineWidth = width;
      g.strokeStyle = style;
      g.beginPath();
      g.moveTo(shoulderX, shoulderY);
      g.quadraticCurveTo(elbowX, elbowY, tipX, tipY);
      g.stroke();
    };
    const turn = Math.atan2(tipY - elbowY, tipX - elbowX);
    g.save();
    g.lineCap = "round";
    pen.shadow(elbowX + 14, FOOT + 44, 76, 16, 0.5);
    const across = g.createLinearGradient(shoulderX, shoulderY - 20, tipX + 10, FOOT + 50);
    [[0, "rgba(240,231,236,0)"], [0.1, "rgba(240,231,236,.7)"], [0.2, "#f2eaee"], [0.45, "#f1e8ed"], [1, "#b7a3bd"]].forEach(([at, c]) => across.addColorStop(at, c));
    const edge = g.createLinearGradient(shoulderX, shoulderY, elbowX, elbowY);
    [[0, "rgba(110,76,110,0)"], [0.4, "rgba(110,76,110,.05)"], [1, "rgba(70,36,60,.42)"]].forEach(([at, c]) => edge.addColorStop(at, c));
    sleeve(57, edge);
    sleeve(53, across);
    g.strokeStyle = "rgba(140,116,160,.6)";
    g.lineWidth = 3;
    g.beginPath();
    g.arc(tipX - 16 * Math.cos(turn), tipY - 16 * Math.sin(turn), 25, turn - 1.3, turn + 1.3);
    g.stroke();
    const resting = hand === "hand-rest" || up < 0.35;
    if (resting) pen.icon("hand-rest", tipX - 4, tipY + 6, 100, { ax: 5, ay: 13, r: 0.22 });
    else pen.icon(hand, tipX, tipY, size, { ax, ay, r, flip: false });
    g.restore();
  }
}
