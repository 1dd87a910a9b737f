// Photographs every kind of page in every look, lays the pictures out on sheets, and fails on what is wrong.
//
//   node shots.mjs [--full] [WORD…]     --full: whole pages, not only the first screen
//                                       WORD: only pictures of which the person, page or look holds every word

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openBrowser } from "./lib/browser.mjs";
import { faultsAt, findPages, inWords, openAs } from "./lib/pages.mjs";
import { startServer } from "./lib/server.mjs";

const FOLDER = fileURLToPath(new URL("shots", import.meta.url));
/** How many pictures stand side by side on a sheet, how wide each is, and how many a sheet holds at most. */
const SHEETS = { phone: { columns: 6, width: 260, most: 12 }, desktop: { columns: 3, width: 560, most: 9 } };
const LOOKS = Object.keys(SHEETS).flatMap((size) =>
  ["light", "dark"].flatMap((theme) => ["en", "zh-CN"].map((language) => ({ size, theme, language, name: `${size}-${theme}-${language}` }))),
);

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const fullPage = process.argv.includes("--full");

const server = await startServer();
const browser = await openBrowser();
let faults = [];
try {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const shots = await photographAll();
  for (const look of LOOKS) await layOut(look, shots.filter((shot) => shot.look === look));
  faults = inWords(shots.flatMap(({ title, look, faults }) => faults.map((fault) => ({ where: `${title} (${look.name})`, fault }))));
  console.log(`${shots.length} pictures of ${new Set(shots.map((shot) => shot.title)).size} pages are in e2e/shots; look at sheet-*.png first`);
} finally {
  await browser.close();
  await server.stop();
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`\n${faults.length} faults`);
  process.exitCode = 1;
}

async function photographAll() {
  const shots = [];
  const open = (size) => (options) => browser[size]({ baseURL: server.url, ...options });
  for (const [who, found] of await findPages(open("phone"))) {
    for (const look of LOOKS) {
      const wanted = found.filter(({ kind }) => words.every((word) => `${who} ${kind} ${look.name}`.includes(word)));
      if (wanted.length === 0) continue;
      const page = await openAs(open(look.size), who, { colorScheme: look.theme, locale: look.language });
      for (const one of wanted) shots.push(await photograph(page, who, one, look));
      await page.context().close();
    }
  }
  return shots;
}

async function photograph(page, who, one, look) {
  const faults = await faultsAt(page, one);
  const slug = one.kind.replaceAll("{}", "_").split("/").filter(Boolean).join("-") || "front";
  const file = `${who}.${slug}.${look.name}.png`;
  await page.screenshot({ path: path.join(FOLDER, file), fullPage, animations: "disabled" });
  return { title: `${who} ${one.kind}`, look, file, faults };
}

/** Many pictures on few sheets, so that a person can compare them at a glance. */
async function layOut(look, shots) {
  const { columns, width, most } = SHEETS[look.size];
  for (let first = 0; first < shots.length; first += most) {
    const name = `sheet-${look.name}-${first / most + 1}`;
    const figures = shots.slice(first, first + most).map(
      ({ title, file, faults }) =>
        `<figure><figcaption>${title}${faults.length > 0 ? ` <b>${faults.length} faults</b>` : ""}</figcaption><img src="${file}"></figure>`,
    );
    const html = `<!doctype html><meta charset="utf-8"><style>
      body { margin: 12px; background: #888; font: 12px sans-serif; display: grid; gap: 12px; grid-template-columns: repeat(${columns}, ${width}px); }
      figure { margin: 0 } img { width: 100%; display: block } figcaption { color: #fff; padding: 2px 0 } b { color: #ff0 }
    </style>${figures.join("\n")}`;
    const sheet = path.join(FOLDER, `${name}.html`);
    await writeFile(sheet, html);
    const page = await browser.desktop({ viewport: { width: columns * (width + 12) + 12, height: 400 } });
    await page.goto(pathToFileURL(sheet).href);
    await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: true });
    await page.context().close();
  }
}
