// Every QR code leads where it says, and the clerk's camera reads the buyer's, also where the browser cannot by itself.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openBrowser } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import * as desk from "../lib/desk.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { decode, film, readCode } from "../lib/qr.mjs";

const STORE = "lantern";
const WHO = { name: "Mei Tan", phone: "+65 8555 0101" };

journey("codes are read by cameras", async ({ server, phone, desktop, chapter }) => {
  const merchant = await openAs(desktop, "merchant");
  const buyer = await openAs(phone, "buyer");
  const blank = await desktop(); // only to read pictures on
  let picture;
  let code;

  /** The two files that a page's address has as a code both hold that address. */
  const assertFiles = async (address) => {
    for (const [file, type] of [["qr.png", "image/png"], ["qr.svg", "image/svg+xml"]]) {
      const answer = await merchant.request.get(`${address}/${file}`);
      assert.equal(answer.headers()["content-type"], type);
      assert.equal(await decode(blank, await answer.body(), type), address, file);
    }
  };

  await chapter("the codes of a store and of a product, as files, on the poster and on the card to share", async () => {
    const address = `${server.url}/s/${STORE}`;
    await assertFiles(address);
    await buyer.goto(`/s/${STORE}/shelf`);
    await buyer.locator(".goods-card:not(.gone) a").first().click();
    await buyer.locator('[data-opens="share"]').click();
    const product = buyer.url().split("#")[0];
    await assertFiles(product);
    await buyer.locator("#share .qr img").evaluate((image) => image.decode());
    assert.equal(await readCode(blank, buyer.locator("#share .share-card")), product);
    assert.equal(await buyer.locator("#share [data-copy]").getAttribute("data-copy"), product);
    await merchant.goto(`/console/${STORE}/poster`);
    assert.equal(await readCode(blank, merchant.locator(".poster .qr")), address);
    assert.equal((await merchant.locator(".poster .url").textContent()).trim(), address.replace("http://", ""));
  });

  await chapter("the pick-up code is the till's address of this order, in light and dark", async () => {
    await buyer.goto(`/s/${STORE}/shelf`);
    await buyer.locator(".goods-card:not(.gone) a").first().click();
    await chooseFirst(buyer);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
    await buying.pickUp(buyer, { ...WHO, method: "online" });
    await buying.placeOrder(buyer);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "Waiting for the store");
    await merchant.goto(`/console/${STORE}/orders`);
    await desk.openOrder(merchant, await buying.orderNumber(buyer));
    await merchant.locator('form[action$="/accept"] button').click();
    await merchant.locator('form[action$="/ready"] button').click();
    await buying.sees(buyer, "Ready for pick-up");
    code = (await buyer.locator("#pick-up-code").textContent()).replace(/\s/g, "");
    const qr = buyer.locator(".counter-ticket .qr");
    for (const colorScheme of ["dark", "light"]) {
      await buyer.emulateMedia({ colorScheme });
      assert.equal(await readCode(blank, qr), `${server.url}/console/${STORE}/pick-up/${code}`, colorScheme);
    }
    picture = await qr.screenshot();
  });

  await chapter("the clerk's camera reads it and the order is handed over", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "ministore-camera-"));
    const tape = path.join(folder, "code.y4m");
    await film(blank, picture, tape);
    const browser = await openBrowser({ camera: tape });
    try {
      const clerk = await openAs((options) => browser.phone({ baseURL: server.url, ...options }), "clerk");
      assert.equal(await clerk.evaluate(() => "BarcodeDetector" in globalThis), false, "as on an iPhone");
      await clerk.goto(`/console/${STORE}/pick-up`);
      await clerk.locator("#branch").selectOption({ index: 1 });
      await clerk.locator("code-scan [data-start]").click();
      const hand = clerk.locator('.till form[method="post"] button');
      await hand.waitFor();
      assert.match(await clerk.locator(".till").textContent(), /Mei Tan.*Paid online/s);
      await hand.click();
      await buying.sees(buyer, "Completed");
      clerk.problems.assertNone();
    } finally {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  await chapter("a phone without a camera says so, and a browser that reads codes itself is let to", async () => {
    const clerk = await openAs(phone, "clerk");
    await clerk.goto(`/console/${STORE}/pick-up`);
    await clerk.locator("code-scan [data-start]").click();
    await clerk.locator(".toast").filter({ hasText: "Type the code instead" }).waitFor();
    await clerk.locator("code-scan [data-start]").waitFor();
    // Its own reader is asked first, where there is one.
    await clerk.addInitScript((text) => {
      globalThis.BarcodeDetector = class {
        static getSupportedFormats = async () => ["qr_code"];
        detect = async () => [{ rawValue: text }];
      };
      navigator.mediaDevices.getUserMedia = async () => {
        const canvas = document.createElement("canvas");
        setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 40);
        return canvas.captureStream();
      };
    }, "0000 0000 0000");
    await clerk.reload();
    clerk.problems.expect(/status of 422/); // there is no such order
    await clerk.locator("code-scan [data-start]").click();
    await clerk.getByRole("alert").waitFor();
    assert.equal(new URL(clerk.url()).searchParams.get("code"), "0000 0000 0000");
  });
});

/** The first value of every axis that can be had. */
async function chooseFirst(page) {
  const opener = page.locator('.buy-bar [data-opens="options"]').first();
  await opener.click();
  await page.locator("#options").waitFor();
  for (const axis of await page.locator("#options .sku-axis").all()) await axis.locator(".slot:not(.struck)").first().click();
}
