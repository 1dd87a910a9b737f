// Every kind of page that links lead to, seen by everyone who may see it: nothing breaks, nothing sticks out,
// nobody is shut out. Each size is judged in both themes and both languages.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { faultsAt, findPages, inWords, openAs } from "../lib/pages.mjs";

const LOOKS = [
  { size: "phone", options: { colorScheme: "light", locale: "en-GB" } },
  { size: "phone", options: { colorScheme: "dark", locale: "zh-CN" } },
  { size: "desktop", options: { colorScheme: "light", locale: "zh-CN" } },
  { size: "desktop", options: { colorScheme: "dark", locale: "en-GB" } },
];

/** The same for whoever reads it, and so long that judging it takes a minute: it is judged once, by the first look that comes to it. */
const SAME_FOR_ALL = "/api/docs";

journey("every page is sound on phone and desktop, in light and dark, in both languages", async (cast) => {
  const faults = [];
  let isJudged = false;
  for (const [who, found] of await findPages(cast.phone)) {
    const looks = LOOKS.map(async ({ size, options }) => {
      const page = await openAs(cast[size], who, options);
      for (const one of found) {
        if (one.path === SAME_FOR_ALL) {
          if (isJudged) continue;
          isJudged = true;
        }
        const where = `${one.path} (${who}, ${size}, ${options.colorScheme}, ${options.locale})`;
        faults.push(...(await faultsAt(page, one)).map((fault) => ({ where, fault })));
      }
      await page.context().close();
    });
    await Promise.all(looks);
  }
  assert.equal(inWords(faults).join("\n"), "");
});
