// Whoever starts the demo finds a store that is live: pictures move, people talk and buy, and what is shown is pinned.

import assert from "node:assert/strict";
import { moves } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";

/** Somebody of the town buys within this. */
const BUYS_WITHIN_MS = 60_000;

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
  },
  { args: ["--lively"] },
);
