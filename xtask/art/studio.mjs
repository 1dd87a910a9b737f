// The photo studio: turns one scene of scenes.json into a page that a browser can photograph.
// A stage is always 1000 units wide. Nothing here knows shops or files; see render.mjs for those.

const PAD = 7; // Units of air around a 32-unit emoji, so that a turned one is not cut.
const BOX = 32 + 2 * PAD;

/** Wraps an emoji's body so that turning, mirroring, laying flat and thickening are part of the picture
 *  itself: shadow, reflection and shading are then all made from the same silhouette. */
export function objectSvg(body, { r = 0, flip = false, lie = 1, thick = 0 }) {
  const pose = y => `translate(16 ${16 + y}) scale(${flip ? -1 : 1} ${lie}) rotate(${r}) translate(-16 -16)`;
  let layers = "";
  for (let y = thick; y > 0; y -= 0.3) {
    layers += `<use href="#whole" transform="${pose(y)}" style="filter:brightness(${(0.62 + 0.2 * (1 - y / thick)).toFixed(2)})"/>`;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-PAD} ${-PAD} ${BOX} ${BOX}" width="920" height="920">`
    + `<defs><g id="whole">${body}</g></defs>${layers}<use href="#whole" transform="${pose(0)}"/></svg>`;
}

export const poseKey = t => JSON.stringify([t.i, t.r ?? 0, !!t.flip, t.lie ?? 1, t.thick ?? 0]);
const uri = svg => `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
const svgUrl = svg => `url('${uri(svg)}')`;
const at = (x, y, w, h, css, inner = "") =>
  `<div style="position:absolute;left:${x.toFixed(1)}px;top:${y.toFixed(1)}px;width:${w.toFixed(1)}px;height:${h.toFixed(1)}px;${css}">${inner}</div>`;

/** Ways to dye or age an object. They are CSS filters so that one emoji gives a whole range of colours. */
export const TINTS = {
  none: "",
  black: "grayscale(.92) brightness(.42) contrast(1.1)",
  charcoal: "grayscale(.85) brightness(.62)",
  cream: "saturate(.35) brightness(1.28) contrast(.86)",
  white: "grayscale(.85) brightness(1.45) contrast(.82)",
  muted: "saturate(.7)",
  dry: "saturate(.55) brightness(1.04)",
};
const tint = t => !t ? "" : TINTS[t] ?? t;

// ---- Surfaces -------------------------------------------------------------------------------------

const grain = (freq, octaves, rgb, gain, bias, seed = 3) =>
  `<filter id="g${seed}" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="${freq}" numOctaves="${octaves}" seed="${seed}"/>`
  + `<feColorMatrix values="0 0 0 0 ${rgb[0]} 0 0 0 0 ${rgb[1]} 0 0 0 0 ${rgb[2]} ${gain} 0 0 0 ${bias}"/></filter><rect width="100%" height="100%" filter="url(#g${seed})"/>`;

function texture(name, colour) {
  const base = `<rect width="100%" height="100%" fill="${colour}"/>`;
  const wrap = inner => svgUrl(`<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="1400">${base}${inner}</svg>`);
  if (name === "wood") {
    let seams = "";
    for (let x = 0; x < 1400; x += 280) seams += `<rect x="${x}" width="3" height="1400" fill="#2a1204" opacity=".3"/><rect x="${x + 3}" width="2" height="1400" fill="#fff" opacity=".16"/>`;
    return wrap(grain(".035 .0022", 4, [0.24, 0.11, 0.03], 1.9, -0.82, 5) + grain(".012 .001", 2, [1, 0.93, 0.8], 1.3, -0.6, 9) + seams);
  }
  if (name === "linen") return wrap(`<g opacity=".5">${grain(".012 .35", 2, [0.3, 0.24, 0.18], 0.9, -0.38, 4)}${grain(".35 .012", 2, [1, 1, 1], 0.9, -0.36, 8)}</g>`);
  if (name === "marble") return wrap(`<g opacity=".55">${grain(".0035 .007", 5, [0.36, 0.36, 0.42], 2.6, -1.36, 21)}</g><g opacity=".6">${grain(".004", 3, [1, 1, 1], 1.2, -0.5, 12)}</g>`);
  if (name === "terrazzo") return wrap(terrazzo());
  return `linear-gradient(${colour},${colour})`;
}

/** Chips of stone, scattered by a fixed sequence so that each rendering is the same. */
function terrazzo() {
  let seed = 7, chips = "";
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const colours = ["#c98f78", "#8fa39a", "#d9b46a", "#b9a7a0", "#7d6a64"];
  for (let n = 0; n < 260; n++) {
    const x = next() * 1400, y = next() * 1400, size = 6 + next() * 20;
    const points = [0, 1, 2, 3, 4].map(k => {
      const a = (k + next() * 0.7) * 1.26, d = size * (0.6 + next() * 0.5);
      return `${(x + d * Math.cos(a)).toFixed(0)},${(y + d * Math.sin(a)).toFixed(0)}`;
    }).join(" ");
    chips += `<polygon points="${points}" fill="${colours[n % 5]}" opacity=".5"/>`;
  }
  return chips;
}

// ---- Backdrops ------------------------------------------------------------------------------------

/** Paper sweep or table before a wall. `horizon` is where the wall ends. */
function sweep(s, p, H) {
  const y = s.horizon, soft = s.surface && s.surface !== "paper";
  const wall = `linear-gradient(180deg, ${p.wall[0]} 0, ${p.wall[1]} ${y}px)`;
  const paper = `linear-gradient(180deg, ${p.wall[0]} 0, ${p.wall[1]} ${y - 90}px, ${p.floor[0]} ${y + 60}px, ${p.floor[1]} ${H}px)`;
  let out = at(0, 0, 1000, H, `background:${soft ? wall : paper}`);
  for (const b of s.back ?? []) out += backShape(b, p);
  const lx = s.light < 0 ? 26 : 74;
  out += at(0, 0, 1000, H, `background:radial-gradient(ellipse 75% 70% at ${lx}% 26%, rgba(255,251,240,.52), rgba(255,250,240,0) 70%)`);
  if (soft) {
    const depth = H - y;
    out += at(-60, y, 1120, depth + 20, "overflow:hidden;filter:blur(.6px)",
      at(-900, 0, 2920, depth * 3.4, `transform-origin:50% 0;transform:perspective(700px) rotateX(${s.surface === "wood" ? 66 : 62}deg);background:${texture(s.surface, s.table ?? p.floor[0])}`)
      + at(0, 0, 1120, depth + 20, "background:linear-gradient(180deg, rgba(255,250,240,.42), rgba(255,250,240,0) 38%, rgba(40,18,10,.16) 100%)"));
    out += at(-20, y - 26, 1040, 46, `background:linear-gradient(180deg, rgba(${p.shade},0), rgba(${p.shade},.24) 55%, rgba(${p.shade},0));filter:blur(5px)`);
  }
  return out;
}

/** The camera looks straight down on the surface. */
function flat(s, p, H) {
  const lx = s.light < 0 ? 18 : 82;
  return at(0, 0, 1000, H, `background:${texture(s.surface ?? "paper", s.table ?? p.floor[0])};background-size:1250px 1250px;transform:rotate(0deg)`)
    + at(0, 0, 1000, H, `background:radial-gradient(ellipse 95% 95% at ${lx}% 10%, rgba(255,250,238,.6), rgba(255,250,240,0) 62%),linear-gradient(${s.light < 0 ? 140 : 220}deg, rgba(${p.shade},0) 45%, rgba(${p.shade},.2) 100%)`);
}

function backShape(b, p) {
  const c = b.c ?? p.accent, soft = `filter:blur(${b.blur ?? 1}px);opacity:${b.o ?? 1}`;
  const lit = `linear-gradient(${b.lit ?? 125}deg, rgba(255,255,255,.28), rgba(255,255,255,0) 45%, rgba(${p.shade},.16)),${c}`;
  const edge = `box-shadow:14px 18px 46px rgba(${p.shade},.22)`;
  if (b.b === "disc") return at(b.x - b.w / 2, b.y - b.w / 2, b.w, b.w, `border-radius:50%;background:${lit};${edge};${soft}`);
  if (b.b === "arch") return at(b.x - b.w / 2, b.y - b.h, b.w, b.h, `border-radius:${b.w}px ${b.w}px 0 0;background:${lit};${edge};${soft}`);
  if (b.b === "niche") return at(b.x - b.w / 2, b.y - b.h, b.w, b.h, `border-radius:${b.w}px ${b.w}px 0 0;background:${c};box-shadow:inset 26px 26px 50px rgba(${p.shade},.34), inset -8px 0 20px rgba(255,255,255,.25);${soft}`);
  if (b.b === "panel") return at(b.x, b.y, b.w, b.h, `background:${lit};${edge};${soft}`);
  if (b.b === "tiles") {
    const size = b.w ?? 110, line = `rgba(${p.shade},.16)`;
    return at(0, 0, 1000, b.h, `background:linear-gradient(135deg, rgba(255,255,255,.25), rgba(255,255,255,0)),repeating-linear-gradient(90deg, ${line} 0 3px, transparent 3px ${size}px),repeating-linear-gradient(0deg, ${line} 0 3px, transparent 3px ${size * 0.5}px),${c};${soft}`);
  }
  if (b.b === "bokeh") {
    let dots = "", seed = b.seed ?? 11;
    const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let n = 0; n < (b.n ?? 14); n++) {
      const d = 30 + next() * 80;
      dots += at(next() * 1000 - d / 2, next() * (b.h ?? 520) - d / 2, d, d, `border-radius:50%;background:${c};opacity:${(0.14 + next() * 0.3).toFixed(2)};filter:blur(5px)`);
    }
    return dots;
  }
  throw new Error(`no backdrop shape ${b.b}`);
}

/** What stands between lamp and set: its soft light or shadow falls over everything. */
function gobo(s, p, H, icon) {
  const left = s.light < 0;
  if (s.gobo === "window") {
    let panes = "";
    for (let row = 0; row < 3; row++) for (let col = 0; col < 2; col++) panes += at(col * 190, row * 200, 168, 178, "background:#fff6dd");
    return at(left ? 150 : 430, -60, 380, 620, `transform:skew(${left ? -22 : 22}deg, ${left ? 9 : -9}deg) scale(1.15);filter:blur(11px);mix-blend-mode:soft-light;opacity:.7`, panes);
  }
  if (s.gobo === "blinds") {
    let slats = "";
    for (let n = 0; n < 9; n++) slats += at(0, n * 74, 700, 44, "background:#fff4d8");
    return at(left ? 40 : 260, -40, 700, 700, `transform:rotate(${left ? -18 : 18}deg) scale(1.3);filter:blur(13px);mix-blend-mode:soft-light;opacity:.55`, slats);
  }
  if (s.gobo === "leaves") {
    const leaf = (x, y, size, r) => at(x, y, size, size, `background:rgb(${p.shade});-webkit-mask:${icon("herb")} center/contain no-repeat;transform:rotate(${r}deg)`);
    const inner = left ? leaf(-190, -210, 620, 120) + leaf(60, -320, 520, 160) : leaf(600, -210, 620, -60) + leaf(430, -330, 520, -130);
    return at(0, 0, 1000, H, "filter:blur(13px);opacity:.26;mix-blend-mode:multiply", inner);
  }
  return "";
}

// ---- Objects --------------------------------------------------------------------------------------

const GRADE = "saturate(.93) contrast(1.02)"; // Takes the edge off the emoji's screen colours.

/** Shading that follows the key light, cut out by the object's own silhouette. */
function shading(url, box, s, p, standing) {
  const angle = s.light < 0 ? 118 : 242;
  const bounce = standing ? `,linear-gradient(0deg, ${p.floor[0]}66, transparent 30%)` : "";
  const masked = `-webkit-mask:${url} center/100% 100% no-repeat`;
  return at(...box, `${masked};mix-blend-mode:soft-light;background:linear-gradient(${angle}deg, rgba(255,250,232,.85) 22%, rgba(255,250,232,0) 50%, rgba(20,6,10,.55) 80%)`)
    + at(...box, `${masked};background:linear-gradient(${angle}deg, rgba(255,248,230,.14) 20%, transparent 46%, rgba(${p.shade},.2) 82%)${bounce}`);
}

/** Blurs from outside: a mask on the same element would cut the blur off again. */
const blurred = (px, inner) => `<div style="filter:blur(${px.toFixed(1)}px)">${inner}</div>`;

function standing(t, m, url, s, p) {
  const S = t.s, size = S * BOX / 32;
  const left = t.x - size * (m.x0 + m.x1) / 2, top = t.y - size * m.y1;
  const box = [left, top, size, size], foot = size * (m.c1 - m.c0), footX = left + size * (m.c0 + m.c1) / 2;
  const wide = size * (m.x1 - m.x0), dir = s.light < 0 ? 1 : -1;
  const origin = `${(100 * (m.c0 + m.c1) / 2).toFixed(1)}% ${(100 * m.y1).toFixed(1)}%`;
  const body = at(...box, `background:${url} center/100% 100%;filter:${tint(t.tint)} ${GRADE}`) + (t.plain ? "" : shading(url, box, s, p, true));
  const sharp = t.blur ? blurred(t.blur, body) : body;
  if (t.air) return sharp; // It hangs or floats: nothing of it touches the floor.
  const k = t.o ?? 1;
  let out = at(footX - wide * 0.62 + dir * wide * 0.06, t.y - S * 0.07, wide * 1.24, S * 0.15, `border-radius:50%;background:rgba(${p.shade},.34);filter:blur(${(S * 0.035).toFixed(1)}px);opacity:${k}`);
  out += blurred(S * 0.016, at(...box, `background:linear-gradient(0deg, rgba(${p.shade},.62) ${(100 - 100 * m.y1).toFixed(0)}%, rgba(${p.shade},.05) ${(100 - 100 * m.y0).toFixed(0)}%);-webkit-mask:${url} center/100% 100% no-repeat;transform-origin:${origin};transform:skewX(${-dir * 52}deg) scaleY(.3);opacity:${0.62 * k}`));
  if (s.gloss) out += at(left, 2 * t.y - top - size, size, size, `background:${url} center/100% 100%;transform:scaleY(-1);filter:blur(2.2px) ${tint(t.tint)};opacity:${s.gloss};-webkit-mask:linear-gradient(0deg, #000 ${(100 - 100 * m.y1).toFixed(0)}%, transparent ${(100 - 100 * m.y1 + 34).toFixed(0)}%);`);
  out += at(footX - foot * 0.56, t.y - S * 0.022, foot * 1.12, S * 0.044, `border-radius:50%;background:rgba(${p.shade},.78);filter:blur(${(S * 0.011).toFixed(1)}px)`);
  // A corner-on object touches the table under its whole lower half, not only at its lowest point.
  if (t.corner) out += at(footX - wide * 0.5, t.y - wide * 0.36, wide, wide * 0.4, `border-radius:50%;background:rgba(${p.shade},.6);filter:blur(${(S * 0.02).toFixed(1)}px)`);
  return out + sharp;
}

