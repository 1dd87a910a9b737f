// Draws the film, and writes it with its music and its schedule. Run by `cargo xtask reel`.
//   node reel/render.mjs film FOLDER               reel.flv and reel.json
//   node reel/render.mjs stills FOLDER SECOND…     single pictures, to look at
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { objectSvg, poseKey, stage } from "../studio.mjs";
import { props } from "../props.mjs";
import { develop } from "./develop.mjs";
import { icons, sets } from "./sprites.mjs";
import * as film from "./film.mjs";

const here = path.dirname(fileURLToPath(import.meta.url)), art = path.dirname(here);
const read = file => JSON.parse(fs.readFileSync(path.join(art, file), "utf8"));
const palettes = read("scenes/palettes.json"), emoji = read("node_modules/@iconify-json/fluent-emoji/icons.json");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const OVERSAMPLE = 1.5; // The camera comes closer to what is drawn.
const ORIGIN = "http://reel.invalid/"; // Answered from this folder; nothing leaves the machine.

function body(name) {
  const icon = emoji.icons[name] ?? emoji.icons[emoji.aliases?.[name]?.parent];
  if (!icon) throw new Error(`Fluent Emoji has no ${name}`);
  return icon.body;
}

/** Only these shapes of an emoji; what they refer to stays. */
function partsOf(page, name, parts) {
  return page.evaluate(([body, parts]) => {
    const svg = new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg">${body}</svg>`, "image/svg+xml").documentElement;
    const shapes = [...svg.firstElementChild.children].filter(shape => shape.tagName !== "defs");
    shapes.forEach((shape, number) => { if (!parts.includes(number)) shape.remove(); });
    return svg.innerHTML;
  }, [body(name), parts]);
}

/** A whole box: parts of one emoji then lie where they lie in it. */
const WHOLE = { x0: 0, x1: 1, y0: 0, y1: 1, c0: 0, c1: 1 };

async function photograph(browser) {
  const page = await browser.newPage({ deviceScaleFactor: OVERSAMPLE }), pictures = {};
  const shoot = async (name, scene, px) => {
    const [w, h] = scene.size, size = { width: Math.round(px), height: Math.round(px * h / w) };
    await page.setViewportSize(size);
    const html = stage({ set: "cut", palette: "cocoa", name, ...scene }, palettes, props, scene.icon);
    await page.setContent(`${html}<style>body{overflow:hidden}body>div{transform-origin:0 0;transform:scale(${px / 1000})}</style>`);
    pictures[name] = `data:image/png;base64,${(await page.screenshot({ omitBackground: true })).toString("base64")}`;
  };
  for (const { name, icon, px, parts, tint, plain } of icons) {
    const drawn = parts ? await partsOf(page, icon, parts) : body(icon), thing = { i: icon, x: 500, y: 1000, s: 1000 * 32 / 46, air: true, plain, tint };
    const url = `data:image/svg+xml;base64,${Buffer.from(objectSvg(drawn, thing)).toString("base64")}`;
    await shoot(name, { size: [1000, 1000], things: [thing], icon: () => ({ url, outline: WHOLE }) }, px * 46 / 32);
  }
  for (const { name, px, ...scene } of sets) await shoot(name, scene, px);
  await page.close();
  return pictures;
}

/** What the demo town must know of the film: which product is shown from when on. */
function schedule() {
  const scenes = film.SCENES.map(({ product }, number) => `    { "product": "${product}", "from_ms": ${number * film.SCENE_SECONDS * 1000} }`);
  return `{\n  "shop": "${film.SHOP}",\n  "duration_ms": ${film.SECONDS * 1000},\n  "scenes": [\n${scenes.join(",\n")}\n  ]\n}\n`;
}

async function open(browser) {
  const pictures = await photograph(browser);
  const page = await browser.newPage({ viewport: { width: film.WIDTH, height: film.HEIGHT } });
  page.on("pageerror", error => { throw error; });
  await page.route(`${ORIGIN}**`, route => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (!name) return route.fulfill({ contentType: "text/html", body: `<!doctype html><canvas width="${film.WIDTH}" height="${film.HEIGHT}"></canvas>` });
    return route.fulfill({ contentType: "text/javascript", body: fs.readFileSync(path.join(here, path.basename(name))) });
  });
  await page.goto(ORIGIN);
  await page.evaluate(async pictures => {
    const { Film } = await import("/picture.mjs"), loaded = {};
    for (const [name, url] of Object.entries(pictures)) {
      const image = new Image();
      image.src = url;
      await image.decode();
      loaded[name] = { image };
    }
    const canvas = document.querySelector("canvas");
    window.film = new Film(canvas, loaded);
    window.shoot = async second => {
      window.film.draw(second);
      const blob = await new Promise(done => canvas.toBlob(done, "image/png"));
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      return btoa(text);
    };
  }, pictures);
  return { shoot: async second => Buffer.from(await page.evaluate(second => window.shoot(second), second), "base64") };
}

const [verb, out, ...seconds] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.MINISTORE_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const camera = await open(browser);
if (verb === "stills") {
  fs.mkdirSync(out, { recursive: true });
  for (const second of seconds) fs.writeFileSync(path.join(out, `${second}.png`), await camera.shoot(Number(second)));
} else {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ministore-reel-"));
  try {
    await develop(camera, scratch, path.join(out, "reel.flv"));
    fs.writeFileSync(path.join(out, "reel.json"), schedule());
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}
await browser.close();
