// The draw in the browser comes to what the server's does: crates/live/src/giveaway/lots.rs holds the same numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { draw, hash } from "../../crates/web/static/giveaway-lots.js";

const list = Array.from({ length: 10 }, (_, place) => `${place + 1} ent_${place + 1} 林**\n`).join("");

test("the browser draws what the server draws", async () => {
  assert.equal(await hash("seed"), "19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b");
  assert.equal(await hash(new TextEncoder().encode(list)), "1196559bede7ad49e5bbd90b95609e397b2d0448443721809a5cd581d06aeb35");
  assert.deepEqual(await draw("seed", await hash(list), 10, 3), [4, 0, 7]);
});

test("as many win as can, and nobody twice", async () => {
  const drawn = await draw("another", await hash(list), 5, 9);
  assert.deepEqual([...drawn].sort(), [0, 1, 2, 3, 4]);
});
