// A live room's connection: it comes back where it was, passes nothing on twice, and stays away where it is not wanted.

import assert from "node:assert/strict";
import test from "node:test";

/** What a browser has that Node has not. */
class FakeSocket {
  static OPEN = 1;
  static all = [];
  readyState = 0;
  sent = [];
  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen();
  }
  says(message) {
    this.onmessage({ data: JSON.stringify({ v: 1, room: "room", ...message }) });
  }
  falls(code = 1006) {
    this.onclose({ code });
  }
}
globalThis.WebSocket = FakeSocket;
globalThis.window = new EventTarget();
globalThis.document = new EventTarget();
globalThis.location = { href: "https://shop.example/s/tea/live/room" };
const { LiveSocket } = await import("../../crates/web/static/live-socket.js");

const last = () => FakeSocket.all.at(-1);
const SNAPSHOT = { type: "snapshot", epoch: 1, seq: 7, d: { now: 1_000_000 } };

/** A room that is open, and what it says. */
function open(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 900_000 });
  FakeSocket.all.length = 0;
  const room = new LiveSocket("/s/tea/live/room/ws");
  const heard = [];
  for (const type of ["snapshot", "pin", "chat", "viewers", "link"]) {
    room.addEventListener(type, ({ detail }) => heard.push(type === "link" ? detail : { [type]: detail }));
  }
  room.open();
  last().opens();
  last().says(SNAPSHOT);
  t.after(() => room.close());
  return { room, heard };
}

test("who comes for the first time asks for everything, and knows the server's time", (t) => {
  const { room, heard } = open(t);
  assert.equal(String(last().url), "wss://shop.example/s/tea/live/room/ws");
  assert.deepEqual(last().sent, [{ type: "join", d: {} }]);
  assert.deepEqual(heard, ["open", { snapshot: { now: 1_000_000 } }]);
  assert.equal(room.now(), 1_000_000);
});

test("after a break it goes on behind the last thing it heard", (t) => {
  const { heard } = open(t);
  last().says({ type: "pin", epoch: 1, seq: 8, d: { number: 3 } });
  last().falls();
  t.mock.timers.tick(20_000);
  assert.equal(FakeSocket.all.length, 2);
  last().opens();
  assert.deepEqual(last().sent, [{ type: "join", d: { since: { epoch: 1, seq: 8 } } }]);
  last().says({ type: "pin", epoch: 1, seq: 9, d: { number: 4 } });
  assert.deepEqual(heard.slice(2), [{ pin: { number: 3 } }, "lost", "open", { pin: { number: 4 } }]);
});

test("nothing is passed on twice or backwards; what has no place is passed on always", (t) => {
  const { heard } = open(t);
  for (const seq of [9, 9, 8]) last().says({ type: "pin", epoch: 1, seq, d: { number: seq } });
  for (const count of [5, 5]) last().says({ type: "viewers", d: { count } });
  assert.deepEqual(heard.slice(2), [{ pin: { number: 9 } }, { viewers: { count: 5 } }, { viewers: { count: 5 } }]);
});

test("a story that starts over is followed from its new beginning", (t) => {
  const { heard } = open(t);
  last().says({ type: "snapshot", epoch: 2, seq: 0, d: { now: 1_000_000 } });
  last().says({ type: "pin", epoch: 2, seq: 1, d: { number: 1 } });
  assert.deepEqual(heard.at(-1), { pin: { number: 1 } });
});

test("a room that is over, or closed to this person, is left alone", (t) => {
  for (const [code, word] of [[4000, "over"], [4001, "refused"]]) {
    const { heard } = open(t);
    last().falls(code);
    t.mock.timers.tick(120_000);
    assert.equal(FakeSocket.all.length, 1, word);
    assert.equal(heard.at(-1), word);
    t.mock.timers.reset();
  }
});

test("an answer finds its question; without a connection there is none", async (t) => {
  const { room } = open(t);
  const first = room.say("chat", { text: "hello" });
  const second = room.say("chat", { text: "hello again" });
  const [one, two] = last().sent.slice(1).map(({ id }) => id);
  last().says({ type: "reply", d: { id: two, error: "chat-slow", with: { wait: 3000 } } });
  last().says({ type: "reply", d: { id: one, ok: { held: false } } });
  assert.deepEqual(await first, { held: false });
  await assert.rejects(second, (refusal) => refusal.key === "chat-slow" && refusal.with.wait === 3000);
  const third = room.say("chat", { text: "lost" });
  last().falls();
  await assert.rejects(third, { key: "offline" });
  await assert.rejects(room.say("chat", { text: "alone" }), { key: "offline" });
});

test("a way that fell silent is replaced", (t) => {
  open(t);
  t.mock.timers.tick(100_000);
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(FakeSocket.all[0].readyState, 3);
});