function lying(t, m, url, s, p) {
  const size = t.s * BOX / 32, lift = t.lift ?? 1, dir = s.light < 0 ? 1 : -1;
  const left = t.x - size * (m.x0 + m.x1) / 2, top = t.y - size * (m.y0 + m.y1) / 2, box = [left, top, size, size];
  const shadow = (d, blur, o) => blurred(blur, at(left + dir * d * 0.8, top + d, size, size, `background:rgb(${p.shade});-webkit-mask:${url} center/100% 100% no-repeat;opacity:${o}`));
  const body = at(...box, `background:${url} center/100% 100%;filter:${tint(t.tint)} ${GRADE}`) + shading(url, box, s, p, false);
  const all = `<div>${shadow(30 * lift, 24 * lift, 0.26)}${shadow(13 * lift, 9 * lift, 0.34)}${shadow(4 * lift, 3, 0.42)}${body}</div>`;
  return t.blur ? blurred(t.blur, all) : all;
}

/** On a hanger before the wall: the shadow falls on the wall behind it. */
function hanging(t, m, url, s, p) {
  const size = t.s * BOX / 32, left = t.x - size * (m.x0 + m.x1) / 2, top = t.y - size * m.y0, dir = s.light < 0 ? 1 : -1;
  const box = [left, top, size, size];
  const shade = (d, blur, o) => blurred(blur, at(left + dir * d, top + d * 0.7, size, size, `background:rgb(${p.shade});-webkit-mask:${url} center/100% 100% no-repeat;opacity:${o}`));
  const hanger = t.hanger === false ? "" : hangerSvg(t, size * (m.x1 - m.x0), dir, p);
  return shade(46, 24, 0.22) + shade(18, 9, 0.2) + hanger + at(...box, `background:${url} center/100% 100%;filter:${tint(t.tint)} ${GRADE}`) + shading(url, box, s, p, false);
}

