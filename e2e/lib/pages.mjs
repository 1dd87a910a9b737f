// Finds every kind of page a person can reach by links, so that no list has to be kept.

import { faultsOf, settle } from "./looks.mjs";
import { PEOPLE, signInAs } from "./people.mjs";

/** Who looks at pages: someone without an account first, since pages open to all need be seen only once. */
export const LOOKERS = ["visitor", ...PEOPLE];

/** An address that no page has, to see how a missing page looks. */
const MISSING = "/a-page-that-is-not-there";

/** Where each person starts; the rest follows from links. */
const STARTS = {
  visitor: ["/", "/sign-in", "/design", "/api/docs", MISSING],
  buyer: ["/", "/me"],
  clerk: ["/console"],
  merchant: ["/console"],
  newcomer: ["/console"],
  waiting: ["/console"],
  operator: ["/operator"],
};

/** A town that links to more kinds of pages than this for one person is caught in a loop. */
const MOST_KINDS = 120;

/** Segments after these name one of many: a store, a product, an order. */
const NAMES_ONE = new Set(["s", "p", "checkout", "console"]);
/** Words after /console that are pages and not stores. */
const CONSOLE_PAGES = new Set(["applications", "apply", "new", "stores", "start", "fees"]);
/** Identifiers such as ord_01jd…, numbers and UUIDs. */
const IDENTIFIER = /^(?:[a-z]{2,5}_[0-9a-z]{10,}|\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/i;
/** What a link may point at that is not a page. */
const A_FILE = /\.(?:csv|png|svg|jpe?g|webp|pdf|json|ya?ml|txt|zip|ics|webmanifest)$/i;

/** The kind of page an address shows: /s/tea-house/p/oolong is of the kind /s/{}/p/{}. */
export function kindOf(path) {
  const segments = path.split("/").filter(Boolean);
  const kinds = segments.map((segment, index) => {
    const before = segments[index - 1];
    const isConsolePage = before === "console" && CONSOLE_PAGES.has(segment);
    return IDENTIFIER.test(segment) || (NAMES_ONE.has(before) && !isConsolePage) ? "{}" : segment;
  });
  return `/${kinds.join("/")}`;
}

/**
 * Opens a page for a person, signed in.
 * @param {(options: object) => Promise<any>} open `phone` or `desktop` of a journey
 */
export async function openAs(open, who, options = {}) {
  const page = await open(options);
  if (who !== "visitor") await signInAs(page, who);
  return page;
}

/**
 * One example of every kind of page that each person reaches by links from where they start. What everybody
 * may see is listed once, as seen by the visitor.
 * @param {(options: object) => Promise<any>} open `phone` or `desktop` of a journey
 * @returns {Promise<Map<string, { kind: string, path: string, status: number }[]>>} by person
 */
export async function findPages(open) {
  const found = new Map();
  for (const who of LOOKERS) {
    const page = await openAs(open, who);
    const forAll = (found.get("visitor") ?? []).map(({ kind }) => kind);
    found.set(who, await pagesOf(page, who, new Set(forAll)));
    page.problems.take(); // Whoever looks at the pages that were found reports what is wrong with them.
    await page.context().close();
  }
  return found;
}

async function pagesOf(page, who, known) {
  const found = [];
  const waiting = [...STARTS[who]];
  while (waiting.length > 0) {
    const path = waiting.shift();
    const kind = kindOf(path);
    if (known.has(kind)) continue;
    known.add(kind);
    if (known.size > MOST_KINDS) throw new Error(`more than ${MOST_KINDS} kinds of pages; the last is ${kind}`);
    const answer = await page.goto(path);
    if (!answer?.headers()["content-type"]?.startsWith("text/html")) continue;
    // Led elsewhere, as a visitor is from /me to the sign-in page: this is not the page that the address names.
    const shown = new URL(page.url()).pathname;
    if (kindOf(shown) !== kind) {
      waiting.push(shown);
      continue;
    }
    await settle(page);
    found.push({ kind, path, status: answer.status() });
    waiting.push(...(await linksOn(page)));
  }
  if (found.length === 0) throw new Error(`${who} finds no page`);
  return found;
}

async function linksOn(page) {
  const links = await page.evaluate(() =>
    [...document.querySelectorAll("a[href]:not([download])")]
      .map((link) => new URL(link.href))
      .filter((link) => link.origin === location.origin)
      .map((link) => link.pathname),
  );
  return [...new Set(links)].filter((path) => !A_FILE.test(path) && !path.startsWith("/media/") && !path.startsWith("/static/"));
}

/** Opens a page that was found and says all that is wrong with it. */
export async function faultsAt(page, { path, status }) {
  const faults = [];
  if (status >= 400) {
    // Chromium itself reports a page that is meant to be missing as an error.
    page.problems.expect(new RegExp(`status of ${status} .*${path}\\b`));
    if (path !== MISSING) faults.push(`a link leads to a page that answers ${status}`);
  }
  // The API's document is long, and its four looks are judged at once by one process.
  const answer = await page.goto(path, { timeout: 90_000 });
  if (answer.status() !== status) faults.push(`answers ${answer.status()} instead of ${status}`);
  faults.push(...(await faultsOf(page)));
  return [...faults, ...page.problems.take()];
}

/** The same fault is often on many pages: each is said once, with where it was seen. */
export function inWords(faults) {
  const places = new Map();
  for (const { where, fault } of faults) places.set(fault, [...(places.get(fault) ?? []), where]);
  return [...places].map(([fault, where]) => `${fault}\n  at ${where.slice(0, 6).join(", ")}${where.length > 6 ? ` and ${where.length - 6} more` : ""}`);
}
