// What a host sells with from a phone behind a stall, and what buyers see of it on theirs without loading anything again: a
// price for the room, a flash sale until it is sold out, and an order that is a comment.

import assert from "node:assert/strict";
import { isSamePage, mark, sheetsClosed } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import { goLive, moves, openStudioNow } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { signInByCode } from "../lib/people.mjs";
import { buyFromCard, offered, openRoom, roomState, say } from "../lib/watching.mjs";

const STORE = "lantern";
const plain = (minor) => (minor / 100).toFixed(2);
const words = (minor) => `S$${plain(minor)}`;

journey(
  "a host sells from a phone, and buyers see it on theirs",
  async ({ phone, chapter }) => {
    const host = await openAs(phone, "merchant");
    const buyer = await openAs(phone, "buyer");
    const other = await phone();
    const room = await openStudioNow(host, STORE);
    for (const page of [buyer, other]) page.problems.expect(/status of 40[49].*\/media\//);
    await goLive(host);
    await openRoom(buyer, STORE, room);
    await openRoom(other, STORE, room);
    await moves(buyer.locator("live-player video"));
    await mark(buyer);
    await mark(other);
    const { shelf } = await roomState(buyer, STORE, room);
    const item = shelf.find(({ skus, price }) => skus.length > 1 && skus[0].left > 4 && price > 500);
    const [sku] = item.skus;
    const price = async (page, amount, was) => {
      const shown = page.locator(".offer .offer-card .price").filter({ hasText: words(amount) });
      await shown.filter({ has: page.locator("s").filter({ hasText: words(was) }) }).waitFor();
    };

    await chapter("a price for the room stands on every phone, with the usual one struck out", async () => {
      await host.locator('.studio-bar [data-opens="shelf-panel"]').click();
      const line = host.locator(`.shelf-line[data-number="${item.number}"]`);
      await line.locator(".pin-button").click();
      for (const page of [buyer, other]) await offered(page, item.title).waitFor();
      await line.locator(".shelf-edit").click();
      await line.locator(`#price-${sku.sku}`).fill(plain(sku.price));
      host.problems.expect(/status of 422/);
      await line.locator(".live-price button").click();
      await line.locator(".live-price .error").waitFor();
      for (const one of item.skus) await line.locator(`#price-${one.sku}`).fill(plain(one.price - 100));
      await line.locator(".live-price button").click();
      await line.locator(".badge").waitFor();
      await line.locator(".live-price").waitFor({ state: "detached" });
      for (const page of [buyer, other]) await price(page, item.price - 100, Math.max(item.list_price ?? 0, item.price));
      await host.locator("#shelf-panel .sheet-head [data-closes]").click();
      await sheetsClosed(host);
    });

    await chapter("a flash sale is counted down on every phone, and then the price falls", async () => {
      await host.locator('.studio-bar [data-opens="tools-panel"]').click();
      await host.locator('.tool[data-opens="flash-new"]').click();
      const sheet = host.locator("#flash-new");
      await sheet.locator('[name="sku"]').selectOption(sku.sku);
      await sheet.locator('[name="price"]').fill(plain(sku.price - 100));
      await sheet.locator('[name="quota"]').fill("2");
      await sheet.locator('[name="per_buyer"]').fill("");
      await sheet.locator('[name="countdown_seconds"]').selectOption("10");
      host.problems.expect(/status of 422/);
      await sheet.locator("button.primary").click();
      await sheet.locator(".error").waitFor();
      await sheet.locator('[name="price"]').fill(plain(sku.price - 300));
      await sheet.locator("button.primary").click();
      await sheet.waitFor({ state: "hidden" });
      await host.locator("#running .running-line").filter({ hasText: words(sku.price - 300) }).waitFor();
      for (const page of [buyer, other]) {
        await page.locator(".band.flash").filter({ hasText: words(sku.price - 300) }).waitFor();
      }
      for (const page of [buyer, other]) await price(page, sku.price - 300, Math.max(item.list_price ?? 0, sku.price));
    });

    await chapter("its pieces are bought over the video, and everyone sees that they are gone", async () => {
      const frame = await buyFromCard(buyer, { sku: sku.sku, pieces: 2 });
      const lines = await buying.priceLines(frame);
      const goods = lines.filter(([, amount]) => amount.includes(words(600)));
      assert.equal(goods.length, 1, `3.00 off each of two pieces: ${JSON.stringify(lines)}`);
      await buying.placeOrder(frame);
      for (const page of [buyer, other]) await page.locator(".band.flash.gone").waitFor({ state: "attached" });
      await buying.pay(frame, "succeed");
      await buyer.locator(".toast").filter({ hasText: "Paid" }).waitFor();
      await frame.locator("[data-leaves-frame]").click();
      await buyer.locator("#checkout").waitFor({ state: "hidden" });
      await host.locator("#running .running-line").filter({ hasText: "All 2 are sold" }).waitFor();
      await price(other, item.price - 100, Math.max(item.list_price ?? 0, item.price));
      await host.locator("#running button").click();
      await host.locator('dialog.ask button[value="yes"]').click();
      await host.locator("#running .running-line").waitFor({ state: "detached" });
      for (const page of [buyer, other]) await page.locator(".band.flash").waitFor({ state: "hidden" });
    });

    await chapter("a comment that is a number opens that product for who wrote it", async () => {
      await host.locator('form[action$="/comment-orders"] input').check();
      await host.locator(".toast").filter({ hasText: "Saved" }).waitFor();
      await say(buyer, `${item.number} x2`);
      await buyer.locator("#item form").waitFor();
      assert.equal(await buyer.locator('#item [name="quantity"]').inputValue(), "2");
      assert.equal((await buyer.locator("#item-title").textContent()).trim(), item.title);
      await buyer.locator("#item [data-closes]").click();
      await buyer.locator(".talk-lines .wish").filter({ hasText: item.title }).waitFor();
      await other.locator(".talk-lines li").filter({ hasText: `${item.number} x2` }).waitFor();
      assert.equal(await other.locator(".talk-lines .wish").count(), 0, "it is between the room and who wrote it");
      for (const page of [buyer, other]) assert.ok(await isSamePage(page), "nothing was loaded again");
    });

    await chapter("who is made a moderator keeps order in the room itself", async () => {
      await signInByCode(other, "omar@tools.example");
      await openRoom(other, STORE, room);
      await say(other, "Which one is the sweetest?");
      await host.locator("#tools-panel .sheet-head [data-closes]").click();
      await sheetsClosed(host);
      await host.locator('.studio-bar [data-opens="chat-panel"]').click();
      const asked = host.locator("#chat .chat-line").filter({ hasText: "sweetest" });
      await asked.locator("summary").click();
      await asked.locator('button[formaction$="/part"]').click();
      await host.locator(".toast").filter({ hasText: "moderator" }).waitFor();
      await openRoom(other, STORE, room);
      await say(buyer, "Buy followers from me");
      const spam = (page) => page.locator(".talk-lines li").filter({ hasText: "Buy followers" });
      await spam(other).locator(".moderate").click();
      await other.locator("#moderate[open]").waitFor();
      assert.match(await other.locator("#moderate [data-said]").textContent(), /Buy followers/);
      await other.locator("#moderate").getByRole("button", { name: "Delete" }).click();
      for (const page of [buyer, other]) await spam(page).waitFor({ state: "detached" });
      assert.equal(await buyer.locator(".moderate, #moderate").count(), 0, "who only watches has nothing to decide");
    });
  },
  { camera: true, env: { MINISTORE_LIVE_ENABLED: "true" } },
);
