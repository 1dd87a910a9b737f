//! SQL of `ledger_entries`. There is an insert and no update.

use db::{Error, Read, Tx, row};
use kernel::{Currency, LedgerId, OrderId, StoreId, Timestamp};
use uuid::Uuid;

use super::{Account, Kind, Transaction};
use crate::orders::Order;

row! {
    /// One side of a transaction.
    #[derive(Clone, Debug)]
    pub struct Entry {
        pub id: LedgerId,
        pub account: Account,
        pub kind: Kind,
        pub subject: Uuid,
        pub order_id: OrderId,
        pub currency: Currency,
        pub amount: i64,
        pub at: Timestamp,
    }
}

row! {
    /// The sum of an account.
    #[derive(Clone, Debug)]
    pub(super) struct Sum {
        pub account: Account,
        pub amount: i64,
    }
}

row! {
    /// A transaction whose entries do not add up to zero.
    #[derive(Clone, Debug)]
    pub struct Unbalanced {
        pub store_id: StoreId,
        pub id: LedgerId,
        pub amount: i64,
    }
}

/// Books transactions about an order, both sides of each in one statement.
pub(super) async fn post(
    tx: &mut Tx,
    order: &Order,
    transactions: &[Transaction],
    now: Timestamp,
) -> Result<(), Error> {
    for transaction in transactions {
        let [(from, less), (to, more)] = transaction.entries() else { continue };
        tx.execute(
            "insert into ledger_entries (store_id, id, account, kind, subject, order_id, currency, amount, at)
             values ($1, $2, $3, $7, $8, $9, $10, $4, $11), ($1, $2, $5, $7, $8, $9, $10, $6, $11)",
            &[
                &order.store_id,
                &LedgerId::new(),
                from,
                less,
                to,
                more,
                &transaction.kind,
                &transaction.subject,
                &order.id,
                &order.currency,
                &now,
            ],
        )
        .await?;
    }
    Ok(())
}

/// What one account got from a subject.
pub(super) async fn sum_of(
    read: &mut Read,
    store: StoreId,
    kind: Kind,
    subject: Uuid,
    account: Account,
) -> Result<i64, Error> {
    read.one(
        "select cast(coalesce(sum(amount), 0) as bigint) from ledger_entries
         where store_id = $1 and kind = $2 and subject = $3 and account = $4",
        &[&store, &kind, &subject, &account],
    )
    .await
}

/// What is still pending for an order.
pub(super) async fn pending_of(read: &mut Read, store: StoreId, order: OrderId) -> Result<i64, Error> {
    read.one(
        "select cast(coalesce(sum(amount), 0) as bigint) from ledger_entries
         where store_id = $1 and order_id = $2 and account = 'pending'",
        &[&store, &order],
    )
    .await
}

pub(super) async fn sums(read: &mut Read, store: StoreId, currency: Currency) -> Result<Vec<Sum>, Error> {
    read.query(
        "select account, cast(sum(amount) as bigint) as amount from ledger_entries
         where store_id = $1 and currency = $2 group by account",
        &[&store, &currency],
    )
    .await
}

pub(super) async fn of_order(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Entry>, Error> {
    read.query(
        "select id, account, kind, subject, order_id, currency, amount, at from ledger_entries
         where store_id = $1 and order_id = $2 order by id, account",
        &[&store, &order],
    )
    .await
}

row! {
    /// An entry with the number of its order, for statements.
    pub(super) struct Posted {
        pub id: LedgerId,
        pub account: Account,
        pub kind: Kind,
        pub order_id: OrderId,
        pub number: String,
        pub amount: i64,
        pub at: Timestamp,
    }
}

/// The entries of the days from `from` to before `to`, newest first.
pub(super) async fn between(
    read: &mut Read,
    store: StoreId,
    currency: Currency,
    from: Timestamp,
    to: Timestamp,
    most: i64,
) -> Result<Vec<Posted>, Error> {
    read.query(
        "select e.id, e.account, e.kind, e.order_id, o.number, e.amount, e.at
         from ledger_entries e join orders o on o.store_id = e.store_id and o.id = e.order_id
         where e.store_id = $1 and e.currency = $2 and e.at >= $3 and e.at < $4
         order by e.id desc, e.account limit $5",
        &[&store, &currency, &from, &to, &most],
    )
    .await
}

pub(super) async fn unbalanced(read: &mut Read) -> Result<Vec<Unbalanced>, Error> {
    read.query(
        "select store_id, id, cast(sum(amount) as bigint) as amount from ledger_entries
         group by store_id, id, currency having sum(amount) <> 0 limit 100",
        &[],
    )
    .await
}
