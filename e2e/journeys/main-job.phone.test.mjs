// The main job from end to end, on phones: a merchant opens a store, fills it, sells, and is paid. Whatever is
// read here is read on a page, and whatever is done is done by pressing what a person would press.

import assert from "node:assert/strict";
import * as applying from "../lib/applying.mjs";
import { isSamePage, mark, sheetsClosed } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import * as desk from "../lib/desk.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";
import { signInByCode } from "../lib/people.mjs";

const HANDLE = "quiet-kiln";
const STORE = "Quiet Kiln Studio";
const ANSWERS = applying.answersFor({ name: STORE, handle: HANDLE, abbreviation: "Kiln", legalName: "Quiet Kiln Ceramics" });
const HOME = { name: "Ines Moreau", phone: "+65 8222 3333", lines: "9 Everton Park, #02-11", region: "Singapore", postcode: "081009" };

journey("a store opens and sells", async ({ phone, chapter }) => {
  const merchant = await phone();
  const buyer = await phone();
  const stranger = await phone();
  const operator = await openAs(phone, "operator");
  let product;

  await chapter("who is not invited reads so, in their language, and joins the waiting list", async () => {
    await signInByCode(merchant, "kiln@studio.example");
    await merchant.goto("/console");
    const waiting = merchant.locator("[data-waiting-list]");
    await waiting.getByRole("heading", { name: "alpha" }).waitFor();
    await merchant.locator('.top-bar button[name="lang"][value="zh-CN"]').click();
    await merchant.locator('html[lang="zh-CN"]').waitFor();
    assert.match(await waiting.textContent(), /候补|等候|等待/, "the page speaks Chinese");
    assert.doesNotMatch(await waiting.textContent(), /waiting list/i);
    await merchant.locator('.top-bar button[name="lang"][value="en"]').click();
    await merchant.locator('html[lang="en"]').waitFor();
    await waiting.locator('[name="note"]').fill("Cups and bowls, thrown by hand");
    await waiting.getByRole("button").click();
    await merchant.getByText("You are on the waiting list").waitFor();
    await merchant.goto("/console");
    assert.equal(await merchant.locator('form[action="/console/applications"]').count(), 0, "and cannot apply");
  });

  await chapter("an operator invites them from the list", async () => {
    await operator.goto("/operator/alpha");
    const line = operator.locator("tr").filter({ hasText: "kiln@studio.example" });
    assert.match(await line.textContent(), /thrown by hand/);
    await line.getByRole("button").click();
    await operator.locator('form[action="/operator/alpha/withdraw"] [name="contact"][value="kiln@studio.example"]').waitFor({ state: "attached" });
  });

  await chapter("the fees are nothing, nothing and the provider's 0.6 %", async () => {
    await merchant.goto("/console");
    await merchant.locator('main a[href="/fees"]').click();
    const fee = (name) => merchant.locator(`[data-fee="${name}"] .value`).textContent();
    assert.equal(await fee("registration"), "S$0.00");
    assert.equal(await fee("service"), "S$0.00");
    assert.equal(await fee("commission"), "0.6 %");
  });

  await chapter("the merchant applies with a picture of the licence; the draft is kept and handed in", async () => {
    await applying.beginApplication(merchant, ANSWERS);
    await applying.saveLicence(merchant, ANSWERS);
    await applying.finishApplication(merchant, ANSWERS);
    await applying.submitApplication(merchant);
    await stranger.goto("/");
    stranger.problems.expect(/status of 404/);
    assert.equal((await stranger.goto(`/s/${HANDLE}`)).status(), 404, "the store is not there yet");
  });

  const reason = "Please say what you sell and where you make it.";
  await chapter("the operator reads it and refuses one field with a reason", async () => {
    await applying.openApplication(operator, STORE);
    await applying.refuse(operator, "intro", reason);
  });

  await chapter("the merchant mends that field and hands it in again", async () => {
    await merchant.goto("/console");
    await merchant.locator('a[href^="/console/applications/"]').filter({ hasText: STORE }).click();
    await merchant.locator('[data-status="refused"]').waitFor();
    assert.equal((await merchant.locator("[data-reason]").allTextContents()).join(), reason, "only that field is marked");
    await merchant.locator('[name="intro"]').fill("Stoneware cups and bowls, thrown and glazed in our studio at Jalan Kilang.");
    await applying.goOn(merchant, "address");
    await applying.goOn(merchant, "check");
    await applying.submitApplication(merchant);
  });

  await chapter("the operator approves, and the store is at its address at once, with its QR code and poster", async () => {
    await applying.openApplication(operator, STORE);
    assert.match(await operator.locator("main").textContent(), /thrown and glazed/);
    await applying.approve(operator, HANDLE);
    await stranger.goto(`/s/${HANDLE}`);
    await stranger.getByRole("heading", { level: 1, name: STORE }).waitFor();
    await merchant.reload();
    const approved = merchant.locator('[data-status="approved"]');
    assert.match(await approved.textContent(), new RegExp(`/s/${HANDLE}`));
    await approved.locator(`a[href="/console/${HANDLE}/poster"]`).click();
    await merchant.locator(".poster .qr svg").waitFor();
    assert.match(await merchant.locator(".poster").textContent(), new RegExp(`${STORE}.*/s/${HANDLE}`, "s"));
    for (const kind of ["svg", "png"]) {
      const download = merchant.waitForEvent("download");
      await merchant.locator(`a[href="/s/${HANDLE}/qr.${kind}"]`).click();
      assert.equal((await download).suggestedFilename(), `${HANDLE}.${kind}`);
      assert.equal(await (await download).failure(), null);
    }
  });

  await chapter("the store page is written as a draft, looked at, and published", async () => {
    const announcement = "New glazes on Saturday.";
    await merchant.goto(`/console/${HANDLE}`);
    await desk.goTo(merchant, HANDLE, "page");
    await desk.draftPage(merchant, {
      intro: "Stoneware for slow breakfasts.",
      announcement,
      hours: "09:00-12:00, 13:00-21:00",
      phone: "+65 8123 4567",
      email: "hello@kiln.example",
      cover: "lantern-cover",
      gallery: ["lantern-front", "lantern-inside"],
      fee: "5",
      freeAbove: "100",
    });
    await stranger.goto(`/s/${HANDLE}`);
    assert.doesNotMatch(await stranger.locator("main").textContent(), /New glazes/, "a draft is nobody's business");
    await merchant.locator(`a[href="/console/${HANDLE}/page/preview"]`).click();
    await merchant.getByText(announcement).waitFor();
    await merchant.locator(`main a[href="/console/${HANDLE}/page"]`).click();
    await desk.press(merchant, "publish");
    await desk.goTo(merchant, HANDLE, "branches");
    await desk.openBranch(merchant, { name: "Jalan Kilang studio", latitude: "1.283400", longitude: "103.808000", capacity: "5" });
    await stranger.reload();
    await stranger.getByText(announcement).waitFor();
    await stranger.locator('[data-opens="hours"]').click();
    const hours = stranger.locator("#hours");
    assert.match(await hours.textContent(), /09:00.12:00.*13:00.21:00.*Asia\/Singapore/s);
    await hours.locator("[data-closes]").click();
    await sheetsClosed(stranger);
    assert.match(await stranger.locator('a[href*="1.2834"]').first().getAttribute("href"), /103\.808/);
  });

  await chapter("a product with photos and two options is drafted, stocked and published", async () => {
    await desk.goTo(merchant, HANDLE, "products");
    await desk.draftProduct(merchant, HANDLE, {
      title: "Breakfast bowl",
      subtitle: "Wheel thrown",
      description: "Each one differs a little.\n\nSafe in the dishwasher.",
      photos: ["lantern-teapot-1", "lantern-teapot-celadon", "lantern-teapot-indigo"],
      axes: [["Glaze", ["Celadon", "Indigo"]], ["Size", ["Small", "Large"]]],
      variants: [
        [/Celadon.*Small/, { price: "20", stock: "10" }],
        [/Celadon.*Large/, { price: "30", stock: "0" }],
        [/Indigo.*Small/, { price: "22", list_price: "26", stock: "10" }],
        [/Indigo.*Large/, { price: "35", stock: "3" }],
      ],
    });
    await stranger.goto(`/s/${HANDLE}/shelf`);
    assert.doesNotMatch(await stranger.locator("main").textContent(), /Breakfast bowl/);
    await desk.press(merchant, "publish");
    await stranger.reload();
    await stranger.getByRole("link", { name: "Breakfast bowl" }).waitFor();

    // Words wait for the next publishing; prices hold at once.
    await merchant.locator('[name="title"]').fill("Breakfast bowl, second firing");
    await desk.fillVariant(merchant, /Indigo.*Small/, { price: "23" });
    await desk.press(merchant, "save");
    await merchant.locator(".page-head .pill[data-tone=warn]").waitFor();
    await stranger.getByRole("link", { name: "Breakfast bowl" }).click();
    await stranger.getByRole("heading", { level: 1, name: "Breakfast bowl", exact: true }).waitFor();
    product = new URL(stranger.url()).pathname;
    await buying.choose(stranger, ["Indigo", "Small"]);
    await buying.says(stranger, "price", "S$23.00");
  });

  await chapter("a visitor without an account picks variants by keyboard and by thumb", async () => {
    await buyer.goto(`/s/${HANDLE}`);
    await buyer.getByRole("link", { name: "Breakfast bowl" }).click();
    assert.equal(await buyer.locator("photo-gallery .gallery-track img").count(), 3);
    await buyer.locator('.buy-bar [data-opens="options"]').first().focus();
    await buyer.keyboard.press("Enter");
    const sheet = buyer.locator("#options");
    await sheet.locator(".sku-axis").first().waitFor();
    await tabTo(buyer, sheet.getByRole("radio", { name: "Celadon" }));
    await buyer.keyboard.press("Space");
    await tabTo(buyer, sheet.getByRole("radio", { name: "Small" }));
    await buyer.keyboard.press("Space");
    await buying.says(buyer, "price", "S$20.00");
    assert.match(await sheet.locator(".slot", { hasText: "Large" }).getAttribute("class"), /struck/, "large is sold out in celadon");
    await tabTo(buyer, sheet.getByRole("button", { name: "Add to basket" }));
    await buyer.keyboard.press("Enter");
    await buyer.locator("#bar-count", { hasText: "1" }).waitFor();
    await sheetsClosed(buyer);
    await buying.choose(buyer, ["Indigo", "Large"]);
    await buying.says(buyer, "price", "S$35.00");
    await buying.addToBasket(buyer, 2);
  });

  let order;
  await chapter("signing in at checkout keeps the basket; pick-up has a slot, and the price its lines", async () => {
    await buying.checkOut(buyer, HANDLE);
    assert.equal(new URL(buyer.url()).pathname, "/sign-in");
    await signInByCode(buyer, "+65 8222 3333");
    await buyer.locator("#price").waitFor();
    const slot = await buying.pickUp(buyer, { name: HOME.name, phone: HOME.phone, method: "online" });
    assert.match(slot, /^\d\d:\d\d.\d\d:\d\d$/);
    assert.deepEqual(await buying.priceLines(buyer), [["Goods", "S$55.00"], ["Freight", "S$0.00"], ["Total", "S$55.00"]]);
    await tabTo(buyer, buyer.locator('button[form="place"]'));
    await buyer.keyboard.press("Enter");
    await buyer.waitForURL((url) => url.pathname.startsWith("/pay/sandbox/"));
    assert.match(await buyer.locator(".pay-amount").textContent(), /S\$55\.00/);
  });

  await chapter("the payment is refused, walked away from, and then succeeds; the merchant sees the order come", async () => {
    await desk.goTo(merchant, HANDLE, "orders");
    await mark(merchant);
    await buying.pay(buyer, "fail");
    await buyer.getByRole("alert").waitFor();
    await buyer.locator("count-down").waitFor();
    await buying.payAgain(buyer);
    await buying.pay(buyer, "walk_away");
    await buyer.locator("count-down").waitFor();
    await buying.payAgain(buyer);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "Waiting for the store");
    order = await buying.orderNumber(buyer);
    const line = merchant.locator("#orders tr").filter({ hasText: order });
    await line.getByText("Waiting for the store").waitFor();
    assert.ok(await isSamePage(merchant), "the merchant did not load the page again");
  });

  await chapter("accepted, ready, and handed over for its code; the buyer's page follows by itself", async () => {
    await mark(buyer);
    await desk.openOrder(merchant, order);
    await merchant.locator('form[action$="/accept"] button').click();
    await buying.sees(buyer, "Being prepared");
    await merchant.locator('form[action$="/ready"] button').click();
    await buying.sees(buyer, "Ready for pick-up");
    await buyer.getByRole("img", { name: "QR" }).waitFor();
    const code = await buyer.locator("#pick-up-code").textContent();
    await merchant.goto(`/console/${HANDLE}/pick-up`);
    await merchant.locator("[data-code]").fill("1234 5678 9012");
    merchant.problems.expect(/status of 4\d\d/);
    await merchant.locator("[data-code]").press("Enter");
    await merchant.getByRole("alert").waitFor();
    await desk.handOver(merchant, HANDLE, code.trim(), async (till) => {
      assert.match(await till.locator(".till").textContent(), /Ines Moreau.*Breakfast bowl/s);
    });
    await buying.sees(buyer, "Completed");
    assert.equal(await buyer.locator("#pick-up-code").count(), 0, "the code is gone");
    assert.ok(await isSamePage(buyer), "the buyer did not load the page again");
    await merchant.goto(`/console/${HANDLE}/pick-up`);
    await merchant.locator("[data-code]").fill(code.trim());
    await merchant.locator("[data-code]").press("Enter");
    await merchant.getByRole("alert").waitFor();
  });

  await chapter("a delivery is paid for though the provider's word is lost, shipped and confirmed", async () => {
    await buyer.goto(product);
    await buying.choose(buyer, ["Celadon", "Small"], 2);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
    await buying.deliverTo(buyer, HOME);
    assert.deepEqual(await buying.priceLines(buyer), [["Goods", "S$40.00"], ["Freight", "S$5.00"], ["Total", "S$45.00"]]);
    await buying.placeOrder(buyer);
    await buying.pay(buyer, "lose_notification");
    await buying.sees(buyer, "To be shipped");
    const delivery = await buying.orderNumber(buyer);
    await desk.goTo(merchant, HANDLE, "orders");
    await desk.openOrder(merchant, delivery);
    assert.match(await merchant.locator("main").textContent(), /9 Everton Park/);
    await mark(buyer);
    await desk.ship(merchant, { carrier: "SingPost", tracking: "SP123456789SG" });
    await buying.sees(buyer, "Shipped");
    assert.match(await buyer.locator("#order-main").textContent(), /SingPost.*SP123456789SG/s);
    assert.ok(await isSamePage(buyer));
    await buyer.locator('form[action$="/confirm"] button').click();
    await desk.sayYes(buyer);
    await buying.sees(buyer, "Completed");
  });

  await chapter("the last of them is paid at the counter", async () => {
    await buyer.goto(product);
    await buying.choose(buyer, ["Indigo", "Small"]);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
    await buying.pickUp(buyer, { name: HOME.name, phone: HOME.phone, method: "in_store" });
    await buying.placeOrder(buyer);
    await buying.orderPage(buyer);
    await buying.sees(buyer, "Waiting for the store");
    await desk.goTo(merchant, HANDLE, "orders");
    await desk.openOrder(merchant, await buying.orderNumber(buyer));
    await merchant.locator('form[action$="/accept"] button').click();
    await merchant.locator('form[action$="/ready"] button').click();
    await buying.sees(buyer, "Ready for pick-up");
    const code = (await buyer.locator("#pick-up-code").textContent()).trim();
    await desk.handOver(merchant, HANDLE, code, async (till) => {
      assert.match(await till.locator(".till").textContent(), /Take S\$23\.00 first/);
    });
    await buying.sees(buyer, "Completed");
  });

  await chapter("the money page shows goods, commission and balance, and they add up", async () => {
    await desk.goTo(merchant, HANDLE, "money");
    const tiles = await merchant.locator(".tile dd:nth-of-type(1)").allTextContents();
    // 55.00 − 0.33 and 45.00 − 0.27 online; 23.00 at the counter.
    assert.deepEqual(tiles, ["S$0.00", "S$99.40", "S$23.00"], "pending, available, in the till");
    const lines = Object.fromEntries(await buying.priceLines(merchant, ".two section:first-child"));
    assert.equal(lines["Buyers paid"], "S$123.00");
    assert.equal(lines["Provider’s commission, 0.6 %"], "−S$0.60");
    assert.equal(lines.Yours, "S$122.40");
    const fees = Object.fromEntries(await buying.priceLines(merchant, ".two section:last-child"));
    assert.deepEqual(fees, { "Registration fee": "S$0.00", "Service fee": "S$0.00", "Payment provider’s commission": "0.6 %" });
  });
});

/** Presses Tab until the focus is there, as someone without a pointer would. */
async function tabTo(page, target) {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${target}`);
}
