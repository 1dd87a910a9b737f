//! SQL of `payments`, `payment_notifications` and `refunds`.

use db::{Error, Read, Tx, row};
use kernel::{Currency, Money, OrderId, PaymentId, RefundId, StoreId, Timestamp};

use super::{PaymentState, RefundReason, RefundState};

row! {
    /// An attempt to pay.
    #[derive(Clone, Debug)]
    pub struct Payment {
        pub store_id: StoreId,
        pub id: PaymentId,
        pub order_id: OrderId,
        pub provider: String,
        pub amount: i64,
        pub currency: Currency,
        pub state: PaymentState,
        pub reference: Option<String>,
        pub pay_url: Option<String>,
        pub created_at: Timestamp,
        pub settled_at: Option<Timestamp>,
    }
}

impl Payment {
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
    /// Whether the provider may still say that it was paid.
    pub fn is_open(&self) -> bool {
        matches!(self.state, PaymentState::Created | PaymentState::Pending)
    }
}

row! {
    /// Money on its way back.
    #[derive(Clone, Debug)]
    pub struct Refund {
        pub store_id: StoreId,
        pub id: RefundId,
        pub order_id: OrderId,
        pub payment_id: PaymentId,
        pub amount: i64,
        pub why: RefundReason,
        pub state: RefundState,
    }
}

macro_rules! payments {
    ($rest:literal) => {
        concat!(
            "select store_id, id, order_id, provider, amount, currency, state, reference, pay_url, created_at, settled_at \
             from payments ",
            $rest
        )
    };
}

pub(super) async fn insert(tx: &mut Tx, payment: &Payment) -> Result<(), Error> {
    tx.execute(
        "insert into payments (store_id, id, order_id, provider, amount, currency, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &payment.store_id,
            &payment.id,
            &payment.order_id,
            &payment.provider,
            &payment.amount,
            &payment.currency,
            &payment.state,
            &payment.created_at,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn find(read: &mut Read, id: PaymentId) -> Result<Option<Payment>, Error> {
    read.query_opt(payments!("where id = $1"), &[&id]).await
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: PaymentId) -> Result<Option<Payment>, Error> {
    read.query_opt(payments!("where store_id = $1 and id = $2"), &[&store, &id]).await
}

pub(super) async fn of_order(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Payment>, Error> {
    read.query(payments!("where store_id = $1 and order_id = $2 order by id"), &[&store, &order]).await
}

/// The provider has answered where to pay.
pub(super) async fn set_pending(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    reference: &str,
    pay_url: &str,
) -> Result<(), Error> {
    tx.execute(
        "update payments set state = case when state = 'created' then 'pending' else state end, reference = $3, pay_url = $4
         where store_id = $1 and id = $2",
        &[&store, &id, &reference, &pay_url],
    )
    .await?;
    Ok(())
}

/// Ends an attempt, if it has not ended that way; money that arrives overrules an earlier end. Answers whether it did.
pub(super) async fn end(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    state: PaymentState,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = match state {
        PaymentState::Succeeded => {
            tx.execute(
                "update payments set state = $3, settled_at = $4
                 where store_id = $1 and id = $2 and state not in ('succeeded', 'refunded')",
                &[&store, &id, &state, &now],
            )
            .await?
        }
        _ => {
            tx.execute(
                "update payments set state = $3, settled_at = $4
                 where store_id = $1 and id = $2 and state in ('created', 'pending')",
                &[&store, &id, &state, &now],
            )
            .await?
        }
    };
    Ok(rows == 1)
}

/// Notes that an event was heard; answers whether it is the first time.
pub(super) async fn hear(tx: &mut Tx, provider: &str, event_id: &str, now: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into payment_notifications (provider, event_id, at) values ($1, $2, $3)
             on conflict (provider, event_id) do nothing",
            &[&provider, &event_id, &now],
        )
        .await?;
    Ok(rows == 1)
}

/// Owes a refund, once for each payment.
pub(super) async fn insert_refund(tx: &mut Tx, refund: &Refund, now: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into refunds (store_id, id, order_id, payment_id, amount, why, state, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (store_id, payment_id) do nothing",
            &[
                &refund.store_id,
                &refund.id,
                &refund.order_id,
                &refund.payment_id,
                &refund.amount,
                &refund.why,
                &refund.state,
                &now,
            ],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn refund(read: &mut Read, store: StoreId, id: RefundId) -> Result<Option<Refund>, Error> {
    read.query_opt(
        "select store_id, id, order_id, payment_id, amount, why, state from refunds where store_id = $1 and id = $2",
        &[&store, &id],
    )
    .await
}

/// The refunds of an order that the provider has not taken yet.
pub(super) async fn refunds_owed(
    read: &mut Read,
    store: StoreId,
    order: OrderId,
) -> Result<Vec<Refund>, Error> {
    read.query(
        "select store_id, id, order_id, payment_id, amount, why, state from refunds
         where store_id = $1 and order_id = $2 and state = 'owed' order by id",
        &[&store, &order],
    )
    .await
}

/// Money for an order that it did not want: it came too late, or a second time. The newest last.
pub(super) async fn unwanted(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Refund>, Error> {
    read.query(
        "select store_id, id, order_id, payment_id, amount, why, state from refunds
         where store_id = $1 and order_id = $2 and why in ('late', 'surplus') order by id",
        &[&store, &order],
    )
    .await
}

/// The provider gave the money back; answers whether this is the first to say so.
pub(super) async fn end_refund(
    tx: &mut Tx,
    refund: &Refund,
    reference: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update refunds set state = 'done', reference = $3, done_at = $4
             where store_id = $1 and id = $2 and state = 'owed'",
            &[&refund.store_id, &refund.id, &reference, &now],
        )
        .await?;
    if rows == 1 {
        tx.execute(
            "update payments set state = 'refunded' where store_id = $1 and id = $2",
            &[&refund.store_id, &refund.payment_id],
        )
        .await?;
    }
    Ok(rows == 1)
}
