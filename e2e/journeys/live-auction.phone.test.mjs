// A host sells one piece to whoever bids most, and gives a prize away, all from phones: bids and a maximum that bids by
// itself, an end that a late bid puts off, a winner who orders and pays over the video, and a draw that anyone can check.

import assert from "node:assert/strict";
import { anotherTab } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import { goLive, openStudioNow } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { signInByCode } from "../lib/people.mjs";
import { openRoom, roomState } from "../lib/watching.mjs";

const STORE = "lantern";
/** What is left of the bidding, on the room's own clock, when a bid is a late one. */
const LATE_MS = 8_000;

const band = (page) => page.locator(".offer .band.auction");
const tool = (page) => page.locator("#tool");

/** Waits until the room shows such a price of its auction. */
const priced = (page, minor) =>
  page.waitForFunction((price) => document.querySelector("live-room").room.auction?.price === price, minor);

/** A finger lies on the first amount, `before`, while the room tells of another bid. */
async function holdAndHear(page, before) {
  const slot = tool(page).locator(".slots button").first();
  // After a tap the amounts stay for a moment.
  await slot.filter({ hasText: before }).waitFor();
  const { x, y } = await slot.boundingBox();
  await page.mouse.move(x + 8, y + 8);
  await page.mouse.down();
  const hear = (more) =>
    page.evaluate(async (more) => {
      const place = document.querySelector("live-room");
      const { auction } = place.room;
      place.take("auction", { ...auction, least: auction.least + more });
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
    }, more);
  await hear(500);
  const held = await slot.textContent();
  // Lifted elsewhere in the sheet, it bids nothing.
  const elsewhere = await tool(page).locator('[data-text="price"]').boundingBox();
  await page.mouse.move(elsewhere.x + 8, elsewhere.y + 8);
  await page.mouse.up();
  await slot.filter({ hasNotText: before }).waitFor();
  await hear(-500);
  await slot.filter({ hasText: before }).waitFor();
  return held.includes(before);
}

async function openAuction(host, { price, seconds }) {
  const form = await openTool(host, "auction-new");
  const sku = await form.locator("option:not([disabled])").first().getAttribute("value");
  await form.locator('[name="sku"]').selectOption(sku);
  await form.locator('[name="price"]').fill(price);
  await form.locator('[name="increment"]').fill("1");
  await form.locator('[name="seconds"]').selectOption(seconds);
  await form.locator("button.primary").click();
  await form.waitFor({ state: "hidden" });
}

async function openTool(host, name) {
  const panel = host.locator("#tools-panel");
  if (!(await panel.evaluate((dialog) => dialog.open))) await host.locator('.studio-bar [data-opens="tools-panel"]').click();
  await panel.locator(`[data-opens="${name}"]`).click();
  return host.locator(`#${name}`);
}

