// What a merchant does at the console of one store, on a phone or at a desk.

import assert from "node:assert/strict";
import { onNextPage } from "./browser.mjs";
import { picture } from "./pictures.mjs";

/** Follows a link of the console's navigation; on a phone some are behind "More". */
export async function goTo(page, handle, section) {
  const href = `/console/${handle}${section === "home" ? "" : `/${section}`}`;
  const link = page.locator(`.side-nav a[href="${href}"], .tab-bar a[href="${href}"]`).filter({ visible: true });
  if ((await link.count()) > 0) {
    await link.first().click();
  } else {
    await page.locator('.tab-bar [data-opens="console-more"]').click();
    await page.locator(`#console-more a[href="${href}"]`).click();
  }
  await page.waitForURL((url) => url.pathname === href);
}

/** Writes the page of the store, all of it, and keeps it as a draft. */
export async function draftPage(page, { intro, announcement, hours, phone, email, cover, gallery, fee, freeAbove }) {
  await page.locator('[name="intro"]').fill(intro);
  await page.locator('[name="announcement"]').fill(announcement);
  for (const day of await page.locator('[name="day"]').all()) await day.fill(hours);
  await page.locator('[name="phone"]').fill(phone);
  await page.locator('[name="email"]').fill(email);
  await page.locator('[name="fee"]').fill(fee);
  await page.locator('[name="free_above"]').fill(freeAbove);
  await page.locator('input[type="file"][name="cover"]').setInputFiles(picture(cover));
  await page.locator('input[type="file"][name="gallery"]').setInputFiles(gallery.map(picture));
  await press(page, "save");
  assert.equal(await page.locator('input[name="order"]').count(), gallery.length, "the gallery was kept");
}

/** Presses the form's own button: "save" or "publish", and waits for the page that says it is done. */
export async function press(page, what) {
  await onNextPage(page, () => page.locator(`.action-bar button[name="do"][value="${what}"]`).click());
  assert.equal(new URL(page.url()).searchParams.get("done"), what === "publish" ? "published" : "saved");
}

/** Makes the store's first branch a place to pick up at, with its coordinates. */
export async function openBranch(page, { name, latitude, longitude, capacity }) {
  await page.locator('main a[href*="/branches/"]:not([href$="/new"])').first().click();
  await page.locator('[name="name"]').fill(name);
  await page.locator('[name="latitude"]').fill(latitude);
  await page.locator('[name="longitude"]').fill(longitude);
  await page.locator('[name="pick_up"]').check();
  await page.locator('[name="slot_capacity"]').fill(capacity);
  await page.locator(".action-bar button.primary").click();
  await page.locator(".list .pill[data-tone=good]").waitFor();
}

/** Writes a new product with photos and its option axes, and fills the table of variants they make. */
export async function draftProduct(page, handle, { title, subtitle, description, photos, axes, variants }) {
  await page.locator(`main a[href="/console/${handle}/products/new"]`).first().click();
  await page.locator('[name="title"]').fill(title);
  await page.locator('[name="subtitle"]').fill(subtitle);
  await page.locator('[name="description"]').fill(description);
  await page.locator('input[type="file"][name="images"]').setInputFiles(photos.map(picture));
  for (const [place, [name, values]] of axes.entries()) {
    await page.locator(`#axis-${place + 1}`).fill(name);
    await page.locator(`#values-${place + 1}`).fill(values.join(", "));
  }
  await page.locator('button[name="do"][value="table"]').click();
  await page.locator("#sku-table tbody tr").nth(variants.length - 1).waitFor();
  assert.equal(await page.locator('input[name="order"]').count(), photos.length, "the photos were kept");
  for (const [options, fields] of variants) await fillVariant(page, options, fields);
  await press(page, "save");
}

/** Fills a line of the open product's table. */
export async function fillVariant(page, options, fields) {
  const line = page.locator("#sku-table tbody tr").filter({ hasText: options });
  for (const [name, value] of Object.entries(fields)) await line.locator(`[name="${name}"]`).fill(value);
}

/** Opens an order from the list by its number. */
export async function openOrder(page, number) {
  await page.getByRole("link", { name: number, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: number }).waitFor();
}

/** Answers the question that stands before what cannot be undone. */
export async function sayYes(page) {
  await page.locator('dialog.ask button[value="yes"]').click();
}

/** Sends what is left of the open order. */
export async function ship(page, { carrier, tracking }) {
  await page.locator('[name="carrier"]').fill(carrier);
  await page.locator('[name="tracking"]').fill(tracking);
  await page.locator('form[action$="/ship"] button.primary').click();
  await page.locator("#order-main .facts").getByText(tracking).waitFor();
}

/** The clerk types a code at the counter, looks, and hands over; `look` may check what the clerk sees before. */
export async function handOver(page, handle, code, look = async () => {}) {
  await page.goto(`/console/${handle}/pick-up`);
  // Where a store hands over in several places, the clerk says where: in these stories at the first.
  const branch = page.locator("#branch");
  if (await branch.count()) await branch.selectOption({ index: 1 });
  await page.locator("[data-code]").fill(code);
  await page.locator("[data-code]").press("Enter");
  const hand = page.locator('.till form[method="post"] button');
  await hand.waitFor();
  await look(page);
  await hand.click();
  await hand.waitFor({ state: "detached" });
}
