// QR codes as a camera sees them: what is drawn on a page is photographed, read by a decoder that has nothing to do with
// what drew it, and may be held before the fake camera of Chromium.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const JSQR = fileURLToPath(new URL("../../crates/web/static/vendor/jsqr.js", import.meta.url));

/** The picture the fake camera shows: the size of a plain webcam. */
const CAMERA = { width: 640, height: 480 };

/**
 * Photographs an element that shows a QR code and answers with the text in it.
 * @param {any} page a page of our own, on which the picture is read
 */
export async function readCode(page, element) {
  await element.scrollIntoViewIfNeeded();
  return decode(page, await element.screenshot({ animations: "disabled" }));
}

/** The text of the QR code in a picture (PNG, SVG or the like), or null. */
export async function decode(page, picture, type = "image/png") {
  await page.evaluate(await readFile(JSQR, "utf8"));
  return page.evaluate(
    async ({ data, type }) => {
      const image = new Image();
      image.src = `data:${type};base64,${data}`;
      await image.decode();
      // A drawing of vectors has no pixels of its own, and may be smaller than a camera would want.
      const scale = Math.max(1, 320 / image.naturalWidth);
      const canvas = Object.assign(document.createElement("canvas"), {
        width: Math.round(image.naturalWidth * scale),
        height: Math.round(image.naturalHeight * scale),
      });
      const sheet = canvas.getContext("2d");
      sheet.drawImage(image, 0, 0, canvas.width, canvas.height);
      const { data: pixels, width, height } = sheet.getImageData(0, 0, canvas.width, canvas.height);
      return globalThis.jsQR(pixels, width, height)?.data ?? null;
    },
    { data: picture.toString("base64"), type },
  );
}

/**
 * Writes a film for Chromium's fake camera in which a picture is held still, at half the height of the view.
 * @param {any} page a page of our own, on which the picture is drawn
 * @param {Buffer} picture PNG
 */
export async function film(page, picture, file) {
  const { width, height } = CAMERA;
  const grey = await page.evaluate(
    async ({ data, width, height }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const sheet = canvas.getContext("2d");
      sheet.fillStyle = "#8a7f72";
      sheet.fillRect(0, 0, width, height);
      const side = height * 0.6;
      sheet.drawImage(image, (width - side) / 2, (height - side) / 2, side, (side * image.naturalHeight) / image.naturalWidth);
      const { data: pixels } = sheet.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, at) => pixels[at * 4 + 1]);
    },
    { data: picture.toString("base64"), width, height },
  );
  assert.equal(grey.length, width * height);
  // YUV4MPEG2: brightness, then two planes of colour at half the size, which stay grey.
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(grey), Buffer.alloc((width * height) / 2, 128)]);
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`), frame, frame]));
}
