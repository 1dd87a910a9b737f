//! Every unit of money, booked twice. The entries of a transaction add up to zero; what is owed to a merchant is the
//! sum of their accounts, not a number somebody keeps.

mod api;
mod book;
mod pages;
mod rows;
mod statement;

use db::{Error, Read, Tx};
use kernel::{BasisPoints, Money, PaymentId, RefundId, StoreId, Timestamp};
use stores::Store;

pub(crate) use api::api;
pub use book::{Account, Kind, Transaction, commission_of};
pub use pages::routes;
pub use rows::{Entry, Unbalanced};
pub use statement::{Line, Statement, statement};

use crate::orders::Order;

/// The buyer paid online: what the order cost is the merchant's, less the provider's commission, once it completes.
pub(crate) async fn take_payment(
    tx: &mut Tx,
    order: &Order,
    payment: PaymentId,
    commission: BasisPoints,
    now: Timestamp,
) -> Result<(), Error> {
    let fee = commission_of(order.money(), commission);
    rows::post(tx, order, &[book::payment(payment, order.total), book::commission(payment, fee.minor)], now)
        .await
}

/// A payment went back whole, and the provider's commission with it.
pub(crate) async fn give_back(
    tx: &mut Tx,
    order: &Order,
    payment: PaymentId,
    refund: RefundId,
    now: Timestamp,
) -> Result<(), Error> {
    let taken = rows::sum_of(tx, order.store_id, Kind::Payment, payment.uuid(), Account::Pending).await?;
    let fee = rows::sum_of(tx, order.store_id, Kind::Commission, payment.uuid(), Account::Commission).await?;
    rows::post(tx, order, &[book::refund(refund, taken), book::commission_back(refund, fee)], now).await
}

/// The clerk took the price at the counter: the money is in the merchant's till, and nobody takes a commission.
pub(crate) async fn take_cash(tx: &mut Tx, order: &Order, now: Timestamp) -> Result<(), Error> {
    rows::post(tx, order, &[book::cash(order.id, order.total)], now).await
}

/// The order is done: what was pending for it is now the merchant's to take.
pub(crate) async fn complete(tx: &mut Tx, order: &Order, now: Timestamp) -> Result<(), Error> {
    let pending = rows::pending_of(tx, order.store_id, order.id).await?;
    rows::post(tx, order, &[book::completion(order.id, pending)], now).await
}

/// What a merchant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Paid for orders that are not done.
    pub pending: Money,
    /// Can be taken out.
    pub available: Money,
    /// Was taken at the counter and is in the till already.
    pub till: Money,
    /// What the provider has kept so far.
    pub commission: Money,
}

pub async fn balance(read: &mut Read, store: &Store) -> Result<Balance, Error> {
    let sums = rows::sums(read, store.id, store.currency).await?;
    let of = |account| {
        let sum = sums.iter().find(|sum| sum.account == account).map_or(0, |sum| sum.amount);
        Money::new(sum, store.currency)
    };
    Ok(Balance {
        pending: of(Account::Pending),
        available: of(Account::Available),
        till: of(Account::Till),
        commission: of(Account::Commission),
    })
}

/// The transactions that do not add up to zero. There are none; `ministore doctor` and tests ask.
pub async fn unbalanced(read: &mut Read) -> Result<Vec<Unbalanced>, Error> {
    rows::unbalanced(read).await
}

/// Every entry that an order caused, oldest first.
pub async fn of_order(read: &mut Read, store: StoreId, order: kernel::OrderId) -> Result<Vec<Entry>, Error> {
    rows::of_order(read, store, order).await
}
