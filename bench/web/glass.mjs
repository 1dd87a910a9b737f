// Opens pages with a video in them as people do, and prints what was seen as one line of JSON. What to do comes as JSON:
//   { clock: { bars, rows }, send?: { page, sender, whip, token, width, height }, opens, seconds,
//     view: { page, without: ["RTCPeerConnection"], ready?: "address that answers when there is something to see", way?: "hls" } }
// `bench/src/live/glass.rs` starts it.

import { openBrowser } from "../../e2e/lib/browser.mjs";
import { sendClock, watchClock } from "./pages.mjs";

const READY_WITHIN_MS = 30_000;
const PICTURE_WITHIN_MS = 30_000;

const job = JSON.parse(process.argv[2]);
const browser = await openBrowser();
try {
  const sender = job.send && (await send(job.send));
  if (job.view.ready) await ready(job.view.ready, job.view.way);
  const [firsts, ways] = [[], []];
  for (let turn = 1; turn < job.opens; turn += 1) {
    const page = await open();
    firsts.push((await seenOf(page)).first);
    ways.push(await wayOf(page));
    await page.context().close();
  }
  const page = await open();
  ways.push(await wayOf(page));
  await page.waitForTimeout(job.seconds * 1000);
  const [seen, ended] = [await seenOf(page), Date.now()];
  ways.push(await wayOf(page));
  firsts.push(seen.first);
  const breaks = sender ? await sender.evaluate(() => window.benchBreaks) : 0;
  console.log(JSON.stringify({ firsts, pictures: seen.pictures, ended, waits: seen.waits, breaks, ways }));
} finally {
  await browser.close();
}

async function send({ page: address, ...how }) {
  const page = await browser.desktop();
  await page.goto(address);
  await page.evaluate(sendClock, { ...job.clock, ...how });
  return page;
}

/** A new visitor's page, with the first picture on it. */
async function open() {
  const page = await browser.phone({ deviceScaleFactor: 1 });
  await page.addInitScript(watchClock, { ...job.clock, without: job.view.without });
  await page.goto(job.view.page);
  await page.waitForFunction(() => window.benchSeen.first !== null, null, { timeout: PICTURE_WITHIN_MS });
  return page;
}

/** By which way the page's own player plays; null where it is not ours. */
function wayOf(page) {
  return page.evaluate(() => document.querySelector("live-player")?.dataset.way ?? null);
}

function seenOf(page) {
  return page.evaluate(() => window.benchSeen);
}

async function ready(address, way) {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ways = await fetch(address).then((answer) => answer.json(), () => ({}));
    if (ways[way]) return;
    if (Date.now() > until) throw new Error(`nothing can be watched by ${way}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
