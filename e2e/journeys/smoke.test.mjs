// The server starts, answers, can be killed and comes back on its data, and its front page opens on a phone.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";

journey("the front page opens, also after a kill", async ({ server, phone }) => {
  const health = await fetch(`${server.url}/healthz`);
  assert.equal(health.status, 200);

  const page = await phone();
  const answer = await page.goto("/");
  assert.equal(answer.status(), 200);
  assert.notEqual((await page.title()).trim(), "");
  page.problems.assertNone();

  await server.restart();
  const again = await page.goto("/");
  assert.equal(again.status(), 200);
});
