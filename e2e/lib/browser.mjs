// Opens Chromium and pages on phones and desktops, and notices what a person with the console open would.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The sizes every page is judged at. */
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
export const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };

/** How long one click or one wait may take; generous, since two cores are shared by all. */
const PATIENCE_MS = 15_000;

/**
 * Starts Chromium with a fresh profile, which is removed when it closes.
 * @param {{ camera?: string | true }} options camera: a film (.y4m) that is before the camera, or Chromium's own moving
 *   picture; without it there is no camera
 */
export async function openBrowser({ camera } = {}) {
  const device = camera ? ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] : [];
  const film = typeof camera === "string" ? [`--use-file-for-fake-video-capture=${camera}`] : [];
  const browser = await chromium.launch({ executablePath: program(), args: [...FLAGS, ...device, ...film] });
  return {
    /** A person with a phone: their own cookies, nobody else's. */
    phone: (options = {}) => openPage(browser, { ...PHONE, ...options }),
    /** A person at a desk. */
    desktop: (options = {}) => openPage(browser, { ...DESKTOP, ...options }),
    close: () => browser.close(),
  };
}

/** Does what leads to another page, or to the same one anew, and waits until that has come. */
export async function onNextPage(page, act) {
  await mark(page);
  await act();
  await page.waitForFunction(() => document.readyState !== "loading" && !("seenBefore" in document.documentElement.dataset));
}

/**
 * Waits until no sheet is open and none has a step to take. A sheet that closes goes back in the history, a moment later:
 * an address or a sheet that is opened in that moment is given up for it.
 */
export async function sheetsClosed(page) {
  await page.waitForFunction(() => !history.state?.sheet);
}

/** Marks the page that is open, so that `isSamePage` can tell whether it was loaded again since. */
export async function mark(page) {
  await page.evaluate(() => {
    document.documentElement.dataset.seenBefore = "";
  });
}

/** Whether the page is still the one that was marked. */
export function isSamePage(page) {
  return page.evaluate(() => "seenBefore" in document.documentElement.dataset);
}

async function openPage(browser, options) {
  const context = await browser.newContext({ locale: "en-GB", colorScheme: "light", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.problems = new Problems();
  page.problems.watch(page);
  return page;
}

/** A second tab of the same person; what goes wrong in it counts as theirs. */
export async function anotherTab(page) {
  const tab = await page.context().newPage();
  tab.problems = page.problems;
  tab.problems.watch(tab);
  return tab;
}

/** What went wrong on a page without anyone looking. */
class Problems {
  #seen = [];
  #expected = [];

  watch(page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.#seen.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#seen.push(`script: ${error.stack ?? error}`));
    page.on("crash", () => this.#seen.push("the page crashed"));
    page.on("requestfailed", (request) => {
      // Leaving a page ends its live connections and its unfinished pictures; that is no fault.
      const why = request.failure()?.errorText ?? "failed";
      if (why !== "net::ERR_ABORTED") this.#seen.push(`request: ${request.method()} ${request.url()} ${why}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) this.#seen.push(`answer: ${response.status()} ${response.url()}`);
    });
  }

  /** Says that a problem is meant to happen, such as /status of 422/ where a form is filled in wrongly. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  /** What was seen since the last time and was not expected. */
  take() {
    const seen = this.#seen.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)));
    this.#seen = [];
    return seen;
  }

  /** Fails the test if anything was seen. */
  assertNone() {
    assert.deepEqual(this.take(), [], "the browser met problems");
  }
}

function program() {
  const candidates = [process.env.MINISTORE_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
  const found = candidates.find((candidate) => candidate && existsSync(candidate));
  if (!found) throw new Error("Chromium is not installed: apt-get install chromium");
  return found;
}
