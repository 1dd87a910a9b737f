// A live room as buyers meet it on their phones: they wait for it, watch, talk, see what is shown, buy it over the playing
// video until it is gone, lose the network, and look at the recording afterwards.

import assert from "node:assert/strict";
import { isSamePage, mark } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import { endLive, goLive, moves, openStudioNow } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { signInByCode } from "../lib/people.mjs";
import { buyFromCard, comment, offered, openRoom, roomState, say } from "../lib/watching.mjs";

const STORE = "lantern";
const HOME = { name: "Noor Aziz", phone: "+65 8222 3344", lines: "12 Joo Chiat Road, #01-02", region: "Singapore", postcode: "427355" };

journey(
  "a live room, from the waiting to the recording",
  async ({ phone, desktop, chapter }) => {
    const host = await openAs(desktop, "merchant");
    const buyer = await openAs(phone, "buyer");
    const other = await phone();
    const room = await openStudioNow(host, STORE);
    const video = buyer.locator("live-player video");

    await chapter("who comes early sees when it begins, and asks to be told", async () => {
      await openRoom(other, STORE, room);
      await openRoom(buyer, STORE, room);
      await mark(buyer);
      await buyer.locator("#remind button").click();
      await buyer.locator('#remind button[aria-pressed="true"]').waitFor();
      await mark(other);
    });

    await chapter("the page they wait on is the one on which it begins", async () => {
      await goLive(host);
      await buyer.locator('live-room[data-state="live"]').waitFor();
      await buyer.locator(".curtain").waitFor({ state: "detached" });
      await moves(video);
      await moves(other.locator("live-player video"));
      assert.ok(await isSamePage(buyer), "nothing was loaded again");
    });

    // What there is least of sells out soonest.
    const { shelf } = await roomState(buyer, STORE, room);
    const wanted = shelf
      .flatMap((item) => item.skus.map((sku) => ({ ...item, sku })))
      .filter(({ sku }) => sku.left > 0 && sku.left < 99)
      .sort((a, b) => a.sku.left - b.sku.left)[0];

    await chapter("what the host shows comes onto everyone's screen", async () => {
      await host.locator(`.shelf-line[data-number="${wanted.number}"] .pin-button`).click();
      await offered(buyer, wanted.title).waitFor();
      await offered(other, wanted.title).waitFor();
    });

    await chapter("one buyer's words are another's to read", async () => {
      await say(buyer, "Does it pour well?");
      await comment(buyer, "Does it pour well?").waitFor();
      await comment(other, "Does it pour well?").waitFor();
      await comment(buyer, "Does it pour well?").and(buyer.locator(":not(.pending)")).waitFor();
      assert.equal(await comment(buyer, "Does it pour well?").count(), 1, "one's own words stand there once");
      assert.equal(await other.locator("#say").count(), 0, "a visitor reads");
      assert.ok(await other.locator("a.say").isVisible(), "and is asked to sign in");
    });

    await chapter("the last pieces are bought over the playing video, and are gone on every phone", async () => {
      const frame = await buyFromCard(buyer, { sku: wanted.sku.sku, pieces: wanted.sku.left });
      await buying.placeOrder(frame);
      const gone = wanted.skus.every((sku) => sku.left === 0 || sku.sku === wanted.sku.sku);
      if (gone) await other.locator(".offer [data-buy][disabled]").waitFor();
      await other.waitForFunction(
        ({ number, sku }) => document.querySelector("live-room").room.item(number).skus.find((one) => one.sku === sku).left === 0,
        { number: wanted.number, sku: wanted.sku.sku },
      );
      await buying.pay(frame, "succeed");
      await buyer.locator(".toast").filter({ hasText: "Paid" }).waitFor();
      await frame.locator("[data-leaves-frame]").click();
      await buyer.locator("#checkout").waitFor({ state: "hidden" });
      await moves(video);
      assert.ok(await isSamePage(buyer), "the room was never left");
    });

    await chapter("a visitor signs in on the way to the checkout, orders, and may talk", async () => {
      const next = shelf.find((item) => !item.sold_out && item.number !== wanted.number);
      await host.locator(`.shelf-line[data-number="${next.number}"] .pin-button`).click();
      await offered(other, next.title).waitFor();
      const sku = next.skus.find((one) => one.left > 0);
      await buyFromCard(other, { sku: sku.sku, pieces: 1, signIn: (page) => signInByCode(page, "noor@room.example") });
      await other.locator("#checkout [data-closes]").click();
      await other.locator("#checkout").waitFor({ state: "hidden" });
      await other.locator("#say").waitFor();
      const frame = await buyFromCard(other, { sku: sku.sku, pieces: 1 });
      await buying.deliverTo(frame, HOME);
      await buying.placeOrder(frame);
      await buying.pay(frame, "succeed");
      await frame.locator("[data-leaves-frame]").click();
      await other.locator("#checkout").waitFor({ state: "hidden" });
      await say(other, "Mine is on its way");
      await comment(buyer, "Mine is on its way").waitFor();
      assert.ok(await isSamePage(other), "the room was never left");
    });

    await chapter("after a tunnel everything is as if there had been none", async () => {
      buyer.problems.expect(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|WebSocket/);
      await buyer.context().setOffline(true);
      await buyer.locator("live-room[data-cut]").waitFor();
      const next = shelf.findLast((item) => !item.sold_out && item.number !== wanted.number);
      await host.locator(`.shelf-line[data-number="${next.number}"] .pin-button`).click();
      await offered(other, next.title).waitFor();
      await buyer.context().setOffline(false);
      await offered(buyer, next.title).waitFor();
      await moves(video);
      assert.ok(await isSamePage(buyer));
    });

    await chapter("the recording leads to where each product was shown", async () => {
      await endLive(host);
      await buyer.locator('live-room[data-state="ended"]').waitFor();
      await openRoom(buyer, STORE, room);
      const chapterOf = buyer.locator(".chapter").last();
      await chapterOf.waitFor();
      await moves(video);
      const title = (await chapterOf.locator("strong").textContent()).trim();
      await chapterOf.click();
      await buyer.locator('.chapter[aria-current="true"]').filter({ hasText: title }).waitFor();
      await offered(buyer, title).waitFor();
      assert.match(buyer.url(), /#t=\d+$/, "and its place can be handed on");
      const at = Number(/#t=(\d+)/.exec(buyer.url())[1]);
      assert.ok((await video.evaluate((element) => element.currentTime)) >= at, "the video is there");
    });
  },
  { camera: true },
);
