// Things that are not emoji: plates, podiums, boards, baskets. Each is drawn where the scene says; `y` is
// the middle of the surface on which goods stand, so that a scene can put both at the same height.

const shadowOf = (x, y, rx, ry, p, dir, o = 0.45) =>
  `<ellipse cx="${x + dir * rx * 0.1}" cy="${y}" rx="${rx * 1.06}" ry="${ry * 1.15}" fill="rgb(${p.shade})" opacity="${o}" style="filter:blur(${Math.max(4, ry * 0.22).toFixed(0)}px)"/>`;

/** A full-stage drawing; ids are prefixed because one page may hold several. */
let serial = 0;
function drawing(H, make) {
  const id = `d${serial++}`;
  return `<svg style="position:absolute;left:0;top:0;overflow:visible" width="1000" height="${H}">${make(id)}</svg>`;
}

const across = (id, dir, light = 0.5, dark = 0.34, rgb = "40,16,10") => {
  const stops = [[0, `rgba(255,255,255,${light * 0.5})`], [0.22, `rgba(255,255,255,${light})`], [0.55, "rgba(255,255,255,0)"], [1, `rgba(${rgb},${dark})`]];
  const [x1, x2] = dir > 0 ? [0, 1] : [1, 0];
  return `<linearGradient id="${id}" x1="${x1}" x2="${x2}">${stops.map(([o, c]) => `<stop offset="${o}" stop-color="${c}"/>`).join("")}</linearGradient>`;
};

