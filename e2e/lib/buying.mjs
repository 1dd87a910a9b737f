// What a buyer does: chooses a variant, checks out, pays. The same on a phone and at a desk.

import assert from "node:assert/strict";
import { sheetsClosed } from "./browser.mjs";

/** Opens the sheet of options, where it is not on the page already, and chooses one value of every axis. */
export async function choose(page, values, quantity = 1) {
  const sheet = page.locator("#options");
  const opener = page.locator('.buy-bar [data-opens="options"]').first();
  if (await opener.isVisible()) await opener.click();
  await sheet.waitFor();
  for (const value of values) await sheet.locator(".sku-axis .slot").filter({ hasText: exactly(value) }).click();
  for (let more = 1; more < quantity; more += 1) await sheet.locator("quantity-stepper button").last().click();
  return sheet;
}

/** Waits until the page says this of what is chosen: its "price", or its "stock". */
export async function says(page, what, words) {
  await page.locator(`[data-sku="${what}"]`).filter({ hasText: exactly(words), visible: true }).first().waitFor();
}

/** A string alone would be found within others and in any case: "Shipped" in "To be shipped". */
function exactly(words) {
  return new RegExp(`^\\s*${words.replace(/[.$]/g, "\\$&")}\\s*$`);
}

/** Puts what is chosen in the basket and stays on the page. */
export async function addToBasket(page, pieces) {
  await page.locator("#options button[data-needs-sku]").first().click();
  await page.locator(".count").filter({ hasText: exactly(`${pieces}`), visible: true }).first().waitFor();
  await sheetsClosed(page);
}

/** Goes from the basket to the checkout; whoever is not signed in is asked to first. */
export async function checkOut(page, handle) {
  await page.locator(`a[href="/s/${handle}/basket"]`).filter({ visible: true }).first().click();
  await page.locator("#basket").waitFor();
  await page.locator(`form[action="/s/${handle}/checkout"] button`).filter({ visible: true }).click();
  await page.waitForURL((url) => url.pathname.includes("/checkout/") || url.pathname === "/sign-in");
}

/** Chooses to pick up on the last day that is offered, in its first free slot; answers with the slot in words. */
export async function pickUp(page, { name, phone, method }) {
  await page.locator('#way a[href$="?way=pick_up"]').click();
  await page.locator("#way .days a").last().click();
  await page.locator('#way .days a:last-child[aria-current="true"]').waitFor();
  const slot = page.locator("#way .slots label").filter({ has: page.locator("input:enabled") }).first();
  await slot.click();
  await page.locator('#who [name="name"]').fill(name);
  await page.locator('#who [name="phone"]').fill(phone);
  await page.locator(`#method [name="method"][value="${method}"]`).check();
  return (await slot.textContent()).trim();
}

/** Chooses delivery to a new address. */
export async function deliverTo(page, address) {
  await page.locator('#way a[href$="?way=delivery"]').click();
  await page.locator('#way [name="way"][value="delivery"]').waitFor({ state: "attached" });
  for (const [field, value] of Object.entries(address)) await page.locator(`#who [name="${field}"]`).fill(value);
}

/** Every line of the price as the page says it: `[what, amount]`, the total last. */
export async function priceLines(page, within = "#price") {
  return page.locator(`${within} dl.lines > div`).evaluateAll((lines) =>
    lines.map((line) => [line.querySelector("dt").firstChild.textContent.trim(), line.querySelector("dd").textContent.trim()]),
  );
}

/** Places the order; answers with the address of the page that comes next. */
export async function placeOrder(page) {
  const before = page.url();
  await page.locator('button[form="place"], #price button').filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.href !== before && !url.pathname.includes("/checkout/"));
  return new URL(page.url()).pathname;
}

/** On the provider's page: "succeed", "fail", "lose_notification", or "walk_away". Ends on the order's page. */
export async function pay(page, outcome) {
  assert.match(new URL(page.url()).pathname, /^\/pay\/sandbox\//, "the provider asks on its own page");
  if (outcome === "walk_away") await page.locator(".pay-sheet a.button").click();
  else await page.locator(`button[name="outcome"][value="${outcome}"]`).click();
  await orderPage(page);
}

/** From an unpaid order back to the provider. */
export async function payAgain(page) {
  await page.locator('form[action$="/pay"] button').click();
  await page.waitForURL((url) => url.pathname.startsWith("/pay/sandbox/"));
}

/** Waits for the order's page. */
export async function orderPage(page) {
  await page.waitForURL((url) => /\/orders\/[^/]+$/.test(url.pathname));
  await page.locator("#order-main").waitFor();
}

/** The number of the order whose page is open. */
export async function orderNumber(page) {
  const title = await page.title();
  const number = /\S*\d[\d-]*/.exec(title)?.[0];
  assert.ok(number, `an order's number is in "${title}"`);
  return number;
}

/** Waits, without loading anything, until the order says that it has come so far. */
export async function sees(page, words) {
  await page.locator(".order-state h1").filter({ hasText: exactly(words) }).waitFor();
}
