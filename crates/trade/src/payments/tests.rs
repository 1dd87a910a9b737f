//! Whatever a provider, a network or a buyer does, an order is paid once or not at all.

use db::Db;
use gateways::payments::{Behaviour, ChargeState, Outcome, Sandbox, Signed};
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    ledger,
    orders::{self, CancelReason, Order, State, Step},
    testing::{Shop, shop},
};

/// The buyer chooses on the sandbox's page; answers with the notification, which is not delivered yet.
async fn choose(shop: &Shop, order: &Order, behaviour: Behaviour) -> (Payment, Option<Signed>) {
    let payment = start(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap();
    let charge = payment.reference.clone().unwrap().parse().unwrap();
    let message = Sandbox::new(shop.app.db.clone()).choose(charge, behaviour, shop.now()).await.unwrap();
    (payment, message)
}

async fn pending(shop: &Shop) -> kernel::Money {
    ledger::balance(&mut shop.app.db.read().await.unwrap(), &shop.store).await.unwrap().pending
}

#[db_test]
async fn settling_fifty_times_at_once_pays_once(db: Db) {
    let shop = std::sync::Arc::new(shop(db).await);
    let sku = shop.sku("Teapot", 9_500, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (payment, message) = choose(&shop, &order, Behaviour::Succeed).await;
    let message = message.unwrap();
    let outcome = Outcome { reference: payment.id, state: ChargeState::Succeeded, amount: payment.money() };
    let mut tasks = JoinSet::new();
    for turn in 0..50 {
        let (shop, message, outcome) = (shop.clone(), message.clone(), outcome.clone());
        tasks.spawn(async move {
            if turn % 2 == 0 {
                hear(&shop.app, "sandbox", &message).await.unwrap()
            } else {
                settle(&shop.app, &outcome, None).await.unwrap()
            }
        });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|s| **s == Settled::Paid).count(), 1);
    assert!(results.iter().all(|s| matches!(s, Settled::Paid | Settled::Known)));
    assert_eq!(shop.order(order.id).await.paid, 9_500);
    assert_eq!(pending(&shop).await, shop.money(9_443), "0.57 commission, once");
    shop.check().await;
}

#[db_test]
async fn pressing_pay_twice_is_one_attempt(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let first = start(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap();
    let second = start(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap();
    assert_eq!((first.id, &first.pay_url), (second.id, &second.pay_url));
}

#[db_test]
async fn a_failed_payment_can_be_tried_again(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (failed, message) = choose(&shop, &order, Behaviour::Fail).await;
    assert_eq!(hear(&shop.app, "sandbox", &message.unwrap()).await.unwrap(), Settled::NotPaid);
    assert_eq!(shop.order(order.id).await.state.step(), Step::Unpaid);
    let (again, message) = choose(&shop, &order, Behaviour::Succeed).await;
    assert_ne!(failed.id, again.id);
    assert_eq!(hear(&shop.app, "sandbox", &message.unwrap()).await.unwrap(), Settled::Paid);
    shop.check().await;
}

#[db_test]
async fn a_lost_notification_is_found_by_coming_back(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (_, message) = choose(&shop, &order, Behaviour::LoseNotification).await;
    assert_eq!(message, None);
    seek_order(&shop.app, shop.store.id, order.id).await;
    assert_eq!(shop.order(order.id).await.state, State::ToShip);
}

#[db_test]
async fn a_lost_notification_is_found_by_its_deadline_though_nobody_comes_back(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    choose(&shop, &order, Behaviour::LoseNotification).await;
    shop.app.clock.advance(jiff::SignedDuration::from_mins(2));
    shop.run_deadlines().await;
    assert_eq!(shop.order(order.id).await.state, State::ToShip);
    shop.check().await;
}

#[db_test]
async fn a_server_that_slept_past_both_deadlines_still_finds_the_money(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    choose(&shop, &order, Behaviour::LoseNotification).await;
    shop.app.clock.advance(jiff::SignedDuration::from_hours(5));
    // The order's own deadline alone: it asks before it cancels.
    orders::lapse(&shop.app, shop.store.id, order.id).await.unwrap();
    assert_eq!(shop.order(order.id).await.state, State::ToShip);
}

#[db_test]
async fn a_buyer_who_walks_away_pays_nothing_and_frees_the_goods(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let payment = start(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap();
    for _ in 0..10 {
        shop.app.clock.advance(jiff::SignedDuration::from_mins(6));
        shop.run_deadlines().await;
    }
    assert_eq!(shop.order(order.id).await.state, State::Cancelled(CancelReason::Timeout));
    assert_eq!(shop.available(sku).await, 5);
    let mut read = shop.app.db.read().await.unwrap();
    assert_eq!(rows::find(&mut read, payment.id).await.unwrap().unwrap().state, PaymentState::Closed);
    assert!(
        db::deadlines::due(&shop.app.db, shop.now(), 10).await.unwrap().is_empty(),
        "nobody asks for ever"
    );
}

#[db_test]
async fn money_that_comes_after_the_cancelling_goes_back_by_itself(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (payment, message) = choose(&shop, &order, Behaviour::Succeed).await;
    // The clock cancels although the provider has the money: as if its answer to our question had been lost too.
    shop.app
        .db
        .write(shop.store.id, async |tx| {
            tx.execute("update payments set state = 'closed' where id = $1", &[&payment.id]).await
        })
        .await
        .unwrap();
    shop.app.clock.advance(jiff::SignedDuration::from_secs(200));
    let by = orders::Canceller::Buyer;
    orders::cancel(&shop.app, &shop.store, order.id, orders::Actor::Buyer(shop.buyer), by, "").await.unwrap();
    assert_eq!(shop.order(order.id).await.state, State::Cancelled(CancelReason::Buyer));
    assert_eq!(hear(&shop.app, "sandbox", &message.unwrap()).await.unwrap(), Settled::Returned);
    let order = shop.order(order.id).await;
    assert_eq!((order.state, order.paid, order.refunded), (State::Refunded(CancelReason::Buyer), 0, 0));
    assert_eq!(pending(&shop).await, shop.money(0));
    let mut read = shop.app.db.read().await.unwrap();
    assert_eq!(rows::find(&mut read, payment.id).await.unwrap().unwrap().state, PaymentState::Refunded);
    let given: i64 = read.one("select refunded from sandbox_charges", &[]).await.unwrap();
    assert_eq!(given, order.total, "the provider gave it all back");
    let moves = orders::moves(&mut read, shop.store.id, order.id).await.unwrap();
    assert!(moves.iter().any(|m| m.why == "late-payment"), "both sides read it in the history");
    drop(read);
    shop.check().await;
}

#[db_test]
async fn a_payment_that_races_with_the_cancelling_is_either_kept_or_returned(db: Db) {
    let shop = std::sync::Arc::new(shop(db).await);
    let sku = shop.sku("Teapot", 3_200, 50).await;
    for _ in 0..10 {
        let order = shop.unpaid(sku, 1).await;
        let (_, message) = choose(&shop, &order, Behaviour::Succeed).await;
        let (id, message) = (order.id, message.unwrap());
        let paying = tokio::spawn({
            let shop = shop.clone();
            async move { hear(&shop.app, "sandbox", &message).await.unwrap() }
        });
        let cancelling = tokio::spawn({
            let shop = shop.clone();
            async move {
                let (actor, by) = (orders::Actor::Buyer(shop.buyer), orders::Canceller::Buyer);
                orders::cancel(&shop.app, &shop.store, id, actor, by, "").await.unwrap()
            }
        });
        let (_, _) = (paying.await.unwrap(), cancelling.await.unwrap());
        // A buyer may cancel what is paid and not yet sent, so both orders of events end in the same way.
        assert_eq!(shop.order(id).await.state, State::Refunded(CancelReason::Buyer));
    }
    assert_eq!(shop.available(sku).await, 50);
    assert_eq!(pending(&shop).await, shop.money(0));
    shop.check().await;
}

#[db_test]
async fn a_second_payment_of_an_order_is_returned_and_the_order_goes_on(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (first, message) = choose(&shop, &order, Behaviour::Fail).await;
    hear(&shop.app, "sandbox", &message.unwrap()).await.unwrap();
    shop.pay(&order).await;
    // The provider changes its mind about the first: it was paid after all.
    shop.app
        .db
        .write(shop.store.id, async |tx| {
            let reference = first.id.to_string();
            tx.execute(
                "update sandbox_charges set state = 'succeeded' where merchant_reference = $1",
                &[&reference],
            )
            .await
        })
        .await
        .unwrap();
    let outcome = Outcome { reference: first.id, state: ChargeState::Succeeded, amount: first.money() };
    assert_eq!(settle(&shop.app, &outcome, None).await.unwrap(), Settled::Returned);
    let order = shop.order(order.id).await;
    assert_eq!((order.state, order.paid, order.refunded), (State::ToShip, order.total, 0));
    let fee = store_fee(&shop, order.total);
    assert_eq!(pending(&shop).await, shop.money(order.total - fee));
    shop.check().await;
}

fn store_fee(shop: &Shop, total: i64) -> i64 {
    shop.store.commission.of(shop.money(total)).minor
}

#[db_test]
async fn a_forged_or_altered_notification_changes_nothing(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (payment, message) = choose(&shop, &order, Behaviour::Fail).await;
    let honest = message.unwrap();
    let lie = String::from_utf8(honest.body.clone()).unwrap().replace("failed", "succeeded");
    let forged = [
        Signed { body: lie.into_bytes(), ..honest.clone() },
        Signed { headers: Vec::new(), ..honest.clone() },
        Signed { headers: vec![("Sandbox-Signature".into(), "t=1,v1=00".into())], ..honest.clone() },
        Signed { body: b"{}".to_vec(), ..honest.clone() },
    ];
    for message in forged {
        let refused = hear(&shop.app, "sandbox", &message).await;
        assert!(matches!(refused, Err(HearError::Provider(_))), "{refused:?}");
    }
    assert!(matches!(hear(&shop.app, "nobody", &honest).await, Err(HearError::NoProvider)));
    let mut read = shop.app.db.read().await.unwrap();
    assert_eq!(rows::find(&mut read, payment.id).await.unwrap().unwrap().state, PaymentState::Pending);
}

#[db_test]
async fn another_amount_than_asked_is_not_taken(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let (payment, _) = choose(&shop, &order, Behaviour::LoseNotification).await;
    let less = kernel::Money::new(payment.amount - 1, payment.currency);
    let other = kernel::Money::new(payment.amount, kernel::Currency::USD);
    for amount in [less, other] {
        let outcome = Outcome { reference: payment.id, state: ChargeState::Succeeded, amount };
        assert!(matches!(settle(&shop.app, &outcome, None).await, Err(SettleError::Mismatch { .. })));
    }
    assert_eq!(shop.order(order.id).await.state.step(), Step::Unpaid);
    assert_eq!(pending(&shop).await, shop.money(0));
}

#[db_test]
async fn an_attempt_the_provider_never_heard_of_is_closed(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 1).await;
    let payment = start(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap();
    // The server died between writing the attempt down and asking the provider.
    shop.app
        .db
        .write(shop.store.id, async |tx| {
            tx.execute("delete from sandbox_charges", &[]).await?;
            tx.execute(
                "update payments set state = 'created', reference = null, pay_url = null where id = $1",
                &[&payment.id],
            )
            .await
        })
        .await
        .unwrap();
    shop.app.clock.advance(jiff::SignedDuration::from_mins(2));
    shop.run_deadlines().await;
    let mut read = shop.app.db.read().await.unwrap();
    assert_eq!(rows::find(&mut read, payment.id).await.unwrap().unwrap().state, PaymentState::Closed);
    drop(read);
    let again = start(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap();
    assert_ne!(again.id, payment.id, "the buyer can pay all the same");
}
