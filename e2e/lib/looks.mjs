// What can be found wrong with a page without an eye: things that stick out, barriers to people, and too much script.

import axe from "axe-core";

/** WCAG 2.2 level AA is the union of everything before it. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** A page that is good on a slow phone brings no more script than this, unpacked. */
const SCRIPT_BYTES_MAX = 60 * 1024;
// A host's own camera, encoder and room.
const STUDIO_SCRIPT_BYTES_MAX = 96 * 1024;

/** Everything wrong with the page as it stands, in words; an empty list is a good page. */
export async function faultsOf(page) {
  await settle(page);
  return [...(await overflowOf(page)), ...(await weightOf(page)), ...(await barriersOf(page))];
}

/** The same in the light and in the dark, with the theme in which a fault shows. */
export async function faultsInBothThemes(page) {
  const faults = [];
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    faults.push(...(await faultsOf(page)).map((fault) => `${colorScheme}: ${fault}`));
  }
  return faults;
}

/** Waits for letters, pictures and entrances, so that nothing is judged half drawn. */
export async function settle(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    // A lazy picture that is not laid out, as in a column that phones do not have, is never loaded.
    const isNear = (image) => image.getClientRects().length > 0 && image.getBoundingClientRect().top < innerHeight;
    const near = [...document.images].filter((image) => image.loading !== "lazy" || isNear(image));
    await Promise.all(near.map((image) => image.decode().catch(() => {})));
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    for (const animation of ending) animation.finish();
  });
}

/** Whether the page scrolls sideways, and which elements stick out. */
async function overflowOf(page) {
  // A phone zooms out until everything fits, so its innerWidth grows with what sticks out: the screen's does not.
  return page.evaluate((screen) => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= screen) return [];
    const out = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > screen + 1);
    const named = out.slice(0, 5).map((element) => [element.localName, ...element.classList].join("."));
    return [`scrolls sideways: ${scrollWidth} px on a screen of ${screen}, because of ${named.join(", ")}`];
  }, page.viewportSize().width);
}

/** Whether the page has loaded more script than a slow phone should. */
async function weightOf(page) {
  const bytes = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name, decodedBodySize }) => ({ path: new URL(name).pathname, decodedBodySize }))
      // What plays a video comes when the video begins, and a room's selling tools when one is under way: not counted.
      .filter(({ path }) => path.endsWith(".js") && !/\/(?:live-hls|live-whep|live-tools|vendor\/hls\.light)\.js$/.test(path))
      .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
  );
  if (bytes === 0) return ["no script was loaded, or its weight is not known"];
  const most = new URL(page.url()).pathname.endsWith("/studio") ? STUDIO_SCRIPT_BYTES_MAX : SCRIPT_BYTES_MAX;
  return bytes > most ? [`${bytes} bytes of script, more than ${most}`] : [];
}

/** Pictures without words, controls without names, too little contrast, and the rest that axe knows. */
async function barriersOf(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  // What a bar at the bottom covers, scrolling uncovers: the page is judged on a screen as tall as it is.
  const screen = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: screen.width, height: Math.max(screen.height, height) });
  const violations = await page.evaluate(async (values) => {
    const found = await globalThis.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return found.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary?.split("\n").at(-1).trim()}`),
      count: nodes.length,
    }));
  }, RULES);
  await page.setViewportSize(screen);
  return violations.map(({ id, help, where, count }) => `${id} (${count}×): ${help}\n    ${where.join("\n    ")}`);
}
