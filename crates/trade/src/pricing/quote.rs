//! One quote: every charge with its reason, and each line's share of it, frozen so that a refund gives back exactly
//! what the line brought.

use db::text_enum;
use kernel::{Currency, Money, share_out};
use serde::{Deserialize, Serialize};

/// One line to be priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedLine {
    pub quantity: i64,
    /// Minor units for one piece.
    pub unit_price: i64,
}

/// What bringing the goods costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freight {
    /// The buyer fetches them.
    PickUp,
    /// The store sends them; free from `free_above` of goods on.
    Delivery { fee: i64, free_above: Option<i64> },
}

text_enum! {
    /// Why something is charged; the key of its words is `pricing-{reason}`.
    pub enum Reason {
        Goods = "goods",
        Freight = "freight",
        /// Nothing, because the goods are worth enough.
        FreightFree = "freight_free",
        /// Nothing, because the buyer comes.
        PickUp = "pick_up",
    }
}

/// One line of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub reason: Reason,
    /// Minor units.
    pub amount: i64,
}

/// What one line of goods takes of each charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub goods: i64,
    pub freight: i64,
}

/// What is to be paid, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub currency: Currency,
    pub charges: Vec<Charge>,
    pub total: i64,
    /// In the order of the lines.
    pub shares: Vec<Share>,
}

impl Quote {
    pub fn money(&self) -> Money {
        Money::new(self.total, self.currency)
    }
}

/// The sum is beyond what can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the total is too large")]
pub struct QuoteError;

/// Prices the lines.
pub fn quote(lines: &[PricedLine], freight: Freight, currency: Currency) -> Result<Quote, QuoteError> {
    let mut goods = Vec::with_capacity(lines.len());
    let mut sum = 0i64;
    for line in lines {
        let amount = line.unit_price.checked_mul(line.quantity).ok_or(QuoteError)?;
        sum = sum.checked_add(amount).ok_or(QuoteError)?;
        goods.push(amount);
    }
    let bringing = match freight {
        Freight::PickUp => Charge { reason: Reason::PickUp, amount: 0 },
        Freight::Delivery { free_above: Some(least), fee } if fee > 0 && sum >= least => {
            Charge { reason: Reason::FreightFree, amount: 0 }
        }
        Freight::Delivery { fee, .. } => Charge { reason: Reason::Freight, amount: fee },
    };
    let total = sum.checked_add(bringing.amount).ok_or(QuoteError)?;
    let weights: Vec<u64> = goods.iter().map(|amount| amount.unsigned_abs()).collect();
    let freight_shares = share_out(bringing.amount, &weights);
    let shares = goods.iter().zip(freight_shares);
    Ok(Quote {
        currency,
        charges: vec![Charge { reason: Reason::Goods, amount: sum }, bringing],
        total,
        shares: shares.map(|(goods, freight)| Share { goods: *goods, freight }).collect(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SGD: Currency = Currency::SGD;

    fn line(quantity: i64, unit_price: i64) -> PricedLine {
        PricedLine { quantity, unit_price }
    }

    #[test]
    fn every_charge_has_its_reason() {
        let lines = [line(2, 580), line(1, 890)];
        let charges = |freight| {
            let quote = quote(&lines, freight, SGD).unwrap();
            (quote.charges.iter().map(|c| (c.reason, c.amount)).collect::<Vec<_>>(), quote.total)
        };
        let delivery = |free_above| Freight::Delivery { fee: 500, free_above };
        let goods = (Reason::Goods, 2050);
        assert_eq!(charges(Freight::PickUp), (vec![goods, (Reason::PickUp, 0)], 2050));
        assert_eq!(charges(delivery(Some(2051))), (vec![goods, (Reason::Freight, 500)], 2550));
        assert_eq!(charges(delivery(Some(2050))), (vec![goods, (Reason::FreightFree, 0)], 2050));
        assert_eq!(charges(delivery(None)), (vec![goods, (Reason::Freight, 500)], 2550));
    }

    #[test]
    fn a_sum_that_cannot_be_counted_is_refused() {
        assert_eq!(quote(&[line(i64::MAX, 2)], Freight::PickUp, SGD), Err(QuoteError));
        assert_eq!(quote(&[line(1, i64::MAX), line(1, 1)], Freight::PickUp, SGD), Err(QuoteError));
    }

    proptest! {
        #[test]
        fn charges_and_shares_both_add_up_to_the_total(
            lines in proptest::collection::vec((1i64..1000, 0i64..10_000_000), 1..200),
            fee in 0i64..100_000,
            free_above in proptest::option::of(1i64..1_000_000_000),
        ) {
            let lines: Vec<_> = lines.into_iter().map(|(q, p)| line(q, p)).collect();
            let quote = quote(&lines, Freight::Delivery { fee, free_above }, SGD).unwrap();
            prop_assert_eq!(quote.charges.iter().map(|c| c.amount).sum::<i64>(), quote.total);
            prop_assert_eq!(quote.shares.iter().map(|s| s.goods + s.freight).sum::<i64>(), quote.total);
            prop_assert!(quote.shares.iter().all(|s| s.goods >= 0 && s.freight >= 0), "nobody pays less than nothing");
            prop_assert_eq!(quote.shares.len(), lines.len());
        }
    }
}
