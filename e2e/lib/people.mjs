// Signing in as the people of the demo town, and as anyone with a telephone number or an e-mail address.

/** Who may be signed in as with one click on the page /demo. */
export const PEOPLE = ["buyer", "clerk", "merchant", "operator"];

/** Signs in with the one-click form of the demo page. */
export async function signInAs(page, who) {
  if (!PEOPLE.includes(who)) throw new Error(`nobody in the demo town is called "${who}"`);
  await page.goto("/demo");
  const form = page.locator('form[action$="/demo/sign-in"]').filter({ has: page.locator(`[name="who"][value="${who}"]`) });
  const button = form.locator(`button[name="who"][value="${who}"], button:not([name])`).first();
  await Promise.all([page.waitForURL((url) => url.pathname !== "/demo"), button.click()]);
}

/** Signs in with a one-time code, which demo mode shows on the page. Starts where the page is if it asks already. */
export async function signInByCode(page, address) {
  if (new URL(page.url(), "http://nowhere").pathname !== "/sign-in") await page.goto("/sign-in");
  await page.locator('main input:is([type="email"], [type="tel"], [type="text"]):visible').first().fill(address);
  await page.locator('main button[type="submit"]:visible, main form button:not([type]):visible').first().click();
  const code = page.locator("[data-demo-code]");
  await code.waitFor();
  const digits = (await code.getAttribute("data-demo-code")) || (await code.textContent()).replace(/\D/g, "");
  await page.locator('input[autocomplete="one-time-code"]').fill(digits);
  await Promise.all([
    page.waitForURL((url) => !url.pathname.startsWith("/sign-in")),
    page.locator('form:has(input[autocomplete="one-time-code"]) button').first().click(),
  ]);
}
