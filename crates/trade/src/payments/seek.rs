//! Asks the provider about payments that it has not told of: a lost notification is found here, by the buyer's
//! browser coming back or by a deadline.

use std::time::Duration;

use db::{Error, deadlines};
use gateways::payments::PaymentError;
use kernel::{OrderId, PaymentId, StoreId};
use web::App;

use super::{Payment, PaymentState, QUERY_DEADLINE, SettleError, Settled, give_back, provider, rows, settle};
use crate::orders::Order;

/// How long after one question the next is asked, while the buyer may still pay.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(300);

/// Why the provider's word could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SeekError {
    #[error(transparent)]
    Provider(#[from] PaymentError),
    #[error(transparent)]
    Settle(#[from] SettleError),
    #[error(transparent)]
    Db(#[from] Error),
}

/// The deadline of a silent payment: asks, and asks again later until there is an end.
pub async fn seek(app: &App, store: StoreId, id: PaymentId) -> Result<(), SeekError> {
    let found = rows::get(&mut app.db.read().await?, store, id).await?;
    let settled = match found.filter(Payment::is_open) {
        Some(payment) => ask(app, &payment).await?,
        None => Settled::Known,
    };
    let again = app.clock.now() + ASK_AGAIN_AFTER;
    app.db
        .write(store, async |tx| match settled {
            Settled::Waiting => deadlines::set(tx, store, QUERY_DEADLINE, id, again).await,
            _ => deadlines::clear(tx, store, QUERY_DEADLINE, id).await,
        })
        .await?;
    Ok(())
}

/// Asks about every open payment of the order. What cannot be asked now is asked by its deadline.
pub async fn seek_order(app: &App, store: StoreId, order: OrderId) {
    let open = async {
        let mut read = app.db.read().await?;
        rows::of_order(&mut read, store, order).await
    };
    let open = open.await.unwrap_or_else(|error| {
        tracing::warn!(%order, %error, "payments could not be read");
        Vec::new()
    });
    for payment in open.iter().filter(|payment| payment.is_open()) {
        if let Err(error) = ask(app, payment).await {
            tracing::warn!(payment = %payment.id, %error, "a payment could not be asked about");
        }
    }
}

async fn ask(app: &App, payment: &Payment) -> Result<Settled, SeekError> {
    let provider = provider(app, &payment.provider).ok_or(PaymentError::Unknown)?;
    match provider.query(payment.id, app.clock.now()).await {
        Ok(outcome) => Ok(settle(app, &outcome, None).await?),
        // We wrote the attempt down and died before the provider heard of it: it can never be paid.
        Err(PaymentError::Unknown) if payment.state == PaymentState::Created => {
            let now = app.clock.now();
            app.db
                .write(payment.store_id, async |tx| {
                    rows::end(tx, payment.store_id, payment.id, PaymentState::Closed, now).await
                })
                .await?;
            Ok(Settled::NotPaid)
        }
        Err(error) => Err(error.into()),
    }
}

/// An order was cancelled: open charges are closed so that nobody can pay them, one that was paid a moment before is
/// settled and so returned, and what is owed is given back.
pub async fn after_cancel(app: &App, order: &Order) {
    let all = async {
        let mut read = app.db.read().await?;
        let store = stores::by_id(&mut read, order.store_id).await?;
        Ok::<_, Error>((store, rows::of_order(&mut read, order.store_id, order.id).await?))
    };
    let (store, payments) = match all.await {
        Ok((Some(store), payments)) => (store, payments),
        Ok((None, _)) => return,
        Err(error) => return tracing::warn!(order = %order.id, %error, "payments could not be read"),
    };
    for payment in payments.iter().filter(|payment| payment.is_open()) {
        if let Err(error) = close(app, payment).await {
            tracing::warn!(payment = %payment.id, %error, "a charge could not be closed; its deadline asks again");
        }
    }
    give_back(app, &store, order.id).await;
}

async fn close(app: &App, payment: &Payment) -> Result<Settled, SeekError> {
    let provider = provider(app, &payment.provider).ok_or(PaymentError::Unknown)?;
    match provider.close(payment.id, app.clock.now()).await {
        Ok(outcome) => Ok(settle(app, &outcome, None).await?),
        Err(PaymentError::Unknown) => ask(app, payment).await,
        Err(error) => Err(error.into()),
    }
}