function hangerSvg(t, width, dir, p) {
  const w = width * (t.span ?? 0.62), drop = t.drop ?? 26, hook = t.hook ?? 86;
  const path = `M0 0 C-4 -18 22 -22 20 -40 C18 -58 -16 -56 -14 -38 M0 0 L${-w / 2} ${hook * 0.42} M0 0 L${w / 2} ${hook * 0.42}`;
  const draw = (colour, dx, dy, extra) => `<path d="${path}" transform="translate(${300 + dx} ${70 + dy})" fill="none" stroke="${colour}" stroke-width="9" stroke-linecap="round" ${extra}/>`;
  return at(t.x - 300, t.y - hook * 0.42 - 70 + drop, 600, 240, "", `<svg width="600" height="240">${draw(`rgb(${p.shade})`, dir * 16, 12, 'opacity=".22" style="filter:blur(5px)"')}${draw("#c79a63", 0, 0, "")}${draw("#f2d4a4", -1.5, -2, 'stroke-width="3" opacity=".7"')}</svg>`);
}

// ---- The whole stage ------------------------------------------------------------------------------

/** The page of one scene. `icon(thing)` gives an object's picture address and measured outline. */
export function stage(s, palettes, props, icon) {
  const H = 1000 * s.size[1] / s.size[0], p = palettes[s.palette];
  if (!p) throw new Error(`${s.name}: no palette ${s.palette}`);
  s = { light: -1, horizon: H * 0.66, ...s };
  const bare = name => `url('${icon({ i: name }).url}')`;
  const cut = s.set === "cut"; // Cut out: only the things, for what is put together elsewhere.
  let inner = s.set === "flat" ? flat(s, p, H) : s.set === "bare" || cut ? "" : sweep(s, p, H);
  for (const t of s.things) {
    if (t.p) { inner += props(t, s, p, H, texture, at); continue; }
    const { url, outline } = icon(t);
    const draw = t.hang ? hanging : (t.flat ?? s.set === "flat") ? lying : standing;
    inner += draw(t, outline, `url('${url}')`, s, p);
  }
  if (cut) return page(H, "", inner);
  inner += gobo(s, p, H, bare);
  const glow = s.light < 0 ? "0% 0%" : "100% 0%";
  inner += at(0, 0, 1000, H, `background:radial-gradient(ellipse 80% 80% at ${glow}, ${p.glow}, transparent 70%);mix-blend-mode:screen;opacity:.25`);
  inner += at(0, 0, 1000, H, `background:radial-gradient(ellipse 78% 78% at 50% 46%, transparent 58%, rgba(${p.shade},.22) 100%);mix-blend-mode:multiply`);
  const z = s.zoom, lens = z ? `transform-origin:0 0;transform:scale(${z[2]}) translate(${500 / z[2] - z[0]}px, ${H / 2 / z[2] - z[1]}px)` : "";
  const round = s.round ? "border-radius:50%;overflow:hidden" : "overflow:hidden";
  return page(H, round, `<div style="position:absolute;inset:0;${lens}">${inner}</div>`);
}

const page = (H, css, inner) => `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;background:transparent}div{box-sizing:border-box}</style>`
  + `<div style="position:relative;width:1000px;height:${H}px;${css}">${inner}</div>`;
