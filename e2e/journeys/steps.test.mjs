// The pages that no link leads to: every step of buying and of handing over, in every state of an order, judged like all
// others. The buyer's phone shows each step as it comes; a desktop with the same session shows it again in Chinese.

import assert from "node:assert/strict";
import { onNextPage } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import * as desk from "../lib/desk.mjs";
import { journey } from "../lib/journey.mjs";
import { faultsInBothThemes } from "../lib/looks.mjs";
import { inWords, openAs } from "../lib/pages.mjs";
import { signInByCode } from "../lib/people.mjs";

const STORE = "lantern";
const WHO = { name: "Ines Moreau", phone: "+65 8222 3333" };
const HOME = { ...WHO, lines: "9 Everton Park, #02-11", region: "Singapore", postcode: "081009" };

journey("every step of buying is sound for everyone", async ({ phone, desktop, chapter }) => {
  const buyer = await phone();
  const twin = await desktop({ locale: "zh-CN" });
  const merchant = await openAs(desktop, "merchant");
  const clerk = await openAs(phone, "clerk");
  const faults = [];
  const judge = async (step, ...pages) => {
    for (const page of pages) faults.push(...(await faultsInBothThemes(page)).map((fault) => ({ where: step, fault })));
  };
  /** Judges what the buyer sees, and then what the same address shows at a desk. */
  const judgeStep = async (step) => {
    await judge(`${step}, phone`, buyer);
    await twin.context().addCookies(await buyer.context().cookies());
    await twin.goto(buyer.url());
    await judge(`${step}, desktop`, twin);
  };
  /** The merchant's page of the buyer's open order, judged on the way. */
  const atDesk = async (step) => {
    await merchant.goto(`/console/${STORE}/orders`);
    await desk.openOrder(merchant, await buying.orderNumber(buyer));
    await judge(`${step}, merchant`, merchant);
  };
  const buyNow = async () => {
    await buyer.goto(`/s/${STORE}/shelf`);
    await buyer.locator(".goods-card:not(.gone) a").first().click();
    await choose(buyer);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
  };

  await chapter("sheets, sign-in and a basket with something in it", async () => {
    await buyer.goto(`/s/${STORE}`);
    await buyer.locator('[data-opens="hours"]').click();
    await judge("opening hours, phone", buyer);
    await buyer.goto(`/s/${STORE}/shelf`);
    await buyer.locator(".goods-card:not(.gone) a").first().click();
    await buyer.locator('[data-opens="share"]').click();
    await buyer.locator("#share .qr img").waitFor();
    await judge("share sheet, phone", buyer);
    await buyer.goto(buyer.url().split("#")[0]);
    await choose(buyer);
    await judge("options sheet, phone", buyer);
    await buying.addToBasket(buyer, 1);
    await buyer.goto(`/s/${STORE}/basket`);
    await judgeStep("basket");
    await buyer.goto("/sign-in");
    await buyer.locator('[name="contact"]').first().fill("ines@steps.example");
    await buyer.locator('form:has([name="contact"]) button').first().click();
    await buyer.locator("[data-demo-code]").waitFor();
    await judge("sign-in code, phone", buyer);
    await signInByCode(buyer, "ines@steps.example");
  });

  await chapter("checkout: delivery, its mistakes, pick-up; the pay page; an unpaid and a refused order", async () => {
    await buyNow();
    await judgeStep("checkout, delivery");
    await buyer.locator('#who [name="phone"]').fill("no number");
    buyer.problems.expect(/status of 422/);
    await onNextPage(buyer, () => buyer.locator('button[form="place"]').filter({ visible: true }).click());
    await buyer.getByRole("alert").waitFor();
    await judge("checkout with mistakes, phone", buyer);
    await buying.pickUp(buyer, { ...WHO, method: "online" });
    await judge("checkout, pick-up, phone", buyer);
    await buying.deliverTo(buyer, HOME);
    await buying.placeOrder(buyer);
    await judgeStep("pay page");
    await buying.pay(buyer, "walk_away");
    await judgeStep("unpaid order");
    await buying.payAgain(buyer);
    await buying.pay(buyer, "fail");
    await buyer.getByRole("alert").waitFor();
    await judgeStep("order with a refused payment");
    await atDesk("unpaid order");
  });

  await chapter("an order that is sent and received", async () => {
    await buying.payAgain(buyer);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "To be shipped");
    await judgeStep("order to be shipped");
    await atDesk("order to be shipped");
    await desk.ship(merchant, { carrier: "Ninja Van", tracking: "NV100200300" });
    await buying.sees(buyer, "Shipped");
    await judgeStep("shipped order");
    await judge("shipped order, merchant", merchant);
    await buyer.locator('form[action$="/confirm"] button').click();
    await judge("question before confirming, phone", buyer);
    await desk.sayYes(buyer);
    await buying.sees(buyer, "Completed");
    await judgeStep("completed order");
    await atDesk("completed order");
  });

  await chapter("an order that is fetched: accepted, prepared, ready, at the till, handed over", async () => {
    await buyNow();
    await buying.pickUp(buyer, { ...WHO, method: "in_store" });
    await buying.placeOrder(buyer);
    await buying.sees(buyer, "Waiting for the store");
    await judgeStep("order to be accepted");
    await atDesk("order to be accepted");
    await merchant.locator('form[action$="/accept"] button').click();
    await buying.sees(buyer, "Being prepared");
    await judgeStep("order being prepared");
    await judge("order being prepared, merchant", merchant);
    await merchant.locator('form[action$="/ready"] button').click();
    await buying.sees(buyer, "Ready for pick-up");
    await judgeStep("order ready for pick-up");
    await judge("order ready for pick-up, merchant", merchant);
    const code = (await buyer.locator("#pick-up-code").textContent()).trim();
    clerk.problems.expect(/status of 422/);
    await clerk.goto(`/console/${STORE}/pick-up?code=000000000000`);
    await judge("till, wrong code, clerk", clerk);
    await desk.handOver(clerk, STORE, code, (till) => judge("till, clerk", till));
    await judge("handed over, clerk", clerk);
  });

  await chapter("orders that end early: cancelled and refunded", async () => {
    for (const paid of [false, true]) {
      await buyNow();
      await buying.deliverTo(buyer, {});
      await judge("checkout with an address book, phone", buyer);
      await buying.placeOrder(buyer);
      await buying.pay(buyer, paid ? "succeed" : "walk_away");
      if (paid) await buying.sees(buyer, "To be shipped");
      await buyer.locator("#order-cancel button").click();
      await desk.sayYes(buyer);
      await buying.sees(buyer, paid ? "Refunded" : "Cancelled");
      await judgeStep(paid ? "refunded order" : "cancelled order");
      await atDesk(paid ? "refunded order" : "cancelled order");
    }
    await buyer.goto("/me/orders");
    await judgeStep("my orders");
    await buyer.goto("/me/addresses");
    await judgeStep("my addresses");
  });

  assert.equal(inWords(faults).join("\n"), "");
});

/** Opens the sheet of options and takes the first of each that can be had. */
async function choose(page) {
  await page.locator('.buy-bar [data-opens="options"]').first().click();
  await page.locator("#options").waitFor();
  for (const axis of await page.locator("#options .sku-axis").all()) await axis.locator(".slot:not(.struck)").first().click();
}
