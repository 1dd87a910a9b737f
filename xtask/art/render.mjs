// Photographs every scene of scenes.json and writes it as WebP. Run by `cargo xtask art`.
//   node render.mjs OUT_FOLDER [WORD…]     with words, only the scenes whose name contains one of them
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { objectSvg, poseKey, stage } from "./studio.mjs";
import { props } from "./props.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const [out, ...wanted] = process.argv.slice(2);
const { palettes, scenes } = readScenes();
const emoji = JSON.parse(fs.readFileSync(path.join(here, "node_modules/@iconify-json/fluent-emoji/icons.json"), "utf8"));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const OVERSAMPLE = 2; // Photographed at twice the size and scaled down: emoji edges are then smooth.

function readScenes() {
  const palettes = JSON.parse(fs.readFileSync(path.join(here, "scenes/palettes.json"), "utf8"));
  const scenes = fs.readdirSync(path.join(here, "scenes")).filter(f => f !== "palettes.json").sort()
    .flatMap(f => JSON.parse(fs.readFileSync(path.join(here, "scenes", f), "utf8")));
  return { palettes, scenes };
}

function body(name) {
  const icon = emoji.icons[name] ?? emoji.icons[emoji.aliases?.[name]?.parent];
  if (!icon) throw new Error(`Fluent Emoji has no ${name}`);
  return icon.body;
}

/** Finds an object's outline: its bounds and the span on which it stands, as shares of its box. */
function outline(page, url) {
  return page.evaluate(async url => {
    const image = new Image(); image.src = url; await image.decode();
    const n = 184, canvas = new OffscreenCanvas(n, n), g = canvas.getContext("2d");
    g.drawImage(image, 0, 0, n, n);
    const { data } = g.getImageData(0, 0, n, n), solid = (x, y) => data[(y * n + x) * 4 + 3] > 60;
    let x0 = n, x1 = 0, y0 = n, y1 = 0;
    for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (solid(x, y)) { x0 = Math.min(x0, x); x1 = Math.max(x1, x + 1); y0 = Math.min(y0, y); y1 = Math.max(y1, y + 1); }
    let c0 = n, c1 = 0;
    for (let y = Math.floor(y1 - (y1 - y0) * 0.07); y < y1; y++) for (let x = 0; x < n; x++) if (solid(x, y)) { c0 = Math.min(c0, x); c1 = Math.max(c1, x + 1); }
    return { x0: x0 / n, x1: x1 / n, y0: y0 / n, y1: y1 / n, c0: c0 / n, c1: c1 / n };
  }, url);
}

/** Encodes a photograph, giving up a little quality where a picture would weigh too much for its kind. */
function encode(page, png, [w, h], limit) {
  return page.evaluate(async ({ png, w, h, limit }) => {
    const image = new Image(); image.src = `data:image/png;base64,${png}`; await image.decode();
    const canvas = document.createElement("canvas"); canvas.width = w; canvas.height = h;
    const g = canvas.getContext("2d"); g.imageSmoothingQuality = "high"; g.drawImage(image, 0, 0, w, h);
    for (let quality = 0.84; ; quality -= 0.04) {
      const blob = await new Promise(done => canvas.toBlob(done, "image/webp", quality));
      if (blob.size > limit && quality > 0.64) continue;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = ""; for (const b of bytes) text += String.fromCharCode(b);
      return btoa(text);
    }
  }, { png, w, h, limit });
}

/** Bytes a picture of this width may weigh; all of them together have 2 MB. */
const limitOf = ([w]) => w >= 900 ? 40_000 : w >= 800 ? 21_000 : w >= 640 ? 14_500 : 9_000;

const browser = await chromium.launch({ executablePath: process.env.MINISTORE_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const tool = await browser.newPage();
const made = new Map();
async function object(t) {
  const key = poseKey(t);
  if (!made.has(key)) {
    const url = `data:image/svg+xml;base64,${Buffer.from(objectSvg(body(t.i), t)).toString("base64")}`;
    made.set(key, { url, outline: await outline(tool, url) });
  }
}

fs.mkdirSync(path.join(out, "goods"), { recursive: true });
let total = 0;
for (const scene of scenes) {
  if (wanted.length && !wanted.some(part => scene.name.includes(part))) continue;
  for (const t of [...scene.things.filter(t => t.i), { i: "herb" }]) await object(t);
  const [w, h] = scene.size ??= [640, 640];
  const page = await browser.newPage({ viewport: { width: 1000, height: Math.round(1000 * h / w) }, deviceScaleFactor: OVERSAMPLE * w / 1000 });
  await page.setContent(stage(scene, palettes, props, t => made.get(poseKey(t))));
  const png = (await page.screenshot({ omitBackground: true })).toString("base64");
  await page.close();
  const webp = Buffer.from(await encode(tool, png, [w, h], limitOf(scene.size)), "base64");
  fs.writeFileSync(path.join(out, scene.folder ?? "goods", `${scene.name}.webp`), webp);
  total += webp.length;
  console.log(`${scene.name}.webp ${w}x${h} ${webp.length}`);
}
await browser.close();
console.log(`${total} bytes in all`);
