// A host at a desk sends with an encoder such as OBS: with its own settings at first, then as the studio asks; stops, and goes on.

import assert from "node:assert/strict";
import { isSamePage, mark } from "../lib/browser.mjs";
import { encode, moves, openStudioNow, WITH_B_FRAMES, WITHOUT_B_FRAMES } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { openRoom, roomState } from "../lib/watching.mjs";

const STORE = "lantern";

journey(
  "a host goes live with an encoder",
  async ({ desktop, chapter }) => {
    const host = await openAs(desktop, "merchant");
    const viewer = await desktop();
    const video = viewer.locator("live-player video");
    const room = await openStudioNow(host, STORE);
    const advice = host.locator("#advice li");
    let place;
    let sending;

    await chapter("the studio says where to send to and with which key, once", async () => {
      await host.locator('[data-source="encoder"]').click();
      await host.locator('form[action$="/key"] button').click();
      const key = (await host.locator("#stream-key").textContent()).trim();
      place = { address: (await host.locator("#rtmp-address").textContent()).trim(), key };
      assert.match(place.address, /^rtmp:/);
      await host.locator('[data-goes="start"] button').click();
      await host.locator('#state[data-step="live"]').waitFor();
    });

    await chapter("an encoder as it comes is shown all the same, and the host is told what to change", async () => {
      sending = encode(place.address, place.key, WITH_B_FRAMES);
      await host.locator('#state[data-state="live"]').waitFor({ timeout: 30_000 });
      await advice.filter({ hasText: "B-frames are on" }).waitFor();
      await openRoom(viewer, STORE, room);
      await moves(video);
      await mark(viewer);
    });

    const { show } = await roomState(viewer, STORE, room);

    await chapter("an encoder that stops is missed, on both sides", async () => {
      // Players that wait for the next piece are told that it does not come.
      viewer.problems.expect(/status of 503.*\/media\//);
      host.problems.expect(/status of 503.*\/media\//);
      await sending.stop();
      await advice.filter({ hasText: "No picture arrives" }).waitFor();
      await viewer.locator('live-room[data-state="lost"]').waitFor();
    });

    await chapter("set up as asked it goes on, without a word of advice", async () => {
      sending = encode(place.address, place.key, WITHOUT_B_FRAMES);
      await host.locator('#state[data-state="live"]').waitFor({ timeout: 30_000 });
      await viewer.locator('live-room[data-state="live"]').waitFor();
      await moves(video);
      await advice.first().waitFor({ state: "detached" });
      assert.equal((await roomState(viewer, STORE, room)).show, show, "it is the same show");
      assert.ok(await isSamePage(viewer), "nothing was loaded again");
      await sending.stop();
    });
  },
  { camera: true },
);
