// A journey: one story, told by a few people in one town, each in a browser of their own.

import test from "node:test";
import { openBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** A story that takes longer than this hangs, also on two cores that build something else meanwhile. */
const LIMIT_MS = 600_000;

/**
 * Tells one story as one test. The story is given `{ server, phone, desktop, chapter }`: a running demo town,
 * functions that open a page for a new person, and `await chapter(title, async () => …)`, which reports a part of
 * the story by itself. Every page must stay free of problems to the end of every chapter.
 * @param {string} name
 * @param {(cast: { server: any, phone: Function, desktop: Function, chapter: Function }) => Promise<void>} story
 * @param {object} options `camera` as for openBrowser; `longer`, in milliseconds, for a story that means to take long;
 *   the rest see startServer
 */
export function journey(name, story, { camera, longer = 0, ...serverOptions } = {}) {
  test(name, { timeout: LIMIT_MS + longer }, async (t) => {
    const server = await startServer(serverOptions);
    try {
      await withBrowser(t, server, story, camera);
    } catch (error) {
      console.error(`the server's last words:\n${server.log()}`);
      throw error;
    } finally {
      await server.stop();
    }
  });
}

async function withBrowser(t, server, story, camera) {
  const browser = await openBrowser({ camera });
  const pages = [];
  const open = (size) => async (options) => {
    const page = await browser[size]({ baseURL: server.url, ...options });
    pages.push(page);
    return page;
  };
  const assertNone = () => {
    for (const page of pages) page.problems.assertNone();
  };
  try {
    await story({ server, phone: open("phone"), desktop: open("desktop"), chapter: chaptersOf(t, assertNone) });
    assertNone();
  } catch (error) {
    for (const page of pages) console.error(`at ${page.url()}: ${page.problems.take().join("\n") || "no problems"}`);
    throw error;
  } finally {
    await browser.close();
  }
}

/** A failed chapter ends its story: what follows builds on it. */
function chaptersOf(t, assertNone) {
  return async (title, tell) => {
    let failure;
    await t.test(title, async () => {
      try {
        await tell();
        assertNone();
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    if (failure) throw failure;
  };
}
