// What hurried and undecided people do: tap twice, go back, reload, and shop in two tabs. One order, one charge, and never
// an error page.

import assert from "node:assert/strict";
import { anotherTab, onNextPage } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import { journey } from "../lib/journey.mjs";
import { signInByCode } from "../lib/people.mjs";

const STORE = "lantern";
const HOME = { name: "Ines Moreau", phone: "+65 8222 3333", lines: "9 Everton Park, #02-11", region: "Singapore", postcode: "081009" };

journey("second thoughts end in one order and one charge", async ({ phone, chapter }) => {
  const buyer = await phone();
  await signInByCode(buyer, "ines@second.example");
  await buyer.goto(`/s/${STORE}/shelf`);
  const product = await buyer.locator(".goods-card:not(.gone) a").first().getAttribute("href");
  const place = buyer.locator('button[form="place"]').filter({ visible: true });
  let orders = 0;

  await chapter("a mistake in the form, then another way of getting it, a reload, and the way back", async () => {
    await toCheckout(buyer, product);
    await buyer.locator('#way a[href$="?way=delivery"]').click();
    await buyer.locator('#who [name="phone"]').fill("no number");
    buyer.problems.expect(/status of 422/);
    await onNextPage(buyer, () => place.click());
    await buyer.getByRole("alert").waitFor();
    await buyer.locator('#way a[href$="?way=pick_up"]').click();
    await buyer.locator("#way .slots").waitFor();
    await onNextPage(buyer, () => buyer.goto(buyer.url()));
    await buyer.locator("#price").waitFor();
    await buyer.locator('#way a[href$="?way=delivery"]').click();
    await buying.deliverTo(buyer, HOME);
  });

  await chapter("two taps on the button are one order", async () => {
    const posts = [];
    buyer.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await place.dblclick();
    await buyer.waitForURL((url) => url.pathname.startsWith("/pay/sandbox/"));
    orders += 1;
    assert.equal(posts.filter((url) => url.endsWith("/place")).length, 1);
    await assertOrders(buyer, orders);
    await buyer.goBack();
  });

  await chapter("back from the pay page, the order waits; its checkout and form lead to it, sent twice or visited", async () => {
    const pay = buyer.url();
    assert.match(pay, /\/pay\/sandbox\//);
    await buyer.goBack();
    await buyer.locator("#order-main, #price").first().waitFor();
    if (await buyer.locator("#price").count()) {
      // The browser kept the checkout as it was: placing again is the same order and the same payment.
      await place.click();
      await buyer.waitForURL((url) => url.href === pay);
      await buyer.goto(pay);
    } else {
      await buying.payAgain(buyer);
    }
    assert.equal(buyer.url(), pay, "there is one payment");
    await assertOrders(buyer, orders);
    await buyer.goBack();
  });

  await chapter("the pay page, reloaded, is the same; paid in one tab, the other says so and charges nothing", async () => {
    await buyer.reload();
    const amount = await buyer.locator(".pay-amount").textContent();
    const tab = await anotherTab(buyer);
    await tab.goto(buyer.url());
    assert.equal(await tab.locator(".pay-amount").textContent(), amount);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "To be shipped");
    await buying.pay(tab, "succeed");
    await buying.sees(tab, "To be shipped");
    await tab.goBack();
    await tab.reload();
    assert.equal(await tab.locator('button[name="outcome"]').count(), 0, "it cannot be paid again");
    await tab.locator(".pay-sheet a.button.primary").click();
    await buying.sees(tab, "To be shipped");
    assert.doesNotMatch(await tab.locator("#order-main").textContent(), /paid twice/);
    await tab.close();
  });

  await chapter("two tabs with one basket: what the first has ordered, the second no longer offers", async () => {
    await buyer.goto(product);
    await choose(buyer);
    await buying.addToBasket(buyer, 1);
    await buyer.goto(`/s/${STORE}/basket`);
    const tab = await anotherTab(buyer);
    await tab.goto(`/s/${STORE}/basket`);
    await checkOut(buyer);
    await buying.deliverTo(buyer, {});
    await buying.placeOrder(buyer);
    orders += 1;
    await tab.locator(`form[action="/s/${STORE}/checkout"] button`).filter({ visible: true }).click();
    await tab.getByText("Nothing here yet").waitFor();
    await tab.close();
    await assertOrders(buyer, orders);
    await buyer.goBack();
  });

  await chapter("cancelled in one tab, the order cannot be paid in the other, which says why", async () => {
    const pay = buyer.url();
    await buying.pay(buyer, "walk_away");
    const tab = await anotherTab(buyer);
    await tab.goto(pay);
    await buyer.locator("#order-cancel button").click();
    await buyer.locator('dialog.ask button[value="yes"]').click();
    await buying.sees(buyer, "Cancelled");
    await tab.locator('button[name="outcome"][value="succeed"]').click();
    await buying.orderPage(tab);
    await buying.sees(tab, "Cancelled");
    assert.match(await tab.locator("#order-main").textContent(), /You cancelled it\.\s+Nothing was charged\./);
    await tab.close();
  });

  await chapter("the last pieces go to the first of two tabs; the second is told where it can choose again", async () => {
    const most = await openScarce(buyer);
    const product = buyer.url();
    const tab = await anotherTab(buyer);
    await tab.goto(product);
    await choose(tab);
    for (const page of [buyer, tab]) {
      await page.locator('#options [name="quantity"]').fill(`${most}`);
      await page.locator('#options button[formaction$="/buy-now"]').click();
      await page.locator("#price").waitFor();
      await buying.deliverTo(page, {});
    }
    await buying.placeOrder(buyer);
    orders += 1;
    await tab.locator('button[form="place"]').filter({ visible: true }).click();
    await tab.waitForURL((url) => !url.pathname.includes("/checkout/"));
    assert.match(await tab.locator("main .notice").textContent(), /Somebody was faster/);
    assert.equal(new URL(tab.url()).pathname, new URL(product, tab.url()).pathname, "where one chooses again");
    await tab.close();
    await assertOrders(buyer, orders);
  });
});

/** How many orders the buyer has, looked up in the page that is open. */
async function assertOrders(page, count) {
  await page.goto("/me/orders");
  assert.equal(await page.locator(".order-item").count(), count);
}

/** Opens the options where they are a sheet, and takes the first of each that can be had. */
async function choose(page) {
  await page.locator('.buy-bar [data-opens="options"]').first().click();
  await page.locator("#options").waitFor();
  for (const axis of await page.locator("#options .sku-axis").all()) await axis.locator(".slot:not(.struck)").first().click();
}

/** Opens a product of which few are left and chooses it; answers with how many there are. */
async function openScarce(page) {
  await page.goto(`/s/${STORE}/shelf`);
  const links = await page.locator(".goods-card:not(.gone) a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  for (const link of links) {
    await page.goto(link);
    await choose(page);
    const most = Number(await page.locator('#options [name="quantity"]').getAttribute("max"));
    if (most <= 60) return most;
  }
  throw new Error("there is plenty of everything");
}

async function toCheckout(page, product) {
  await page.goto(product);
  await choose(page);
  await page.locator('#options button[formaction$="/buy-now"]').click();
  await page.locator("#price").waitFor();
}

async function checkOut(page) {
  await page.locator(`form[action="/s/${STORE}/checkout"] button`).filter({ visible: true }).click();
  await page.locator("#price").waitFor();
}
