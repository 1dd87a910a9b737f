// What a viewer's page knows of a live room is never wrong about prices, stock, what is sold out and what is pinned,
// however late, early or twice messages come. The rules are pure, so no browser is needed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

// The browser's files belong to no package, so Node would not take them for modules by their name.
const source = await readFile(new URL("../../crates/web/static/live-state.js", import.meta.url), "utf8");
const { RoomState, fill, money } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const NOW = 1_772_503_200_000;
const sku = (id, left, price = 2000, live = null) => ({ sku: id, options: id, price, live_price: live, left });
const item = (number, skus, more = {}) => ({
  number, product: `prd_${number}`, title: `Item ${number}`, image: null, price: 2000, list_price: null, live_price: null,
  left: skus.reduce((sum, one) => sum + one.left, 0), sold_out: skus.every((one) => one.left === 0), skus, ...more,
});

/** A room with two products, as someone sees it who has just come in. */
function room(more = {}) {
  const state = new RoomState();
  state.take("snapshot", {
    state: "live", now: NOW, currency: { code: "SGD", digits: 2, symbol: "S$" }, viewers: 3, likes: 5, chat: [],
    shelf: [item(1, [sku("a", 5), sku("b", 0)]), item(2, [sku("c", 40)])], pinned: { number: 1, at: NOW - 1000 }, ...more,
  }, NOW, false);
  return state;
}
const left = (state, number, id) => state.item(number).skus.find((one) => one.sku === id).left;

test("who comes in sees the room as it is, also what was pinned before", () => {
  const state = room();
  assert.equal(state.pinnedItem.number, 1);
  assert.equal(state.item(1).left, 5);
  assert.equal(state.item(1).sold_out, false);
});

test("what is pinned shows when the picture gets there, and not before", () => {
  const state = room();
  state.take("pin", { number: 2, at: NOW + 5000 }, NOW + 5000, true);
  state.reach(NOW + 4000, NOW + 5100);
  assert.equal(state.pinnedItem.number, 1, "the video is a second behind");
  assert.deepEqual(state.reach(NOW + 5000, NOW + 6100), ["pin"]);
  assert.equal(state.pinnedItem.number, 2);
});

test("without a picture, or one that stands still, nothing is kept back", () => {
  const state = room();
  state.take("pin", { number: 2, at: NOW + 5000 }, NOW + 5000, false);
  assert.equal(state.pinnedItem.number, 2);
  state.take("pin", { number: 1, at: NOW + 6000 }, NOW + 6000, true);
  state.reach(NOW + 1000, NOW + 9000);
  assert.equal(state.pinnedItem.number, 2);
  state.reach(NOW + 1000, NOW + 60_000);
  assert.equal(state.pinnedItem.number, 1);
});

test("unpinning waits for the picture as pinning does, and they keep their order", () => {
  const state = room();
  state.take("pin", { number: 2, at: NOW + 100 }, NOW + 100, true);
  state.take("unpin", {}, NOW + 2000, true);
  state.reach(NOW + 1000, NOW + 2100);
  assert.equal(state.pinnedItem.number, 2);
  state.reach(NOW + 2500, NOW + 3600);
  assert.equal(state.pinnedItem, undefined);
});

test("what is sold out stays so whatever is said in passing, until it is said to be there again", () => {
  const state = room();
  state.take("sold_out", { number: 1, sku: "a" }, NOW, true);
  assert.equal(state.item(1).sold_out, true, "the other was gone before");
  assert.equal(state.item(1).left, 0);
  state.take("stock", { number: 1, sku: "a", left: 2 }, NOW, true);
  assert.equal(left(state, 1, "a"), 0, "a number from before comes late");
  state.take("stock", { number: 1, sku: "b", left: 2 }, NOW, true);
  assert.equal(left(state, 1, "b"), 0, "and what came as sold out is no different");
  state.take("restock", { number: 1, sku: "b", left: 7 }, NOW, true);
  assert.deepEqual([left(state, 1, "b"), state.item(1).left, state.item(1).sold_out], [7, 7, false]);
  state.take("stock", { number: 1, sku: "b", left: 6 }, NOW, true);
  assert.equal(left(state, 1, "b"), 6);
});

