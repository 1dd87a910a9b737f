// A host goes live with a phone, walks through a tunnel, and goes on where the picture stood still. Who watches does nothing.

import assert from "node:assert/strict";
import { isSamePage, mark } from "../lib/browser.mjs";
import { cuttable, endLive, goLive, moves, openStudioNow, openWire } from "../lib/hosting.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { openRoom, roomState } from "../lib/watching.mjs";

const STORE = "lantern";
/** Longer than a browser or the server takes to notice, and shorter than the minute for which the show is held. */
const TUNNEL_MS = 20_000;

journey(
  "a host goes live with a phone and comes back from a tunnel",
  async ({ server, phone, chapter }) => {
    const wire = await openWire(server);
    try {
      const host = await openAs(phone, "merchant");
      const viewer = await phone();
      const video = viewer.locator("live-player video");
      const room = await openStudioNow(host, STORE);
      let hostsCalls;
      let show;

      await chapter("two taps, and a stranger sees the host move", async () => {
        await goLive(host);
        hostsCalls = wire.callers();
        await openRoom(viewer, STORE, room);
        await moves(video);
        ({ show } = await roomState(viewer, STORE, room));
        await mark(host);
        await mark(viewer);
      });

      await chapter("in the tunnel the room says that the host is away, and stays", async () => {
        host.problems.expect(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|WebSocket/);
        const out = new Promise((through) => setTimeout(through, TUNNEL_MS));
        wire.cutOff(hostsCalls);
        await host.context().setOffline(true);
        await viewer.locator('live-room[data-state="lost"]').waitFor();
        await viewer.locator('[data-part="word"]:not([hidden])').waitFor();
        await host.locator("#offline").waitFor();
        await out;
        assert.equal(await viewer.locator("live-room").getAttribute("data-state"), "lost", "nobody has ended it");
      });

      await chapter("behind the tunnel the same show goes on by itself, for the host and for who watches", async () => {
        wire.heal();
        await host.context().setOffline(false);
        await host.locator('#state[data-state="live"]').waitFor({ timeout: 30_000 });
        await viewer.locator('live-room[data-state="live"]').waitFor();
        await moves(video);
        await viewer.locator('[data-part="word"]').waitFor({ state: "hidden" });
        assert.equal((await roomState(viewer, STORE, room)).show, show, "it is the same show, and one recording");
        assert.ok((await isSamePage(host)) && (await isSamePage(viewer)), "nothing was loaded again");
      });

      await chapter("the end leads the host to the report and the viewer to what else there is", async () => {
        await endLive(host);
        await viewer.locator('live-room[data-state="ended"] .curtain').waitFor();
      });
    } finally {
      wire.close();
    }
  },
  { camera: true, ...cuttable },
);
