// Buying in a frame, as in the sheet over a live room's video: the buyer signs in, orders and pays there, and the page
// around it goes on as it was and hears what happened.

import assert from "node:assert/strict";
import { isSamePage, mark } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import { journey } from "../lib/journey.mjs";
import { signInByCode } from "../lib/people.mjs";

const STORE = "lantern";
const HOME = { name: "Noor Aziz", phone: "+65 8222 3344", lines: "12 Joo Chiat Road, #01-02", region: "Singapore", postcode: "427355" };

journey("whoever buys in a frame never leaves the page around it", async ({ phone, chapter }) => {
  const buyer = await phone();
  await buyer.goto(`/s/${STORE}/shelf`);
  const product = await buyer.locator(".goods-card:not(.gone) a").first().getAttribute("href");
  await mark(buyer);
  const frame = await framed(buyer, product);
  const bare = async () => {
    for (const bar of [".top-bar", ".tab-bar", ".foot"]) assert.equal(await frame.locator(bar).count(), 0, `${bar} in a frame`);
  };

  await chapter("a visitor signs in within the frame and comes back to the checkout", async () => {
    await frame.locator('.buy-bar [data-opens="options"]').last().click();
    for (const axis of await frame.locator("#options .sku-axis").all()) await axis.locator(".slot:not(.struck)").first().click();
    await frame.locator('#options button[formaction$="/buy-now"]').click();
    await frame.waitForURL((url) => url.pathname === "/sign-in");
    await bare();
    await signInByCode(frame, "noor@frame.example");
    await frame.locator("#price").waitFor();
    await bare();
    assert.deepEqual(await heard(buyer), []);
  });

  await chapter("ordering leads to the provider's page, and the page around hears of the order", async () => {
    await buying.deliverTo(frame, HOME);
    await buying.placeOrder(frame);
    assert.match(new URL(frame.url()).pathname, /^\/pay\/sandbox\//);
    await bare();
    const [placed, ...more] = await heard(buyer);
    assert.equal(placed.type, "order-placed");
    assert.match(placed.order, /^ord_/);
    assert.deepEqual(more, []);
  });

  await chapter("paying shows the order in the frame, and the page around hears that it is paid", async () => {
    await buying.pay(frame, "succeed");
    await buying.sees(frame, "To be shipped");
    await bare();
    const all = await heard(buyer);
    assert.deepEqual(all.map((message) => message.type), ["order-placed", "order-paid"]);
    assert.equal(all[1].order, all[0].order);
  });

  await chapter("the way back is a word to the page around, by a tap or by Escape", async () => {
    await frame.locator("[data-leaves-frame]").click();
    await frame.locator("body").press("Escape");
    // A message between windows arrives a little later.
    await buyer.waitForFunction(() => window.heard.length >= 4);
    assert.deepEqual((await heard(buyer)).slice(2), [{ type: "close" }, { type: "close" }]);
    assert.ok(await isSamePage(buyer), "the page around was never left");
  });
});

/** Opens an address in a frame on the page, as a live room's sheet does, and keeps what the frame says. */
async function framed(page, address) {
  await page.evaluate((src) => {
    window.heard = [];
    addEventListener("message", ({ origin, data }) => origin === location.origin && window.heard.push(data));
    const frame = document.createElement("iframe");
    Object.assign(frame, { src, name: "buying", width: 390, height: 560 });
    frame.style.cssText = "position: fixed; inset: auto 0 0; z-index: 50; border: 0; background: Canvas";
    document.body.append(frame);
  }, address);
  await page.frameLocator('iframe[name="buying"]').locator("#content").waitFor();
  return page.frame("buying");
}

/** What the page around was told so far. */
async function heard(page) {
  return page.evaluate(() => window.heard);
}
