//! The one place where the provider's word about a charge becomes ours, whoever brought it: the buyer's browser
//! coming back, a notification, or a question we asked. Any number of times, with the same result.

use db::{Error, Tx, deadlines};
use gateways::payments::{ChargeState, Outcome};
use kernel::{PaymentId, Timestamp};
use stores::Store;
use web::App;

use super::{Payment, PaymentState, QUERY_DEADLINE, RefundReason, give_back, refund, rows};
use crate::{
    ledger,
    orders::{self, MoveError, Order, Step},
};

/// What settling came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The order is paid by this.
    Paid,
    /// It was known before.
    Known,
    /// Not paid: failed or closed.
    NotPaid,
    /// The provider waits for the buyer.
    Waiting,
    /// The money came when the order no longer wanted it; it goes back by itself.
    Returned,
}

/// Why the provider's word was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    #[error("no attempt to pay has this id")]
    Unknown,
    /// What was charged is not what was asked for. Nothing is settled; somebody must look.
    #[error("asked for {asked}, charged {charged}")]
    Mismatch { asked: kernel::Money, charged: kernel::Money },
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<SettleError> for web::Error {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Unknown => web::Error::NotFound,
            SettleError::Mismatch { asked, charged } => {
                tracing::error!(%asked, %charged, "a payment of another amount was refused");
                web::Error::Conflict("pay-mismatch")
            }
            SettleError::Move(error) => error.into(),
            SettleError::Db(error) => error.into(),
        }
    }
}

/// Takes an outcome in. `event`: the notification that told it, as (provider, event id).
pub async fn settle(
    app: &App,
    outcome: &Outcome,
    event: Option<(&str, &str)>,
) -> Result<Settled, SettleError> {
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let seen = rows::find(&mut read, outcome.reference).await?.ok_or(SettleError::Unknown)?;
    let store = stores::by_id(&mut read, seen.store_id).await?.ok_or(SettleError::Unknown)?;
    drop(read);
    let settled = app
        .db
        .write(store.id, async |tx| {
            if let Some((provider, event)) = event
                && !rows::hear(tx, provider, event, now).await?
            {
                return Ok(Settled::Known);
            }
            take_in(tx, &store, seen.id, outcome, now).await
        })
        .await?;
    if settled == Settled::Returned {
        give_back(app, &store, seen.order_id).await;
    }
    Ok(settled)
}

async fn take_in(
    tx: &mut Tx,
    store: &Store,
    id: PaymentId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Settled, SettleError> {
    let payment = rows::get(tx, store.id, id).await?.ok_or(SettleError::Unknown)?;
    let ended = match outcome.state {
        ChargeState::Pending => return Ok(Settled::Waiting),
        ChargeState::Succeeded => PaymentState::Succeeded,
        ChargeState::Failed => PaymentState::Failed,
        ChargeState::Closed => PaymentState::Closed,
    };
    if ended == PaymentState::Succeeded && outcome.amount != payment.money() {
        return Err(SettleError::Mismatch { asked: payment.money(), charged: outcome.amount });
    }
    if !rows::end(tx, store.id, id, ended, now).await? {
        return Ok(Settled::Known);
    }
    deadlines::clear(tx, store.id, QUERY_DEADLINE, id).await?;
    if ended != PaymentState::Succeeded {
        return Ok(Settled::NotPaid);
    }
    let order = orders::get(tx, store.id, payment.order_id).await?.ok_or(Error::Missing)?;
    ledger::take_payment(tx, &order, id, store.commission, now).await?;
    if order.state.step() == Step::Unpaid {
        orders::take_payment(tx, &order, now).await?;
        return Ok(Settled::Paid);
    }
    return_it(tx, &order, &payment, now).await?;
    Ok(Settled::Returned)
}

/// The money is not wanted any more: what is held for the buyer is gone, or was paid before.
async fn return_it(tx: &mut Tx, order: &Order, payment: &Payment, now: Timestamp) -> Result<(), SettleError> {
    let why = match order.state.step() {
        Step::Cancelled | Step::Refunded => RefundReason::Late,
        _ => RefundReason::Surplus,
    };
    orders::note_late_payment(tx, order, now).await?;
    refund::owe(tx, payment, why, now).await?;
    Ok(())
}