const KINDS = {
  podium(t, s, p, H, dir) {
    const { x, y, w, h } = t, rx = w / 2, ry = w * 0.12, c = t.c ?? p.accent;
    const side = `M${x - rx} ${y} V${y + h} A${rx} ${ry} 0 0 0 ${x + rx} ${y + h} V${y} Z`;
    return drawing(H, id => `<defs>${across(id, dir, 0.42, 0.3, p.shade)}</defs>${shadowOf(x + dir * w * 0.1, y + h, rx * 1.05, ry, p, dir)}`
      + `<path d="${side}" fill="${c}"/><path d="${side}" fill="url(#${id})"/>`
      + `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${c}"/><ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="#fff" opacity=".3"/>`
      + `<ellipse cx="${x}" cy="${y}" rx="${rx - 1}" ry="${ry - 1}" fill="none" stroke="#fff" stroke-width="2" opacity=".35"/>`);
  },

  plate(t, s, p, H, dir) {
    const { x, y, w } = t, rx = w / 2, ry = rx * (t.tilt ?? 0.3), c = t.c ?? "#fbf6ee";
    return drawing(H, id => `<defs>${across(id, dir, 0.55, 0.2, p.shade)}</defs>${shadowOf(x, y + ry * 0.45, rx * 0.94, ry, p, dir, 0.5)}`
      + `<ellipse cx="${x}" cy="${y + ry * 0.16}" rx="${rx}" ry="${ry}" fill="${c}" style="filter:brightness(.8)"/>`
      + `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${c}"/><ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="url(#${id})"/>`
      + `<ellipse cx="${x}" cy="${y + ry * 0.06}" rx="${rx * 0.72}" ry="${ry * 0.7}" fill="rgb(${p.shade})" opacity=".13"/>`
      + `<ellipse cx="${x}" cy="${y + ry * 0.1}" rx="${rx * 0.7}" ry="${ry * 0.67}" fill="${c}"/>`
      + `<ellipse cx="${x}" cy="${y}" rx="${rx - 2}" ry="${ry - 2}" fill="none" stroke="#fff" stroke-width="2.5" opacity=".6"/>${t.rim ? `<ellipse cx="${x}" cy="${y}" rx="${rx - 7}" ry="${ry - 5}" fill="none" stroke="${t.rim}" stroke-width="5" opacity=".7"/>` : ""}`);
  },

  /** A plate seen from straight above. */
  dish(t, s, p, H, dir) {
    const { x, y, w } = t, r = w / 2, c = t.c ?? "#fbf6ee";
    return drawing(H, id => `<defs><linearGradient id="${id}" x1="${dir > 0 ? 0 : 1}" y1="0" x2="${dir > 0 ? 1 : 0}" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".7"/><stop offset=".5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="rgb(${p.shade})" stop-opacity=".25"/></linearGradient></defs>`
      + `<circle cx="${x + dir * 16}" cy="${y + 22}" r="${r}" fill="rgb(${p.shade})" opacity=".36" style="filter:blur(18px)"/><circle cx="${x + dir * 4}" cy="${y + 5}" r="${r}" fill="rgb(${p.shade})" opacity=".3" style="filter:blur(4px)"/>`
      + `<circle cx="${x}" cy="${y}" r="${r}" fill="${c}"/><circle cx="${x}" cy="${y}" r="${r}" fill="url(#${id})"/>`
      + (t.rim ? `<circle cx="${x}" cy="${y}" r="${r - 9}" fill="none" stroke="${t.rim}" stroke-width="6" opacity=".75"/>` : "")
      + `<circle cx="${x}" cy="${y}" r="${r * 0.74}" fill="rgb(${p.shade})" opacity=".1" style="filter:blur(5px)"/><circle cx="${x + dir * 3}" cy="${y + 4}" r="${r * 0.71}" fill="${c}"/><circle cx="${x}" cy="${y}" r="${r - 2}" fill="none" stroke="#fff" stroke-width="2" opacity=".6"/>`);
  },

  stand(t, s, p, H, dir) {
    const { x, y, w, h } = t, c = t.c ?? "#fbf6ee", foot = w * 0.2, base = y + h;
    const stem = `M${x - 15} ${y} C${x - 16} ${y + h * 0.6} ${x - 20} ${base - 26} ${x - foot} ${base} A${foot} ${foot * 0.26} 0 0 0 ${x + foot} ${base} C${x + 20} ${base - 26} ${x + 16} ${y + h * 0.6} ${x + 15} ${y} Z`;
    return drawing(H, id => `<defs>${across(id, dir, 0.5, 0.34, p.shade)}</defs>${shadowOf(x, base + 4, w * 0.42, w * 0.07, p, dir, 0.4)}<path d="${stem}" fill="${c}"/><path d="${stem}" fill="url(#${id})"/>`)
      + KINDS.plate({ ...t, tilt: 0.2 }, s, { ...p, shade: p.shade }, H, dir);
  },

  /** A wooden board; seen from the front, or from above on a flat set. */
  board(t, s, p, H, dir, texture, at) {
    const { x, y, w, h } = t, wood = texture("wood", t.c ?? "#d9a978"), r = t.r ?? 0;
    if (s.set === "flat") {
      return at(x - w / 2, y - h / 2, w, h, `border-radius:34px;transform:rotate(${r}deg);background:${wood};background-size:900px 900px;box-shadow:${dir * 4}px 6px 8px rgba(${p.shade},.5), ${dir * 18}px 26px 44px rgba(${p.shade},.42), inset 0 2px 2px rgba(255,255,255,.5), inset 0 -3px 4px rgba(60,20,0,.25)`);
    }
    const deep = t.deep ?? 24, disc = (dy, css) => at(x - w / 2, y - h / 2 + dy, w, h, `border-radius:50%;${css}`);
    return disc(deep + 12, `background:rgba(${p.shade},.6);filter:blur(15px);transform:translateX(${dir * 14}px)`)
      + disc(deep, `background:${t.c ?? "#d9a978"};filter:brightness(.52)`) + disc(deep * 0.5, `background:${t.c ?? "#d9a978"};filter:brightness(.6)`)
      + disc(0, `background:linear-gradient(${dir > 0 ? 100 : 260}deg, rgba(255,246,226,.42), rgba(255,246,226,0) 55%, rgba(${p.shade},.2)),${wood};background-size:auto,1400px 700px;box-shadow:inset 0 -3px 2px rgba(255,240,215,.5)`);
  },

  /** A bamboo steamer; `y` is the middle of its rim. Draw `part: back`, then the food, then `part: front`. */
  steamer(t, s, p, H, dir) {
    const { x, y, w, h, part } = t, rx = w / 2, ry = rx * 0.3, c = "#d8a964";
    const band = (top, high, fill) => `<path d="M${x - rx} ${top} V${top + high} A${rx} ${ry} 0 0 0 ${x + rx} ${top + high} V${top} A${rx} ${ry} 0 0 1 ${x - rx} ${top}" fill="${fill}"/>`;
    if (part === "back") {
      return drawing(H, () => `${shadowOf(x, y + h + 4, rx, ry, p, dir, 0.55)}<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="#b98442"/><ellipse cx="${x}" cy="${y + 3}" rx="${rx - 15}" ry="${ry - 8}" fill="#8d5f2c"/>`
        + `<ellipse cx="${x}" cy="${y + 14}" rx="${rx - 20}" ry="${ry - 14}" fill="#e9d2a3"/>${[-3, -2, -1, 0, 1, 2, 3].map(n => `<ellipse cx="${x}" cy="${y + 14}" rx="${Math.max(4, Math.abs(n) * rx * 0.26)}" ry="${ry - 15}" fill="none" stroke="#c39a5c" stroke-width="2.5" opacity=".55"/>`).join("")}`);
    }
    return drawing(H, id => `<defs>${across(id, dir, 0.4, 0.4, "60,26,4")}<clipPath id="${id}f"><rect x="${x - rx - 20}" y="${y}" width="${w + 40}" height="${h + ry + 20}"/></clipPath></defs>`
      + band(y, h, c) + band(y, h * 0.22, "#e6bf80") + band(y + h * 0.7, h * 0.3, "#c8934d") + band(y + h * 0.24, 4, "#8d5a22") + band(y + h * 0.68, 4, "#8d5a22") + band(y, h, `url(#${id})`)
      + `<g clip-path="url(#${id}f)"><ellipse cx="${x}" cy="${y}" rx="${rx - 6}" ry="${ry - 4}" fill="none" stroke="#f0d29a" stroke-width="13"/><ellipse cx="${x}" cy="${y - 2}" rx="${rx - 1}" ry="${ry}" fill="none" stroke="#fff1cf" stroke-width="2" opacity=".7"/></g>`);
  },

  /** A flower pot in front of what grows in it; `y` is its rim, `h` its height. */
  pot(t, s, p, H, dir) {
    const { x, y, w, h } = t, rx = w / 2, low = rx * 0.74, c = t.c ?? "#c8693f", ry = rx * 0.16;
    const body = `M${x - rx * 0.92} ${y + h * 0.12} L${x - low} ${y + h} A${low} ${ry * 0.8} 0 0 0 ${x + low} ${y + h} L${x + rx * 0.92} ${y + h * 0.12} Z`;
    const rim = `M${x - rx} ${y} L${x - rx * 0.96} ${y + h * 0.22} A${rx * 0.96} ${ry} 0 0 0 ${x + rx * 0.96} ${y + h * 0.22} L${x + rx} ${y} A${rx} ${ry} 0 0 1 ${x - rx} ${y} Z`;
    if (t.part === "back") return drawing(H, () => `${shadowOf(x, y + h + 2, low * 1.15, ry * 1.3, p, dir, 0.6)}<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${c}" style="filter:brightness(.62)"/><ellipse cx="${x}" cy="${y + 5}" rx="${rx * 0.9}" ry="${ry * 0.8}" fill="${t.soil ?? "#4a2c1c"}"/>`);
    return drawing(H, id => `<defs>${across(id, dir, 0.42, 0.42, p.shade)}</defs><path d="${body}" fill="${c}"/><path d="${body}" fill="url(#${id})"/>`
      + `<path d="M${x - rx * 0.9} ${y + h * 0.24} A${rx * 0.94} ${ry} 0 0 0 ${x + rx * 0.9} ${y + h * 0.24} l-6 14 A${rx * 0.94} ${ry} 0 0 1 ${x - rx * 0.88} ${y + h * 0.3} Z" fill="rgb(${p.shade})" opacity=".3" style="filter:blur(3px)"/>`
      + `<path d="${rim}" fill="${c}"/><path d="${rim}" fill="url(#${id})"/><path d="M${x - rx} ${y} A${rx} ${ry} 0 0 0 ${x + rx} ${y}" fill="none" stroke="#fff" stroke-width="3" opacity=".35"/>`);
  },

  /** A glass vase with water; drawn over the stems. */
  vase(t, s, p, H, dir) {
    const { x, y, w, h } = t, rx = w / 2, ry = rx * 0.16, c = t.c ?? "#cfe6ec", low = rx * (t.low ?? 0.86);
    const side = (from, d) => { const top = rx + (low - rx) * from; return `M${x - top + d} ${y + h * from} L${x - low + d} ${y + h} A${low - d} ${ry} 0 0 0 ${x + low - d} ${y + h} L${x + top - d} ${y + h * from} Z`; };
    return drawing(H, id => `<defs>${across(id, dir, 0.8, 0.2, p.shade)}</defs>${shadowOf(x, y + h + 2, low * 1.1, ry * 1.2, p, dir, 0.42)}`
      + `<path d="${side(0, 0)}" fill="${c}" opacity=".42"/><path d="${side(0.42, 5)}" fill="${c}" opacity=".5"/><ellipse cx="${x}" cy="${y + h * 0.42}" rx="${rx * 0.93}" ry="${ry * 0.9}" fill="#fff" opacity=".35"/>`
      + `<path d="${side(0, 0)}" fill="url(#${id})" opacity=".75"/><ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="none" stroke="#fff" stroke-width="4" opacity=".75"/><ellipse cx="${x}" cy="${y + h - 3}" rx="${low}" ry="${ry}" fill="none" stroke="#fff" stroke-width="3" opacity=".4"/>`
      + `<path d="M${x - dir * rx * 0.66} ${y + h * 0.12} L${x - dir * low * 0.62} ${y + h * 0.86}" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".6" style="filter:blur(2px)"/>`);
  },

  shelf(t, s, p, H, dir, texture, at) {
    const { x, y, w } = t, h = t.h ?? 26, wood = texture("wood", t.c ?? "#c99a68");
    return at(x - w / 2 + dir * 22, y + h, w, 90, `background:linear-gradient(180deg, rgba(${p.shade},.38), rgba(${p.shade},0));filter:blur(12px)`)
      + at(x - w / 2, y - 16, w, 18, `background:${wood};filter:brightness(1.12)`)
      + at(x - w / 2, y, w, h, `background:${wood};filter:brightness(.84);box-shadow:0 3px 5px rgba(${p.shade},.4)`);
  },

  rail(t, s, p, H, dir) {
    const c = t.c ?? "#b98d4f", y = t.y;
    return drawing(H, id => `<defs><linearGradient id="${id}" x2="0" y2="1"><stop offset="0" stop-color="#fff2cf"/><stop offset=".3" stop-color="${c}"/><stop offset="1" stop-color="#6d4a1e"/></linearGradient></defs>`
      + `<rect x="-20" y="${y + 22}" width="1040" height="14" fill="rgb(${p.shade})" opacity=".22" style="filter:blur(7px)"/><rect x="-20" y="${y - 8}" width="1040" height="16" rx="8" fill="url(#${id})"/>`);
  },

  /** A folded cloth lying under the goods. */
  cloth(t, s, p, H, dir, texture, at) {
    const { x, y, w, h, r = -8 } = t, c = t.c ?? "#e9dfcf", stripe = t.stripe ? `repeating-linear-gradient(90deg, transparent 0 26px, ${t.stripe} 26px 34px, transparent 34px 44px, ${t.stripe} 44px 47px),` : "";
    const perspective = s.set === "flat" ? "" : "perspective(800px) rotateX(58deg)";
    const fold = `linear-gradient(96deg, rgba(255,255,255,.4), rgba(255,255,255,0) 30%, rgba(${p.shade},.16) 49%, rgba(255,255,255,.22) 51%, rgba(255,255,255,0) 72%, rgba(${p.shade},.18))`;
    return at(x - w / 2, y - h / 2, w, h, `transform:${perspective} rotate(${r}deg);border-radius:8px;background:${fold},${stripe}${texture("linen", c)};box-shadow:${dir * 3}px 4px 5px rgba(${p.shade},.34), ${dir * 12}px 16px 30px rgba(${p.shade},.26)`);
  },

  /** A gift box seen from above, `cols` × `rows` nests. */
  box(t, s, p, H, dir) {
    const { x, y, w, h, cols = 2, rows = 2, r = 0 } = t, c = t.c ?? "#a8352c", lining = t.lining ?? "#f3d9a4";
    let nests = "";
    for (let i = 0; i < cols; i++) for (let j = 0; j < rows; j++) {
      const cw = (w - 56) / cols, ch = (h - 56) / rows;
      nests += `<rect x="${x - w / 2 + 28 + i * cw + 7}" y="${y - h / 2 + 28 + j * ch + 7}" width="${cw - 14}" height="${ch - 14}" rx="14" fill="${lining}"/><rect x="${x - w / 2 + 28 + i * cw + 7}" y="${y - h / 2 + 28 + j * ch + 7}" width="${cw - 14}" height="${ch - 14}" rx="14" fill="url(#SH)"/>`;
    }
    return drawing(H, id => `<defs><linearGradient id="${id}" x1="${dir > 0 ? 0 : 1}" y1="0" x2="${dir > 0 ? 1 : 0}" y2="1"><stop offset="0" stop-color="rgb(60,20,10)" stop-opacity=".5"/><stop offset=".4" stop-color="rgb(60,20,10)" stop-opacity=".06"/><stop offset="1" stop-color="#fff" stop-opacity=".3"/></linearGradient></defs><g transform="rotate(${r} ${x} ${y})">`
      + `<rect x="${x - w / 2 + dir * 16}" y="${y - h / 2 + 24}" width="${w}" height="${h}" rx="20" fill="rgb(${p.shade})" opacity=".5" style="filter:blur(20px)"/><rect x="${x - w / 2}" y="${y - h / 2}" width="${w}" height="${h}" rx="20" fill="${c}"/><rect x="${x - w / 2 + 3}" y="${y - h / 2 + 3}" width="${w - 6}" height="${h - 6}" rx="18" fill="none" stroke="#fff" stroke-width="3" opacity=".3"/><rect x="${x - w / 2 + 11}" y="${y - h / 2 + 11}" width="${w - 22}" height="${h - 22}" rx="13" fill="none" stroke="${lining}" stroke-width="3" opacity=".8"/>`
      + nests.replaceAll("#SH", `#${id}`) + "</g>");
  },

  /** Wisps of steam. */
  steam(t, s, p, H) {
    const { x, y, h = 220, w = 40 } = t;
    return drawing(H, () => [-1, 0, 1].map(n => `<path d="M${x + n * w} ${y} c${-w} ${-h * 0.3} ${w} ${-h * 0.5} ${n * 8} ${-h}" fill="none" stroke="#fff" stroke-width="${16 - Math.abs(n) * 5}" stroke-linecap="round" opacity="${t.o ?? 0.36}" style="filter:blur(9px)"/>`).join(""));
  },

  /** A plain coloured block or strip, for signs, counters and bases. */
  block(t, s, p, H, dir, texture, at) {
    const { x, y, w, h } = t;
    const face = t.wood ? `${texture("wood", t.c)}` : t.c;
    return at(x, y, w, h, `border-radius:${t.radius ?? 4}px;background:linear-gradient(${dir > 0 ? 105 : 255}deg, rgba(255,255,255,.22), rgba(255,255,255,0) 50%, rgba(${p.shade},.22)),${face};box-shadow:${t.flush ? "none" : `${dir * 6}px 8px 18px rgba(${p.shade},.3)`};opacity:${t.o ?? 1}`);
  },

  glow(t, s, p, H, dir, texture, at) {
    return at(t.x - t.w / 2, t.y - t.w / 2, t.w, t.w, `border-radius:50%;background:radial-gradient(closest-side, ${t.c ?? "rgba(255,226,160,.9)"}, transparent);mix-blend-mode:${t.mix ?? "screen"};opacity:${t.o ?? 0.8}`);
  },

  pendant(t, s, p, H) {
    const { x, y, w } = t, c = t.c ?? "#3c3733";
    return drawing(H, id => `<defs>${across(id, 1, 0.35, 0.4, p.shade)}</defs><path d="M${x} -10 V${y - w * 0.4}" stroke="#3a302a" stroke-width="4"/><ellipse cx="${x}" cy="${y}" rx="${w * 0.34}" ry="${w * 0.1}" fill="#ffedc0"/><path d="M${x - w / 2} ${y} C${x - w * 0.45} ${y - w * 0.34} ${x - w * 0.15} ${y - w * 0.4} ${x} ${y - w * 0.44} C${x + w * 0.15} ${y - w * 0.4} ${x + w * 0.45} ${y - w * 0.34} ${x + w / 2} ${y} A${w / 2} ${w * 0.1} 0 0 1 ${x - w / 2} ${y}" fill="${c}"/><path d="M${x - w / 2} ${y} C${x - w * 0.45} ${y - w * 0.34} ${x - w * 0.15} ${y - w * 0.4} ${x} ${y - w * 0.44} C${x + w * 0.15} ${y - w * 0.4} ${x + w * 0.45} ${y - w * 0.34} ${x + w / 2} ${y} A${w / 2} ${w * 0.1} 0 0 1 ${x - w / 2} ${y}" fill="url(#${id})"/>`)
      + `<div style="position:absolute;left:${x - w * 1.5}px;top:${y - w * 1.1}px;width:${w * 3}px;height:${w * 3}px;background:radial-gradient(closest-side, rgba(255,225,150,.55), transparent);mix-blend-mode:screen"></div>`;
  },

  /** A striped, scalloped awning. */
  awning(t, s, p, H, dir) {
    const { x, y, w, h, c, c2 = "#fff6e8", n = 9 } = t, each = w / n, flare = t.flare ?? 26;
    let out = "";
    for (let k = 0; k < n; k++) {
      const top0 = x + flare + k * (w - 2 * flare) / n, top1 = x + flare + (k + 1) * (w - 2 * flare) / n, a = x + k * each, b = a + each;
      out += `<path d="M${top0} ${y} L${top1} ${y} L${b} ${y + h} A${each / 2} ${each / 2.2} 0 0 1 ${a} ${y + h} Z" fill="${k % 2 ? c2 : c}"/>`;
    }
    return drawing(H, id => `<defs><linearGradient id="${id}" x2="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".3"/><stop offset=".6" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="rgb(${p.shade})" stop-opacity=".35"/></linearGradient></defs><rect x="${x + 14}" y="${y + h}" width="${w - 28}" height="90" fill="rgb(${p.shade})" opacity=".4" style="filter:blur(18px)"/>${out}<path d="M${x + flare} ${y} H${x + w - flare} L${x + w} ${y + h + each * 0.3} H${x} Z" fill="url(#${id})"/>`);
  },

  /** A lit shop window or door pane; goods come after it. */
  pane(t, s, p, H, dir) {
    const { x, y, w, h, c = "#5a4335", warm = "#ffdf9e" } = t;
    return drawing(H, id => `<defs><linearGradient id="${id}" x2="0" y2="1"><stop offset="0" stop-color="#fff6dc"/><stop offset=".55" stop-color="${warm}"/><stop offset="1" stop-color="#b9763c"/></linearGradient></defs><rect x="${x - 14}" y="${y - 14}" width="${w + 28}" height="${h + 28}" rx="8" fill="rgb(${p.shade})" opacity=".35" style="filter:blur(9px)"/><rect x="${x - 12}" y="${y - 12}" width="${w + 24}" height="${h + 24}" rx="${t.radius ?? 7}" fill="${c}"/><rect x="${x - 10}" y="${y - 10}" width="${w + 20}" height="4" fill="#fff" opacity=".25"/><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${(t.radius ?? 7) * 0.6}" fill="url(#${id})"/>`);
  },

  /** Reflections on glass, drawn over the goods in a window. */
  glass(t, s, p, H) {
    const { x, y, w, h, bars = 0, c = "#5a4335" } = t;
    let mullions = "";
    for (let k = 1; k <= bars; k++) mullions += `<rect x="${x + k * w / (bars + 1) - 5}" y="${y}" width="10" height="${h}" fill="${c}"/>`;
    return drawing(H, id => `<defs><clipPath id="${id}"><rect x="${x}" y="${y}" width="${w}" height="${h}"/></clipPath></defs>${mullions}<g clip-path="url(#${id})" fill="#fff" opacity=".2"><path d="M${x + w * 0.1} ${y + h} L${x + w * 0.42} ${y} h${w * 0.14} L${x + w * 0.24} ${y + h} Z"/><path d="M${x + w * 0.3} ${y + h} L${x + w * 0.62} ${y} h${w * 0.05} L${x + w * 0.35} ${y + h} Z"/></g>`);
  },

  /** A made-up trade licence: grey bars where words would be, and a word across it that says what it is. */
  licence(t, s, p, H) {
    const bar = (x, y, w, h, c = "#b9b2a4") => `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${h / 2}" fill="${c}"/>`;
    const rosette = (x, y, r) => Array.from({ length: 12 }, (_, k) => `<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r * 0.42}" fill="none" stroke="#b28a3e" stroke-width="1.4" opacity=".55" transform="rotate(${k * 15} ${x} ${y})"/>`).join("");
    const star = (x, y, r) => Array.from({ length: 10 }, (_, k) => { const a = k * Math.PI / 5 - Math.PI / 2, d = k % 2 ? r * 0.42 : r; return `${(x + d * Math.cos(a)).toFixed(1)},${(y + d * Math.sin(a)).toFixed(1)}`; }).join(" ");
    let rows = "";
    [[150, 300], [120, 240], [170, 380], [130, 200], [160, 330]].forEach(([label, value], k) => { rows += bar(130, 300 + k * 52, label, 13, "#cfc8b8") + bar(320, 300 + k * 52, value, 15); });
    return drawing(H, id => `<defs><linearGradient id="${id}" x2="1" y2="1"><stop offset="0" stop-color="#fffdf6"/><stop offset="1" stop-color="#f1e8d3"/></linearGradient></defs>`
      + `<rect width="1000" height="${H}" fill="#d8d2c6"/><rect x="34" y="38" width="940" height="${H - 66}" rx="6" fill="#3a2d1c" opacity=".35" style="filter:blur(12px)"/><rect x="28" y="26" width="944" height="${H - 56}" rx="6" fill="url(#${id})"/>`
      + `<rect x="54" y="52" width="892" height="${H - 108}" fill="none" stroke="#b28a3e" stroke-width="9"/><rect x="68" y="66" width="864" height="${H - 136}" fill="none" stroke="#b28a3e" stroke-width="2"/>`
      + [[92, 90], [908, 90], [92, H - 94], [908, H - 94]].map(([x, y]) => rosette(x, y, 24)).join("") + rosette(500, 400, 190)
      + `<circle cx="500" cy="138" r="46" fill="#b23a2e"/><circle cx="500" cy="138" r="40" fill="none" stroke="#f0cf7c" stroke-width="3"/><polygon points="${star(500, 138, 26)}" fill="#f0cf7c"/>`
      + bar(330, 210, 340, 26, "#8d7a58") + bar(410, 252, 180, 11, "#cfc8b8") + rows + bar(130, 575, 250, 11, "#cfc8b8")
      + `<g transform="rotate(-9 765 520)" opacity=".82" fill="none" stroke="#c02b22"><circle cx="765" cy="520" r="78" stroke-width="8"/><circle cx="765" cy="520" r="52" stroke-width="2"/><polygon points="${star(765, 520, 30)}" fill="#c02b22" stroke="none"/><circle cx="765" cy="520" r="64" stroke-width="13" stroke-dasharray="9 7" opacity=".75"/></g>`
      + `<text x="500" y="${H / 2 + 66}" transform="rotate(-20 500 ${H / 2})" text-anchor="middle" font-family="DejaVu Sans, sans-serif" font-weight="700" font-size="132" letter-spacing="14" fill="#8a8f99" opacity=".26">SPECIMEN</text>`);
  },
};

export function props(t, s, p, H, texture, at) {
  const kind = KINDS[t.p];
  if (!kind) throw new Error(`${s.name}: no prop ${t.p}`);
  return kind(t, s, p, H, s.light < 0 ? 1 : -1, texture, at);
}
