// A journey: one story, told by a few people in one town, each in a browser of their own.

import test from "node:test";
import { openBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** A story that takes longer than this hangs. */
const LIMIT_MS = 300_000;

/**
 * Tells one story as one test. The story is given `{ server, phone, desktop }`: a running demo town, and
 * functions that open a page for a new person. Every page must stay free of problems to the end.
 * @param {string} name
 * @param {(cast: { server: any, phone: Function, desktop: Function }) => Promise<void>} story
 * @param {object} serverOptions see startServer
 */
export function journey(name, story, serverOptions = {}) {
  test(name, { timeout: LIMIT_MS }, async () => {
    const server = await startServer(serverOptions);
    try {
      await withBrowser(server, story);
    } catch (error) {
      console.error(`the server's last words:\n${server.log()}`);
      throw error;
    } finally {
      await server.stop();
    }
  });
}

async function withBrowser(server, story) {
  const browser = await openBrowser();
  const pages = [];
  const open = (size) => async (options) => {
    const page = await browser[size]({ baseURL: server.url, ...options });
    pages.push(page);
    return page;
  };
  try {
    await story({ server, phone: open("phone"), desktop: open("desktop") });
    for (const page of pages) page.problems.assertNone();
  } catch (error) {
    for (const page of pages) console.error(`at ${page.url()}: ${page.problems.take().join("\n") || "no problems"}`);
    throw error;
  } finally {
    await browser.close();
  }
}
