//! How each event is booked. Pure rules: a transaction cannot be made unless it adds up to zero.

use db::text_enum;
use kernel::{BasisPoints, Money, OrderId, PaymentId, RefundId};
use uuid::Uuid;

text_enum! {
    /// Whose money it is. A positive sum is what they have.
    pub enum Account {
        /// The buyers of the store: what they paid is negative.
        Buyers = "buyers",
        /// The merchant's, once the order is done.
        Pending = "pending",
        /// The merchant's, to be taken out.
        Available = "available",
        /// The merchant's, in their own till.
        Till = "till",
        /// The payment provider's.
        Commission = "commission",
    }
}

text_enum! {
    /// What happened.
    pub enum Kind {
        Payment = "payment",
        Commission = "commission",
        Refund = "refund",
        CommissionBack = "commission_back",
        Completion = "completion",
        Cash = "cash",
    }
}

/// Amounts that add up to zero, and what they are about. A subject is booked once for each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    pub kind: Kind,
    pub subject: Uuid,
    entries: [(Account, i64); 2],
}

impl Transaction {
    /// `amount` goes from one account to another: there is no way to write one side alone.
    fn new(kind: Kind, subject: Uuid, from: Account, to: Account, amount: i64) -> Self {
        Self { kind, subject, entries: [(from, -amount), (to, amount)] }
    }
    /// The entries; none if nothing moves.
    pub fn entries(&self) -> &[(Account, i64)] {
        if self.entries[0].1 == 0 { &[] } else { &self.entries }
    }
}

/// What the provider keeps of an amount: rounded once.
pub fn commission_of(amount: Money, rate: BasisPoints) -> Money {
    rate.of(amount)
}

pub(super) fn payment(payment: PaymentId, amount: i64) -> Transaction {
    Transaction::new(Kind::Payment, payment.uuid(), Account::Buyers, Account::Pending, amount)
}

pub(super) fn commission(payment: PaymentId, fee: i64) -> Transaction {
    Transaction::new(Kind::Commission, payment.uuid(), Account::Pending, Account::Commission, fee)
}

pub(super) fn refund(refund: RefundId, amount: i64) -> Transaction {
    Transaction::new(Kind::Refund, refund.uuid(), Account::Pending, Account::Buyers, amount)
}

pub(super) fn commission_back(refund: RefundId, fee: i64) -> Transaction {
    Transaction::new(Kind::CommissionBack, refund.uuid(), Account::Commission, Account::Pending, fee)
}

pub(super) fn completion(order: OrderId, amount: i64) -> Transaction {
    Transaction::new(Kind::Completion, order.uuid(), Account::Pending, Account::Available, amount)
}

pub(super) fn cash(order: OrderId, amount: i64) -> Transaction {
    Transaction::new(Kind::Cash, order.uuid(), Account::Buyers, Account::Till, amount)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    fn book(transactions: &[Transaction]) -> HashMap<Account, i64> {
        let mut sums = HashMap::new();
        for (account, amount) in transactions.iter().flat_map(|t| t.entries().iter().copied()) {
            *sums.entry(account).or_default() += amount;
        }
        sums
    }

    #[test]
    fn a_sale_of_100_leaves_the_merchant_99_40() {
        let (paid, order) = (PaymentId::new(), OrderId::new());
        let fee = commission_of(Money::new(10_000, Currency::SGD), BasisPoints(60)).minor;
        let sums = book(&[payment(paid, 10_000), commission(paid, fee), completion(order, 10_000 - fee)]);
        assert_eq!(sums[&Account::Available], 9_940);
        assert_eq!(
            (sums[&Account::Pending], sums[&Account::Commission], sums[&Account::Buyers]),
            (0, 60, -10_000)
        );
    }

    #[test]
    fn nothing_is_booked_for_nothing() {
        assert_eq!(commission(PaymentId::new(), 0).entries(), []);
    }

    proptest! {
        #[test]
        fn whatever_is_booked_adds_up_to_zero_and_a_refund_undoes_a_payment(
            amount in 0i64..10_000_000_000, rate in 0u32..10_000,
        ) {
            let (paid, back) = (PaymentId::new(), RefundId::new());
            let fee = commission_of(Money::new(amount, Currency::SGD), BasisPoints(rate)).minor;
            let all = [payment(paid, amount), commission(paid, fee), refund(back, amount), commission_back(back, fee)];
            for one in &all {
                prop_assert_eq!(one.entries().iter().map(|(_, amount)| amount).sum::<i64>(), 0);
            }
            prop_assert!(book(&all).values().all(|sum| *sum == 0));
            prop_assert!(fee >= 0 && fee <= amount);
        }
    }
}