journey(
  "an auction and a giveaway, from phone to phone",
  async ({ phone, chapter }) => {
    const host = await openAs(phone, "merchant");
    const mei = await openAs(phone, "buyer");
    const tan = await phone();
    await signInByCode(tan, "tan@example.com");
    const room = await openStudioNow(host, STORE);
    for (const page of [mei, tan]) page.problems.expect(/status of 40[49].*\/media\//);
    await goLive(host);
    await openRoom(mei, STORE, room);
    await openRoom(tan, STORE, room);

    await chapter("the host opens an auction from the phone, and everyone sees it", async () => {
      await openAuction(host, { price: "10", seconds: "30" });
      await host.locator("#running .running-line").filter({ hasText: "No bid yet" }).waitFor();
      for (const page of [mei, tan]) await band(page).filter({ hasText: "S$10.00" }).waitFor();
    });

    await chapter("one leaves a maximum, the other bids against it in vain", async () => {
      await band(mei).locator("button").click();
      await tool(mei).locator('[name="amount"]').fill("20");
      await tool(mei).locator('[name="amount"]').press("Enter");
      await tool(mei).locator('[data-text="leader"]').filter({ hasText: "You lead" }).waitFor();
      await tool(mei).locator('[data-text="own"]').filter({ hasText: "S$20.00" }).waitFor();
      await priced(tan, 1_000);
      await band(tan).locator("button").click();
      await tool(tan).locator(".slots button").first().click();
      await tan.locator(".toast").filter({ hasText: "bid more than you" }).waitFor();
      for (const page of [mei, tan]) await priced(page, 1_200);
      assert.ok(await holdAndHear(tan, "S$13.00"), "an amount does not change under the finger");
      const state = JSON.stringify((await roomState(tan, STORE, room)).auction);
      assert.ok(!state.includes("2000"), `nobody is told the maximum: ${state}`);
    });

    await chapter("a late bid puts the end off", async () => {
      const isLate = (late) => {
        const place = document.querySelector("live-room");
        return place.room.auction.ends_at - place.now() < late;
      };
      await tan.waitForFunction(isLate, LATE_MS, { timeout: 40_000 });
      const before = (await roomState(tan, STORE, room)).auction.ends_at;
      await tool(tan).locator(".slots button").first().click();
      for (const page of [mei, tan]) await priced(page, 1_400);
      const after = (await roomState(tan, STORE, room)).auction.ends_at;
      assert.ok(after > before, `${after} is later than ${before}`);
    });

    await chapter("who won is told so; who did not sees who did", async () => {
      await tool(mei).locator("[data-order]").waitFor();
      await tool(tan).locator('[data-text="result"]').filter({ hasText: /Won by .\*\*/ }).waitFor();
      assert.equal(await tool(tan).locator("[data-order]").isVisible(), false);
    });

    await chapter("the next auction opens, and who won the first one still finds the way to the order", async () => {
      await openAuction(host, { price: "5", seconds: "600" });
      for (const page of [mei, tan]) await priced(page, 500);
      await tool(tan).waitFor({ state: "hidden" });
      assert.ok(await tool(mei).locator("[data-order]").isVisible(), "what was won stays open");
      await mei.reload();
      await mei.locator(".tool-chips .note").filter({ hasText: "You won!" }).click();
      await tool(mei).locator("[data-order]").click();
      await mei.frameLocator("#checkout iframe").locator("#price").waitFor();
      const frame = await mei.locator("#checkout iframe").elementHandle().then((element) => element.contentFrame());
      assert.ok((await buying.priceLines(frame)).some(([, amount]) => amount.includes("14.00")), "at the price of the last bid");
      await buying.placeOrder(frame);
      await mei.locator("#checkout .sheet-head [data-closes]").click();
      await mei.locator("#checkout").waitFor({ state: "hidden" });
    });

    await chapter("who ordered and did not pay is led to the order, and pays", async () => {
      await mei.locator(".tool-chips .note").filter({ hasText: "You won!" }).click();
      await tool(mei).locator("[data-order]").click();
      await buying.orderPage(mei);
      await buying.payAgain(mei);
      await buying.pay(mei, "succeed");
      await host.locator("#running .running-line").filter({ hasText: "is to pay" }).waitFor({ state: "detached" });
    });

    await chapter("the store is followed from its room", async () => {
      await openRoom(mei, STORE, room);
      await mei.locator("#follow button").click();
      await mei.locator(".toast").filter({ hasText: "You follow this store" }).waitFor();
      await mei.locator("#follow").waitFor({ state: "hidden" });
      const own = await anotherTab(mei);
      await own.goto("/me/following");
      const line = own.locator(".list .item").filter({ hasText: "Lantern" });
      await line.locator(".on-air").waitFor();
      await line.locator("form button").click();
      await line.waitFor({ state: "detached" });
      await own.close();
    });

    await chapter("a prize is drawn among who follows, and the draw checked by whoever entered", async () => {
      const form = await openTool(host, "giveaway-new");
      await form.locator('[name="prize"]').fill("A teapot");
      await form.locator('[name="task"][value="follow"]').check();
      await form.locator("button.primary").click();
      const chip = tan.locator(".tool-chips .note").filter({ hasText: "A teapot" });
      await chip.click();
      await tool(tan).getByRole("button", { name: "Follow and take part" }).click();
      await tool(tan).locator("button.primary[disabled]").waitFor();
      await tan.locator("#follow").waitFor({ state: "hidden" });
      await host.locator("#running .running-line").filter({ hasText: "A teapot" }).locator("button").click();
      await host.locator('dialog.ask button[value="yes"]').click();
      await tan.locator(".toast").filter({ hasText: "You won: A teapot" }).waitFor();
      const opened = tan.waitForEvent("popup");
      await tool(tan).locator("[data-verify]").click();
      const proof = await opened;
      await proof.locator('[data-verdict][data-tone="good"]').filter({ hasText: "It fits" }).waitFor();
      assert.equal(await proof.locator("[data-check].good").count(), 3);
      await proof.route("**/list.txt", (route) => route.fulfill({ status: 503, body: "" }));
      await proof.reload();
      await proof.locator('[data-verdict][data-tone="warn"]').filter({ hasText: "could not be fetched" }).waitFor();
    });

    await chapter("who comes in after the draw sees it, and is not told again", async () => {
      await tan.reload();
      await tan.locator(".tool-chips .note").filter({ hasText: "Drawn: A teapot" }).waitFor();
      await tan.waitForFunction(() => document.querySelector("live-room").tools?.state.giveaways.length > 0);
      assert.equal(await tan.locator(".toast").filter({ hasText: /Winners|You won/ }).count(), 0);
    });
  },
  { camera: true, env: { MINISTORE_LIVE_ENABLED: "true" } },
);
