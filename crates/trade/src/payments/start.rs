//! Begins to pay an order: record the attempt, commit, ask the provider, record the answer.

use std::time::Duration;

use db::{Error, deadlines};
use gateways::payments::{NewCharge, PaymentError, Sandbox};
use kernel::{AccountId, OrderId, PaymentId};
use stores::Store;
use web::App;

use super::{Payment, PaymentState, QUERY_DEADLINE, provider, rows};
use crate::orders::{self, NotAllowed, Order, State};

/// When a payment that nobody heard of is asked about for the first time.
pub(super) const ASK_AFTER: Duration = Duration::from_secs(120);

/// Why the buyer cannot pay now.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is no such order")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Provider(#[from] PaymentError),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<StartError> for web::Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::NotFound => web::Error::NotFound,
            StartError::NotAllowed(_) => web::Error::Conflict("pay-not-due"),
            StartError::Provider(PaymentError::Unreachable(reason)) => {
                tracing::warn!(reason, "the payment provider cannot be reached");
                web::Error::Unavailable
            }
            StartError::Provider(_) => web::Error::Conflict("pay-refused"),
            StartError::Db(error) => error.into(),
        }
    }
}

/// The attempt to pay this order, with where to do it. An attempt that is still open is used again, so that pressing
/// twice does not charge twice.
pub async fn start(app: &App, store: &Store, buyer: AccountId, id: OrderId) -> Result<Payment, StartError> {
    let now = app.clock.now();
    let (order, payment) = app
        .db
        .write(store.id, async |tx| {
            let order = orders::get_of_buyer(tx, store.id, buyer, id).await?.ok_or(StartError::NotFound)?;
            let State::Unpaid { pay_by } = order.state else {
                return Err(StartError::from(NotAllowed(order.state.step())));
            };
            if now >= pay_by {
                return Err(StartError::from(NotAllowed(order.state.step())));
            }
            let open = rows::of_order(tx, store.id, id).await?.into_iter().rfind(Payment::is_open);
            if let Some(open) = open {
                return Ok((order, open));
            }
            let payment = attempt(&order, now);
            rows::insert(tx, &payment).await?;
            deadlines::set(tx, store.id, QUERY_DEADLINE, payment.id, now + ASK_AFTER).await?;
            Ok((order, payment))
        })
        .await?;
    if payment.pay_url.is_some() {
        return Ok(payment);
    }
    ask(app, store, &order, payment).await
}

fn attempt(order: &Order, now: kernel::Timestamp) -> Payment {
    Payment {
        store_id: order.store_id,
        id: PaymentId::new(),
        order_id: order.id,
        provider: Sandbox::NAME.to_owned(),
        amount: order.total,
        currency: order.currency,
        state: PaymentState::Created,
        reference: None,
        pay_url: None,
        created_at: now,
        settled_at: None,
    }
}

/// Asks the provider, outside any transaction. The attempt's id makes asking again the same charge.
async fn ask(app: &App, store: &Store, order: &Order, payment: Payment) -> Result<Payment, StartError> {
    let provider = provider(app, &payment.provider).ok_or(PaymentError::Unknown)?;
    let now = app.clock.now();
    let charge = NewCharge {
        reference: payment.id,
        description: format!("{} · {}", store.name, order.number),
        amount: payment.money(),
        return_url: format!("/s/{}/orders/{}/return", store.handle, order.id),
        expires_at: order.state.due_at().unwrap_or(now),
    };
    let created = provider.create(&charge, now).await?;
    app.db
        .write(store.id, async |tx| {
            rows::set_pending(tx, store.id, payment.id, &created.provider_reference, &created.pay_url).await
        })
        .await?;
    Ok(Payment {
        state: PaymentState::Pending,
        reference: Some(created.provider_reference),
        pay_url: Some(created.pay_url),
        ..payment
    })
}
