// The merchant's half of the main job at a desk: a store of the demo town, its staff, and a buyer on a phone.

import assert from "node:assert/strict";
import { isSamePage, mark } from "../lib/browser.mjs";
import * as buying from "../lib/buying.mjs";
import * as desk from "../lib/desk.mjs";
import { journey } from "../lib/journey.mjs";
import { openAs } from "../lib/pages.mjs";

const WHO = { name: "Mei Tan", phone: "+65 8555 0101" };
const HOME = { ...WHO, lines: "Block 78 Guan Chuan Street, #04-12", region: "Singapore", postcode: "160078" };
const TITLE = "Celadon tea set for two";

journey("a merchant runs a store from a desk", async ({ desktop, phone, chapter }) => {
  const merchant = await openAs(desktop, "merchant");
  const buyer = await openAs(phone, "buyer");
  let handle;
  let product;

  await chapter("the console opens on today, with everything a click away", async () => {
    await merchant.goto("/console");
    await merchant.locator('.list a.item[href^="/console/"]:not([href*="/applications/"])').first().click();
    await merchant.locator("#today").waitFor();
    handle = new URL(merchant.url()).pathname.split("/")[2];
    assert.equal(await merchant.locator(".tab-bar").isVisible(), false, "a laptop has no phone's tab bar");
    assert.ok((await merchant.locator("#today .tile").count()) >= 4);
    for (const section of ["orders", "products", "page", "shelves", "branches", "money", "home"]) {
      await desk.goTo(merchant, handle, section);
      await merchant.locator('.side-nav a[aria-current="page"]').waitFor();
    }
  });

  await chapter("the store page: a draft is previewed and buyers see it only when it is published", async () => {
    const words = "Closed for the harvest moon on Sunday.";
    await desk.goTo(merchant, handle, "page");
    await merchant.locator('[name="announcement"]').fill(words);
    await desk.press(merchant, "save");
    await buyer.goto(`/s/${handle}`);
    assert.doesNotMatch(await buyer.locator("main").textContent(), /harvest moon/);
    await merchant.locator(`a[href="/console/${handle}/page/preview"]`).click();
    await merchant.getByText(words).waitFor();
    await merchant.goBack();
    await desk.press(merchant, "publish");
    await buyer.reload();
    await buyer.getByText(words).waitFor();
  });

  await chapter("a wrong field is named where it stands, and what was typed is kept", async () => {
    await desk.goTo(merchant, handle, "page");
    await merchant.locator('[name="day"]').first().fill("nine to five");
    merchant.problems.expect(/status of 422/);
    await merchant.locator('.action-bar button[value="save"]').click();
    const day = merchant.locator('[name="day"][aria-invalid="true"]');
    await day.waitFor();
    assert.equal(await day.inputValue(), "nine to five");
    assert.equal(await merchant.locator('[name="day"]').first().evaluate((field) => field.getAttribute("aria-invalid")), "true");
  });

  await chapter("a product with photos and two options goes on the shelf", async () => {
    await desk.goTo(merchant, handle, "products");
    await desk.draftProduct(merchant, handle, {
      title: TITLE,
      subtitle: "Pot and two cups",
      description: "Fired twice.",
      photos: ["lantern-teapot-celadon", "lantern-teapot-1", "lantern-teapot-indigo"],
      axes: [["Glaze", ["Jade", "Sky"]], ["Box", ["Plain", "Gift"]]],
      variants: [
        [/Jade.*Plain/, { price: "60", list_price: "72", stock: "5" }],
        [/Jade.*Gift/, { price: "70", stock: "5" }],
        [/Sky.*Plain/, { price: "60", stock: "0" }],
        [/Sky.*Gift/, { price: "70", stock: "1" }],
      ],
    });
    await desk.press(merchant, "publish");
    await merchant.locator(`.page-head a[href^="/s/${handle}/p/"]`).click();
    await merchant.getByRole("heading", { level: 1, name: TITLE }).waitFor();
    product = new URL(merchant.url()).pathname;
    // At a desk the options stand on the page and cover nothing.
    await buying.choose(merchant, ["Jade", "Plain"]);
    await buying.says(merchant, "price", "S$60.00");
    await merchant.goto(`/console/${handle}/products`);
    await merchant.locator('.filters [name="q"]').fill("tea set for");
    await merchant.locator('.filters [name="q"]').press("Enter");
    await merchant.getByRole("link", { name: TITLE }).waitFor();
  });

  await chapter("stock is counted in, and the ledger says who and why", async () => {
    await merchant.getByRole("link", { name: TITLE }).click();
    await merchant.locator('.page-head a[href$="/stock"]').click();
    const line = merchant.locator("tbody tr").filter({ hasText: /Sky.*Plain/ }).first();
    await line.locator('[name="change"]').fill("4");
    await line.getByRole("button").click();
    const entry = merchant.locator("section").last().locator("tbody tr").first();
    await entry.filter({ hasText: "Counted" }).waitFor();
    assert.match(await entry.textContent(), /Sky.*Plain.*\+4.*4.*Counted.*Lim Mei Hua/s);
  });

  let order;
  await chapter("an order comes in while the list is open, is accepted and made ready", async () => {
    await desk.goTo(merchant, handle, "orders");
    await mark(merchant);
    await buyer.goto(product);
    await buying.choose(buyer, ["Sky", "Plain"], 2);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
    await buying.pickUp(buyer, { ...WHO, method: "online" });
    await buying.placeOrder(buyer);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "Waiting for the store");
    order = await buying.orderNumber(buyer);
    const line = merchant.locator("#orders tr").filter({ hasText: order });
    await line.getByText("Waiting for the store").waitFor();
    assert.ok(await isSamePage(merchant), "without loading the page again");
    await desk.openOrder(merchant, order);
    await merchant.locator('form[action$="/accept"] button').click();
    await merchant.locator('form[action$="/ready"] button').click();
    await buying.sees(buyer, "Ready for pick-up");
  });

  await chapter("a clerk, who sees no money, hands it over for its code, once", async () => {
    const clerk = await openAs(desktop, "clerk");
    const code = (await buyer.locator("#pick-up-code").textContent()).trim();
    await clerk.goto(`/console/${handle}`);
    assert.equal(await clerk.locator(`.side-nav a[href="/console/${handle}/money"]`).count(), 0);
    clerk.problems.expect(/status of 4\d\d/);
    assert.equal((await clerk.goto(`/console/${handle}/money`)).status(), 403);
    await desk.handOver(clerk, handle, code, async (till) => {
      assert.match(await till.locator(".till").textContent(), new RegExp(`Mei Tan.*Paid online.*${TITLE}`, "s"));
    });
    await buying.sees(buyer, "Completed");
    await clerk.goto(`/console/${handle}/pick-up`);
    await clerk.locator("[data-code]").fill(code);
    await clerk.locator("[data-code]").press("Enter");
    assert.match(await clerk.getByRole("alert").textContent(), /handed over already/);
    await merchant.reload();
    const history = await merchant.locator(".time-line").textContent();
    for (const move of ["Completed", "Ready for pick-up", "Accepted by the store", "Paid", "Order placed"]) assert.match(history, new RegExp(move));
  });

  await chapter("a delivery is sent in two parcels", async () => {
    await buyer.goto(product);
    await buying.choose(buyer, ["Jade", "Gift"], 2);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
    await buying.deliverTo(buyer, {});
    await buying.placeOrder(buyer);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "To be shipped");
    await mark(buyer);
    await desk.goTo(merchant, handle, "orders");
    await desk.openOrder(merchant, await buying.orderNumber(buyer));
    await merchant.locator('form[action$="/ship"] quantity-stepper button').first().click();
    await desk.ship(merchant, { carrier: "Ninja Van", tracking: "NV100200300" });
    await buying.sees(buyer, "Partly shipped");
    await desk.ship(merchant, { carrier: "Ninja Van", tracking: "NV100200301" });
    await buying.sees(buyer, "Shipped");
    assert.ok(await isSamePage(buyer));
  });

  await chapter("an order that cannot be met is called off: the buyer reads why and the stock is back", async () => {
    await buyer.goto(product);
    await buying.choose(buyer, ["Sky", "Gift"]);
    await buyer.locator('#options button[formaction$="/buy-now"]').click();
    await buyer.locator("#price").waitFor();
    await buying.pickUp(buyer, { ...WHO, method: "online" });
    await buying.placeOrder(buyer);
    await buying.pay(buyer, "succeed");
    await buying.sees(buyer, "Waiting for the store");
    const number = await buying.orderNumber(buyer);
    await desk.goTo(merchant, handle, "orders");
    await desk.openOrder(merchant, number);
    await merchant.locator("#order-main details summary").click();
    await merchant.locator('[name="why"]').fill("The kiln broke it, sorry.");
    await merchant.locator('form[action$="/cancel"] button').click();
    await desk.sayYes(merchant);
    await buying.sees(buyer, "Refunded");
    assert.match(await buyer.locator("#order-main").textContent(), /The kiln broke it, sorry\./);
    await buyer.goto(product);
    await buying.choose(buyer, ["Sky", "Gift"]);
    await buying.says(buyer, "stock", "1 left");
  });

  await chapter("the money page adds up and its statement can be taken along", async () => {
    await desk.goTo(merchant, handle, "money");
    const lines = Object.fromEntries(await buying.priceLines(merchant, ".two section:first-child"));
    const commission = Object.keys(lines).find((name) => name.includes("0.6 %"));
    const cents = (words) => Number(words.replace(/[^\d−-]/g, "").replace("−", "-"));
    assert.equal(cents(lines["Buyers paid"]) + cents(lines[commission]), cents(lines.Yours));
    const download = merchant.waitForEvent("download");
    await merchant.locator(".page-head a[download]").click();
    assert.match((await download).suggestedFilename(), /\.csv$/);
    assert.equal(await (await download).failure(), null);
    await merchant.locator("tbody tr").filter({ hasText: order }).first().getByRole("link").click();
    await merchant.getByRole("heading", { level: 1, name: order }).waitFor();
  });
});