test("a whole item sells out at once", () => {
  const state = room();
  state.take("sold_out", { number: 2, sku: null }, NOW, true);
  assert.deepEqual([state.item(2).sold_out, state.item(2).left, left(state, 2, "c")], [true, 0, 0]);
});

test("stock that is said in passing may say nothing is left", () => {
  const state = room();
  state.take("stock", { number: 2, sku: "c", left: 0 }, NOW, true);
  assert.equal(state.item(2).left, 0);
  state.take("stock", { number: 2, sku: "c", left: 1 }, NOW, true);
  assert.equal(state.item(2).left, 1, "somebody did not pay");
});

test("a price holds at once, and is the least that applies", () => {
  const state = room();
  state.take("price", { number: 1, item: item(1, [sku("a", 5, 2000, 1500), sku("b", 2)]) }, NOW, true);
  assert.deepEqual(state.price(state.item(1), state.item(1).skus[0], NOW), { price: 1500, was: 2000, isSpecial: true });
  assert.deepEqual(state.priceFrom(state.item(1), NOW), { price: 1500, was: 2000, isSpecial: true, isFrom: true });
  state.take("sold_out", { number: 1, sku: "a" }, NOW, true);
  assert.equal(state.priceFrom(state.item(1), NOW).price, 2000, "what cannot be bought is no price");
});

test("a flash sale's price holds from its start to its end by the server's clock, and while pieces are left", () => {
  const state = room();
  const sale = { id: "f", number: 2, sku: "c", price: 900, starts_at: NOW + 1000, ends_at: NOW + 9000, quota: 5, left: 5, state: "open" };
  const price = (now) => state.priceFrom(state.item(2), now).price;
  state.take("flash_sale", sale, NOW, true);
  assert.deepEqual([price(NOW), price(NOW + 1000), price(NOW + 8999), price(NOW + 9000)], [2000, 900, 900, 2000]);
  state.take("left", { id: "f", left: 3 }, NOW, true);
  assert.equal(state.flash[0].left, 3);
  state.take("flash_sale", { ...sale, left: 0, state: "sold_out" }, NOW, true);
  assert.equal(price(NOW + 2000), 2000);
  state.take("left", { id: "f", left: 1 }, NOW, true);
  assert.equal(price(NOW + 2000), 2000, "what is said in passing may be late");
  state.take("flash_sale", { ...sale, left: 1 }, NOW, true);
  assert.equal(price(NOW + 2000), 900, "a piece came back");
  state.take("flash_sale", { ...sale, state: "over" }, NOW, true);
  assert.equal(state.flash.length, 1, "the same sale, told again");
  assert.equal(price(NOW + 2000), 2000);
});

test("two flash sales of one product each hold for their own variant", () => {
  const state = room();
  state.take("shelf", { shelf: [item(2, [sku("c", 5), sku("d", 5), sku("e", 5)])] }, NOW, true);
  const sale = { number: 2, starts_at: NOW, ends_at: NOW + 9000, quota: 5, left: 5, state: "open" };
  state.take("flash_sale", { ...sale, id: "f", sku: "c", price: 900 }, NOW, true);
  state.take("flash_sale", { ...sale, id: "g", sku: "d", price: 800 }, NOW, true);
  const prices = state.item(2).skus.map((one) => state.price(state.item(2), one, NOW).price);
  assert.deepEqual(prices, [900, 800, 2000]);
});

