// What someone does who watches a live room.

/** Opens a room and waits until it is drawn. */
export async function openRoom(page, handle, room) {
  await page.goto(`/s/${handle}/live/${room}`);
  await page.locator("live-room[data-player]").waitFor({ state: "attached" });
}

/** The room as the server tells it to those without a socket. */
export async function roomState(page, handle, room) {
  const answer = await page.request.get(`/s/${handle}/live/${room}/state.json`);
  return (await answer.json()).d;
}

/** Says something in the room. */
export async function say(page, text) {
  await page.locator("#say").fill(text);
  await page.locator("#say").press("Enter");
}

/** A comment as this page shows it. */
export function comment(page, text) {
  return page.locator(".talk-lines li").filter({ hasText: text });
}

/** The card of what is being shown. */
export function offered(page, title) {
  return page.locator(".offer .offer-card").filter({ hasText: title });
}

/** Opens the product that is being shown, chooses a SKU of it, and goes on to the checkout over the video; answers with its frame. */
export async function buyFromCard(page, { sku, pieces }) {
  await page.locator(".offer [data-buy]").click();
  const sheet = page.locator("#item");
  await sheet.locator("form").waitFor();
  const choice = sheet.locator(`.slot[data-sku="${sku}"]`);
  if (await choice.isVisible()) await choice.click();
  await sheet.locator('[name="quantity"]').fill(`${pieces}`);
  await sheet.locator('[name="quantity"]').blur();
  await sheet.locator("button.primary").click();
  await page.frameLocator("#checkout iframe").locator("#price").waitFor();
  return page.locator("#checkout iframe").elementHandle().then((frame) => frame.contentFrame());
}
