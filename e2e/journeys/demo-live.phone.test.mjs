// Whoever starts the demo finds a store that is live: pictures move, people talk and buy, and what is shown is pinned.

import assert from "node:assert/strict";
import { moves } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";

/** Somebody of the town buys within this. */
const BUYS_WITHIN_MS = 60_000;

/** For how long the player is watched: `HLS_SECONDS=600` watches for ten minutes. */
const HLS_SECONDS = Number(process.env.HLS_SECONDS ?? 12);

/** hls.js as it is, which also keeps every error that it reports, those it mends by itself too. */
const TELLING = `import Hls from './hls.light.js?as-it-is';
globalThis.hlsErrors = [];
export default class extends Hls {
  constructor(config) {
    super(config);
    this.on(Hls.Events.ERROR, (_, { type, details, fatal }) => globalThis.hlsErrors.push({ type, details, fatal, at: performance.now() }));
  }
}`;

journey(
  "the demo has a store that is always live",
  async ({ phone, chapter }) => {
    const newcomer = await phone();

    await chapter("the demo's own page leads to it", async () => {
      await newcomer.goto("/demo");
      await newcomer.locator('main a[href="/s/lantern/live"], #content a[href="/s/lantern/live"]').first().click();
      await newcomer.locator('a[href*="/live/liv_"]').first().click();
      await moves(newcomer.locator("live-player video"));
    });

    await chapter("people talk, and the product that is shown stands on its card", async () => {
      await newcomer.locator(".talk-lines li").nth(1).waitFor();
      await newcomer.locator(".offer .offer-card strong").filter({ hasText: /\S/ }).waitFor();
    });

    await chapter("and somebody buys", async () => {
      const ticker = newcomer.locator('[data-part="ticker"]').filter({ hasText: /\S/ });
      await ticker.waitFor({ state: "attached", timeout: BUYS_WITHIN_MS });
      assert.match(await ticker.textContent(), /\*/, "names are masked");
    });

    await chapter("and the player has nothing to complain of", async () => {
      await newcomer.route(/vendor\/hls\.light\.js$/, (route) => route.fulfill({ contentType: "text/javascript", body: TELLING }));
      await newcomer.reload();
      const video = newcomer.locator("live-player video");
      await moves(video);
      assert.equal(await newcomer.locator("live-player").getAttribute("data-way"), "hls");
      const seconds = () => video.evaluate(({ currentTime }) => currentTime);
      const before = await seconds();
      await newcomer.waitForTimeout(HLS_SECONDS * 1_000);
      assert.deepEqual(await newcomer.evaluate(() => globalThis.hlsErrors), []);
      const shown = (await seconds()) - before;
      assert.ok(Math.abs(shown - HLS_SECONDS) < 3, `${shown} s of video in ${HLS_SECONDS} s`);
    });
  },
  { args: ["--lively"], longer: HLS_SECONDS * 1_000 },
);