test("a shelf that comes new takes the place of the old one", () => {
  const state = room();
  state.take("shelf", { shelf: [item(2, [sku("c", 1)])] }, NOW, true);
  assert.equal(state.item(1), undefined);
  assert.equal(state.pinnedItem, undefined, "a card of nothing is no card");
  assert.deepEqual(state.take("stock", { number: 1, sku: "a", left: 3 }, NOW, true), [], "news of what is gone changes nothing");
});

test("a snapshot corrects everything at once", () => {
  const state = room();
  state.take("sold_out", { number: 2, sku: null }, NOW, true);
  state.take("pin", { number: 2, at: NOW + 9_000 }, NOW, true);
  const parts = state.take("snapshot", { state: "live", now: NOW, shelf: [item(2, [sku("c", 3)])], pinned: null, chat: [] }, NOW, true);
  assert.ok(parts.includes("all") && parts.includes("pin"));
  assert.equal(state.item(2).sold_out, false);
  state.reach(NOW + 60_000, NOW + 60_000);
  assert.equal(state.pinnedItem, undefined, "what waited was of before");
});

test("a coupon drops when the picture gets there, and is gone when it is gone", () => {
  const state = room();
  state.take("coupon_drop", { id: "d", title: "S$5 off", pieces: 10, left: 10, opens_at: NOW + 500, ends_at: NOW + 9000 }, NOW, true);
  assert.equal(state.isShown("drops", "d"), false);
  state.reach(NOW + 500, NOW + 600);
  assert.equal(state.isShown("drops", "d"), true);
  state.take("coupon_gone", { id: "d" }, NOW, true);
  assert.equal(state.drops[0].left, 0);
});

test("an auction that waits to be paid stays known when the next one opens", () => {
  const state = room();
  const auction = (id, more) => state.take("auction", { id, ...more }, NOW, true);
  auction("a", { state: "won", winner_number: 2 });
  auction("b", { state: "open" });
  assert.equal(state.auction.id, "b");
  assert.deepEqual(state.auctions_won.map((one) => [one.id, one.winner_number]), [["a", 2]]);
  assert.ok(auction("a", { state: "won", winner_number: 1 }).includes("auction"), "the next in line is asked");
  assert.equal(state.auction.id, "b");
  assert.deepEqual(state.auctions_won.map((one) => one.winner_number), [1]);
  auction("a", { state: "sold" });
  assert.deepEqual(state.auctions_won, []);
  state.take("snapshot", { now: NOW, auction: { id: "b", state: "open" }, auctions_won: [{ id: "c", state: "won" }] }, NOW, true);
  assert.deepEqual(state.auctions_won.map((one) => one.id), ["c"], "who comes in is told too");
});

test("who won is news when it is drawn, and none to who comes in later", () => {
  const drawn = { id: "g", state: "drawn", winners: [{ name: "M**" }] };
  const state = room({ giveaways: [drawn, { id: "h", state: "open" }] });
  assert.deepEqual(state.giveaways.map((one) => Boolean(one.isOld)), [true, false]);
  state.take("giveaway", { ...drawn, id: "h" }, NOW, true);
  assert.equal(Boolean(state.giveaways.find((one) => one.id === "h").isOld), false);
});

test("what this page does not know is no fault", () => {
  assert.deepEqual(room().take("something-new", {}, NOW, true), []);
  assert.deepEqual(room().take("sold_out", { number: 99, sku: null }, NOW, true), []);
});

test("amounts are written as the server writes them", () => {
  const sgd = { symbol: "S$", digits: 2 };
  assert.equal(money(123450, sgd), "S$1,234.50");
  assert.equal(money(5, sgd), "S$0.05");
  assert.equal(money(-980, sgd), "−S$9.80");
  assert.equal(money(1234567, { symbol: "JP¥", digits: 0 }), "JP¥1,234,567");
  assert.equal(money(1250, { symbol: "KD", digits: 3 }), "KD1.250");
  assert.equal(fill("{count} left of {title}", { count: 3, title: "{count}" }), "3 left of {count}");
});
