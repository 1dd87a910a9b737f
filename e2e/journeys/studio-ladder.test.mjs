// The step of the picture's size: it falls when the network cannot carry it, and does not rock up and down.

import assert from "node:assert/strict";
import test from "node:test";
import { Ladder } from "../../crates/web/static/studio-ladder.js";

const GOOD = { available: 9_000, limited: "none" };
const WEAK = { available: 800, limited: "bandwidth" };

/** Gives the same measurement so many times; answers with how often the step changed. */
const measure = (ladder, times, what) => Array.from({ length: times }, () => ladder.judge(what)).filter(Boolean).length;

test("the picture is never larger than was chosen", () => {
  const ladder = new Ladder();
  ladder.limit(540);
  assert.equal(measure(ladder, 200, GOOD), 0);
  assert.equal(ladder.short, 540);
});

test("what a connection measures first counts for nothing", () => {
  const ladder = new Ladder();
  ladder.begin();
  assert.equal(measure(ladder, 5, WEAK), 0, "the guess of what the network carries is still growing");
  assert.equal(ladder.short, 720);
});

test("a weak network gets a smaller picture, and one that recovered a larger one again", () => {
  const ladder = new Ladder();
  measure(ladder, 3, WEAK);
  assert.equal(ladder.short, 540);
  measure(ladder, 3, WEAK);
  assert.equal(ladder.short, 360, "800 kbit/s carry 700");
  assert.equal(measure(ladder, 30, WEAK), 0, "it stays where it fits");
  measure(ladder, 400, GOOD);
  assert.equal(ladder.short, 720);
});

test("a network that comes and goes is tried less and less often", () => {
  const ladder = new Ladder();
  const rises = [];
  for (let round = 0; round < 4; round += 1) {
    measure(ladder, 3, { available: 1_400, limited: "bandwidth" });
    let waited = 0;
    while (!ladder.judge(GOOD)) waited += 1;
    rises.push(waited);
  }
  assert.ok(rises.every((waited, round) => round === 0 || waited > rises[round - 1]), `${rises}`);
});

test("an overloaded device gets a smaller picture, whatever the network carries", () => {
  const ladder = new Ladder();
  assert.equal(measure(ladder, 3, { available: 9_000, limited: "cpu" }), 1);
  assert.equal(ladder.short, 540);
});

test("a camera that gives less than the step is sent as it is", () => {
  const ladder = new Ladder();
  assert.equal(ladder.encoding(480).scaleResolutionDownBy, 1);
  assert.equal(ladder.encoding(1080).scaleResolutionDownBy, 1.5);
});
