// Photographs the demo town for the README: `node screens.mjs` writes docs/screens/*.webp.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./lib/browser.mjs";
import { settle } from "./lib/looks.mjs";
import { openAs } from "./lib/pages.mjs";
import { startServer } from "./lib/server.mjs";

const FOLDER = fileURLToPath(new URL("../docs/screens", import.meta.url));
const STORE = "lantern";
/** How wide a picture is kept, and how heavy it may be: a README is read on phones, too. */
const WIDTH = { phone: 585, desktop: 1280 };
const MOST_BYTES = 80_000;

const server = await startServer();
const browser = await openBrowser();
const open = (size) => (options) => browser[size]({ baseURL: server.url, ...options });
try {
  await mkdir(FOLDER, { recursive: true });
  await photograph("store-phone", "phone", "visitor", (page) => page.goto(`/s/${STORE}`));
  await photograph("product-phone", "phone", "visitor", openOptions);
  await photograph("order-phone", "phone", "buyer", openReadyOrder);
  await photograph("console-phone", "phone", "merchant", (page) => page.goto(`/console/${STORE}`));
  await photograph("store-desktop", "desktop", "visitor", (page) => page.goto(`/s/${STORE}`));
  await photograph("console-desktop", "desktop", "merchant", (page) => page.goto(`/console/${STORE}`));
} finally {
  await browser.close();
  await server.stop();
}

/** A product with the sheet of its options open and something chosen. */
async function openOptions(page) {
  await page.goto(`/s/${STORE}`);
  await page.locator(".goods-card:not(.gone) a").first().click();
  await page.locator('.buy-bar [data-opens="options"]').last().click();
  for (const axis of await page.locator("#options .sku-axis").all()) await axis.locator(".slot:not(.struck)").first().click();
}

/** An order that waits at the counter, with its code. */
async function openReadyOrder(page) {
  await page.goto("/me/orders");
  await page.locator("#orders a.item").filter({ hasText: "Ready for pick-up" }).first().click();
  await page.locator("#pick-up-code").waitFor();
}

async function photograph(name, size, who, show) {
  const page = await openAs(open(size), who);
  await show(page);
  await settle(page);
  const bytes = await toWebp(page, await page.screenshot({ animations: "disabled" }), WIDTH[size]);
  await writeFile(path.join(FOLDER, `${name}.webp`), bytes);
  console.log(`${name}.webp: ${Math.round(bytes.length / 1000)} kB`);
  await page.context().close();
}

/** Chromium itself makes the WebP: as good as fits the weight. The page is left behind for an empty one. */
async function toWebp(page, png, width) {
  await page.goto("about:blank");
  for (const quality of [0.9, 0.8, 0.7, 0.6, 0.5]) {
    const base64 = await page.evaluate(draw, { base64: png.toString("base64"), width, quality });
    const bytes = Buffer.from(base64, "base64");
    if (bytes.length <= MOST_BYTES) return bytes;
  }
  throw new Error(`a picture does not fit into ${MOST_BYTES} bytes`);
}

/** Runs in the browser. */
async function draw({ base64, width, quality }) {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = Math.round((image.naturalHeight * width) / image.naturalWidth);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}
