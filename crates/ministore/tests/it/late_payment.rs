//! Money that comes when an order wants none any more: both sides read on their pages what becomes of it.

use axum::http::Method;
use gateways::payments::{ChargeState, Outcome};
use kernel::{AccountId, OrderId, StoreId};
use trade::{orders, payments};

use crate::site::Site;

/// Sets what the sandbox knows of a charge, as a provider would that closed it for us and took the money all the same.
async fn sandbox_says(site: &Site, payment: &payments::Payment, state: &str) {
    let reference = payment.id.to_string();
    let sql = "update sandbox_charges set state = $2 where merchant_reference = $1";
    site.app
        .db
        .write(db::LaneKey::PLATFORM, async |tx| tx.execute(sql, &[&reference, &state]).await)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_after_the_cancelling_is_explained_to_buyer_and_merchant() {
    let site = Site::new().await;
    let mut read = site.app.db.read().await.unwrap();
    let store = stores::by_handle(&mut read, "lantern").await.unwrap().unwrap();
    let buyer = "select account_id from contacts where contact = 'buyer@demo.example'";
    let buyer: AccountId = read.one(buyer, &[]).await.unwrap();
    let unpaid = "select id from orders where store_id = $1 and buyer_id = $2 and state = 'unpaid' limit 1";
    let order: OrderId = read.one(unpaid, &[&store.id, &buyer]).await.unwrap();
    drop(read);
    let payment = payments::start(&site.app, &store, buyer, order).await.unwrap();
    let (bought, sold) = (format!("/s/lantern/orders/{order}"), format!("/console/lantern/orders/{order}"));
    let form = "application/x-www-form-urlencoded";
    let cancelled = site.raw(&Method::POST, &format!("{bought}/cancel"), "buyer", form, Vec::new()).await;
    assert_eq!(cancelled.status, 303);
    let before = site.get(&bought, "buyer", "en").await.text();
    assert!(
        before.contains("Nothing was charged") && !before.contains("after this order was cancelled"),
        "{before}"
    );

    // The money comes, and the provider does not give it back yet.
    let outcome = Outcome { reference: payment.id, state: ChargeState::Succeeded, amount: payment.money() };
    let settled = payments::settle(&site.app, &outcome, None).await.unwrap();
    assert_eq!(settled, payments::Settled::Returned);
    let page = site.get(&bought, "buyer", "en").await.text();
    assert!(page.contains("arrived after this order was cancelled. It is on its way back"), "{page}");
    let desk = site.get(&sold, "merchant", "en").await.text();
    assert!(desk.contains("is going back by itself: do not send"), "{desk}");

    // Then it does.
    sandbox_says(&site, &payment, "succeeded").await;
    payments::give_back(&site.app, &store, order).await;
    assert_eq!(step(&site, store.id, order).await, orders::Step::Refunded);
    for (path, who, language, words) in [
        (&bought, "buyer", "en", "arrived after this order was cancelled, so all of it went back"),
        (&bought, "buyer", "zh-CN", "款项已全额原路退回"),
        (&sold, "merchant", "en", "All of it went back by itself"),
        (&sold, "merchant", "zh-CN", "请勿发货"),
    ] {
        let page = site.get(path, who, language).await.text();
        assert!(page.contains(words), "{words} is not in {page}");
    }
}

async fn step(site: &Site, store: StoreId, order: OrderId) -> orders::Step {
    orders::get(&mut site.app.db.read().await.unwrap(), store, order).await.unwrap().unwrap().state.step()
}
