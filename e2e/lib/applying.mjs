// Applying for a store, and deciding on applications: what both halves of the main job begin with.

import assert from "node:assert/strict";
import { picture } from "./pictures.mjs";

/** Answers that hold, for a store of this name at this address. */
export function answersFor({ name, handle, abbreviation, legalName }) {
  return {
    who: { contact_name: legalName, contact_phone: "+65 8123 4567" },
    licence: { legal_name: legalName, licence_number: "53401234K" },
    store: { store_name: name, abbreviation, handle, intro: "Cups and bowls thrown by hand in a small studio." },
    address: { return_name: legalName, return_phone: "+65 8123 4567", return_address: "12 Jalan Kilang, #03-04, Singapore 159415" },
  };
}

/** Begins an application from the merchant's own page and answers its first step. */
export async function beginApplication(page, answers) {
  await page.goto("/console");
  await page.locator('form[action="/console/applications"] button').click();
  await page.locator('[name="subject"][value="self-employed"]').check();
  await page.locator('[name="region"]').selectOption("SG");
  await answer(page, answers.who);
  await goOn(page, "licence");
}

/** Answers the licence's step, with its picture, and keeps it for later. */
export async function saveLicence(page, answers) {
  await answer(page, answers.licence);
  await page.locator('[name="licence"]').setInputFiles(picture("licence"));
  await page.locator("[data-fresh] img").waitFor();
  await page.locator('button[name="go"][value="later"]').click();
  await page.locator("img.licence").waitFor();
}

/** Opens the newest application again from the list and answers what is left. */
export async function finishApplication(page, answers) {
  await page.goto("/console");
  await page.locator('a[href^="/console/applications/"]').first().click();
  await goOn(page, "licence");
  assert.equal(await page.locator('[name="legal_name"]').inputValue(), answers.licence.legal_name, "the draft kept its answers");
  await goOn(page, "store");
  await answer(page, answers.store);
  await page.locator('[name="currency"]').selectOption("SGD");
  await page.locator('[name="time_zone"]').selectOption("Asia/Singapore");
  await goOn(page, "address");
  await answer(page, answers.address);
  await goOn(page, "check");
}

/** Hands in what stands on the last step. */
export async function submitApplication(page) {
  await page.locator('button[name="go"][value="submit"]').click();
  await page.locator('[data-status="submitted"]').waitFor();
}

/** Fills fields by their names. */
export async function answer(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name="${name}"]`).fill(value);
}

/** Presses "Continue" and waits for the next step. */
export async function goOn(page, step) {
  await page.locator('button[name="go"][value="next"]').click();
  await page.waitForURL((url) => url.searchParams.get("step") === step);
}

/** The operator opens the application of a store from the queue and looks at its licence. */
export async function openApplication(operator, storeName) {
  await operator.goto("/operator");
  await operator.locator('main a[href="/operator/applications"]').click();
  await operator.getByRole("link", { name: storeName, exact: true }).click();
  await operator.getByRole("heading", { level: 1, name: storeName }).waitFor();
  const seen = await operator.locator("img.licence").evaluate(async (image) => {
    await image.decode();
    return image.naturalWidth;
  });
  assert.ok(seen > 100, `the licence can be read: ${seen} px wide`);
}

/** Sends the open application back with a reason for one field. */
export async function refuse(operator, field, reason) {
  const why = operator.locator(`[name="why_${field}"]`);
  await operator.locator("details").filter({ has: why }).locator("summary").click();
  await why.fill(reason);
  await operator.locator('button[name="do"][value="refuse"]').click();
  await operator.waitForURL((url) => url.pathname.startsWith("/operator/applications"));
}

/** Approves the open application. */
export async function approve(operator, handle) {
  await operator.locator('button[name="do"][value="approve"]').click();
  await operator.locator(`main a[href="/s/${handle}"]`).first().waitFor();
}
