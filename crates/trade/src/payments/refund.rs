//! Giving money back: owed in the transaction that makes it owed, given by the provider afterwards, and tried again
//! until the provider has taken it.

use std::time::Duration;

use db::{Error, Tx, deadlines};
use gateways::payments::{NewRefund, PaymentError};
use kernel::{Money, OrderId, RefundId, Timestamp};
use stores::Store;
use web::App;

use super::{Payment, PaymentState, REFUND_DEADLINE, Refund, RefundReason, RefundState, provider, rows};
use crate::{
    ledger,
    orders::{self, MoveError, Order, Step},
};

/// When a refund is tried again by its deadline.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Owes back what was paid for the order, in the transaction that cancels it.
pub async fn owe_refund(tx: &mut Tx, order: &Order, now: Timestamp) -> Result<(), Error> {
    let payments = rows::of_order(tx, order.store_id, order.id).await?;
    for payment in payments.iter().filter(|payment| payment.state == PaymentState::Succeeded) {
        owe(tx, payment, RefundReason::Cancelled, now).await?;
    }
    Ok(())
}

pub(super) async fn owe(
    tx: &mut Tx,
    payment: &Payment,
    why: RefundReason,
    now: Timestamp,
) -> Result<(), Error> {
    let refund = Refund {
        store_id: payment.store_id,
        id: RefundId::new(),
        order_id: payment.order_id,
        payment_id: payment.id,
        amount: payment.amount,
        why,
        state: RefundState::Owed,
    };
    if rows::insert_refund(tx, &refund, now).await? {
        deadlines::set(tx, payment.store_id, REFUND_DEADLINE, refund.id, now + TRY_AGAIN_AFTER).await?;
    }
    Ok(())
}

/// Gives back everything that is owed for the order. What the provider does not take now, the deadline tries again.
pub async fn give_back(app: &App, store: &Store, order: OrderId) {
    let owed = async {
        let mut read = app.db.read().await?;
        rows::refunds_owed(&mut read, store.id, order).await
    };
    match owed.await {
        Ok(owed) => {
            for refund in owed {
                if let Err(error) = send(app, &refund).await {
                    tracing::warn!(refund = %refund.id, %error, "a refund will be tried again");
                }
            }
        }
        Err(error) => tracing::warn!(%order, %error, "refunds will be tried again"),
    }
}

/// Why a refund is not given yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefundError {
    #[error(transparent)]
    Provider(#[from] PaymentError),
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error(transparent)]
    Db(#[from] Error),
}

/// The deadline of a refund has come.
pub(crate) async fn send_again(app: &App, store: kernel::StoreId, id: RefundId) -> Result<(), RefundError> {
    let mut read = app.db.read().await?;
    let owed = rows::refund(&mut read, store, id).await?.filter(|refund| refund.state == RefundState::Owed);
    drop(read);
    match owed {
        Some(refund) => send(app, &refund).await,
        None => {
            Ok(app.db.write(store, async |tx| deadlines::clear(tx, store, REFUND_DEADLINE, id).await).await?)
        }
    }
}

/// Asks the provider, then books it. The refund's id makes asking again the same refund.
async fn send(app: &App, refund: &Refund) -> Result<(), RefundError> {
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let payment = rows::get(&mut read, refund.store_id, refund.payment_id).await?.ok_or(Error::Missing)?;
    drop(read);
    let provider = provider(app, &payment.provider).ok_or(PaymentError::Unknown)?;
    let asked = NewRefund {
        reference: refund.id,
        payment: payment.id,
        amount: Money::new(refund.amount, payment.currency),
    };
    let reference = provider.refund(&asked, now).await?;
    app.db
        .write(refund.store_id, async |tx| {
            if rows::end_refund(tx, refund, &reference, now).await? {
                book(tx, refund, now).await?;
            }
            deadlines::clear(tx, refund.store_id, REFUND_DEADLINE, refund.id).await?;
            Ok(())
        })
        .await
}

async fn book(tx: &mut Tx, refund: &Refund, now: Timestamp) -> Result<(), RefundError> {
    let order = orders::get(tx, refund.store_id, refund.order_id).await?.ok_or(Error::Missing)?;
    ledger::give_back(tx, &order, refund.payment_id, refund.id, now).await?;
    match refund.why {
        RefundReason::Cancelled | RefundReason::Late if order.state.step() == Step::Cancelled => {
            orders::note_refunded(tx, &order, refund.amount, now).await?;
        }
        _ => orders::note_surplus_returned(tx, &order, now).await?,
    }
    Ok(())
}
