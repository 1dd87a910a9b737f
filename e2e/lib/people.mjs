// Signing in as the people of the demo town, and as anyone with a telephone number or an e-mail address.

/** Who may be signed in as with one click in the demo town. */
export const PEOPLE = ["buyer", "clerk", "merchant", "newcomer", "waiting", "operator"];

/** Signs in as one of them, from the buttons of the sign-in page. */
export async function signInAs(page, who) {
  if (!PEOPLE.includes(who)) throw new Error(`nobody in the demo town is called "${who}"`);
  await page.goto("/sign-in");
  await page.locator(`form[action="/demo/sign-in"] button[name="who"][value="${who}"]`).first().click();
  await awayFromSignIn(page);
}

/**
 * Signs in with a one-time code, which demo mode shows on the page. If the page asks already, as a checkout does,
 * it is answered where it is.
 * @param {string} contact an e-mail address or a telephone number
 */
export async function signInByCode(page, contact) {
  const question = page.locator('form:has(input[name="contact"]:not([type="hidden"]))');
  if ((await question.count()) === 0) await page.goto("/sign-in");
  await question.locator('[name="contact"]').fill(contact);
  await question.locator("button").click();
  const code = await page.locator("[data-demo-code]").textContent();
  const answer = page.locator('form:has(input[autocomplete="one-time-code"])');
  await answer.locator('[name="code"]').fill(code.trim());
  await answer.locator("button").click();
  await awayFromSignIn(page);
}

async function awayFromSignIn(page) {
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
