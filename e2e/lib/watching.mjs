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

/**
 * Opens the product that is being shown, chooses a SKU of it, and goes on to the checkout over the video; answers with its frame.
 * `signIn(frame)` answers the question that a visitor is asked there first.
 */
export async function buyFromCard(page, { sku, pieces, signIn }) {
  await page.locator(".offer [data-buy]").click();
  const sheet = page.locator("#item");
  await sheet.locator("form").waitFor();
  const choice = sheet.locator(`.slot[data-sku="${sku}"]`);
  if (await choice.isVisible()) await choice.click();
  await sheet.locator('[name="quantity"]').fill(`${pieces}`);
  await sheet.locator('[name="quantity"]').blur();
  await sheet.locator("button.primary").click();
  const frame = await page.waitForSelector("#checkout iframe").then((element) => element.contentFrame());
  if (signIn) await signIn(frame);
  await frame.locator("#price").waitFor();
  return frame;
}
