//! One quote: every charge with its reason, and each line's share of it, frozen so that a refund gives back exactly
//! what the line brought.

use db::text_enum;
use kernel::{Currency, Money, share_out};
use serde::{Deserialize, Serialize};

/// One line to be priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedLine {
    pub quantity: i64,
    /// Minor units for one piece, as it usually costs.
    pub unit_price: i64,
    pub special: Option<SpecialPrice>,
}

/// What one piece costs instead, and the reason that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialPrice {
    pub reason: Reason,
    pub price: i64,
}

impl PricedLine {
    /// What one piece is shown to cost, before anything is taken off: what was won for more is shown at that.
    pub fn shown_price(&self) -> i64 {
        self.special.map_or(self.unit_price, |special| special.price.max(self.unit_price))
    }
    /// What one piece costs in the end, before freight.
    pub fn paid_price(&self) -> i64 {
        self.special.map_or(self.unit_price, |special| special.price)
    }
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
    /// Why something is charged, or taken off.
    pub enum Reason {
        Goods = "goods",
        /// Taken off, because the buyer comes from a live room.
        Live = "live",
        /// Taken off, because the buyer was quick.
        Flash = "flash",
        /// Taken off, because the buyer won it.
        Won = "won",
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
    /// Minor units; below zero for what is taken off.
    pub amount: i64,
}

/// What one line of goods takes of each charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub goods: i64,
    /// Taken off the goods; never more than they cost.
    pub discount: i64,
    pub freight: i64,
}

impl Share {
    /// What the line brings.
    pub fn total(&self) -> i64 {
        self.goods - self.discount + self.freight
    }
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

/// What is taken off, in the order in which it is told.
const DISCOUNTS: [Reason; 3] = [Reason::Live, Reason::Flash, Reason::Won];

/// Prices the lines.
pub fn quote(lines: &[PricedLine], freight: Freight, currency: Currency) -> Result<Quote, QuoteError> {
    let shares = lines.iter().map(goods_share).collect::<Result<Vec<Share>, QuoteError>>()?;
    let mut charges = vec![Charge { reason: Reason::Goods, amount: sum(shares.iter().map(|s| s.goods))? }];
    for reason in DISCOUNTS {
        let of_reason = lines.iter().zip(&shares);
        let of_reason = of_reason.filter(|(line, _)| line.special.is_some_and(|s| s.reason == reason));
        let off = sum(of_reason.map(|(_, share)| share.discount))?;
        if off > 0 {
            charges.push(Charge { reason, amount: -off });
        }
    }
    let worth = sum(charges.iter().map(|charge| charge.amount))?;
    let bringing = match freight {
        Freight::PickUp => Charge { reason: Reason::PickUp, amount: 0 },
        Freight::Delivery { free_above: Some(least), fee } if fee > 0 && worth >= least => {
            Charge { reason: Reason::FreightFree, amount: 0 }
        }
        Freight::Delivery { fee, .. } => Charge { reason: Reason::Freight, amount: fee },
    };
    charges.push(bringing);
    let total = worth.checked_add(bringing.amount).ok_or(QuoteError)?;
    let weights: Vec<u64> = shares.iter().map(|s| (s.goods - s.discount).unsigned_abs()).collect();
    let freights = share_out(bringing.amount, &weights);
    let shares =
        shares.into_iter().zip(freights).map(|(share, freight)| Share { freight, ..share }).collect();
    Ok(Quote { currency, charges, total, shares })
}

/// The line's goods and what is taken off them.
fn goods_share(line: &PricedLine) -> Result<Share, QuoteError> {
    let times = |price: i64| price.checked_mul(line.quantity).ok_or(QuoteError);
    let goods = times(line.shown_price())?;
    Ok(Share { goods, discount: goods - times(line.paid_price())?, freight: 0 })
}

fn sum(mut amounts: impl Iterator<Item = i64>) -> Result<i64, QuoteError> {
    amounts.try_fold(0i64, i64::checked_add).ok_or(QuoteError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SGD: Currency = Currency::SGD;

    fn line(quantity: i64, unit_price: i64) -> PricedLine {
        PricedLine { quantity, unit_price, special: None }
    }

    fn special(quantity: i64, unit_price: i64, reason: Reason, price: i64) -> PricedLine {
        PricedLine { special: Some(SpecialPrice { reason, price }), ..line(quantity, unit_price) }
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
    fn what_is_taken_off_stands_under_the_goods_with_its_reason() {
        let lines = [special(2, 580, Reason::Live, 480), line(1, 890), special(1, 700, Reason::Flash, 100)];
        let quote = quote(&lines, Freight::Delivery { fee: 500, free_above: Some(2750) }, SGD).unwrap();
        let charges: Vec<_> = quote.charges.iter().map(|c| (c.reason, c.amount)).collect();
        let expected = [
            (Reason::Goods, 2750),
            (Reason::Live, -200),
            (Reason::Flash, -600),
            // What is taken off does not count towards free freight.
            (Reason::Freight, 500),
        ];
        assert_eq!((charges, quote.total), (expected.to_vec(), 2450));
        assert_eq!(
            quote.shares.iter().map(|s| (s.goods, s.discount)).collect::<Vec<_>>(),
            [(1160, 200), (890, 0), (700, 600)]
        );
    }

    #[test]
    fn what_was_won_for_more_than_it_usually_costs_is_charged_at_that_and_nothing_is_taken_off() {
        let quote = quote(&[special(1, 500, Reason::Won, 900)], Freight::PickUp, SGD).unwrap();
        let charges: Vec<_> = quote.charges.iter().map(|c| (c.reason, c.amount)).collect();
        assert_eq!((charges, quote.total), (vec![(Reason::Goods, 900), (Reason::PickUp, 0)], 900));
    }

    #[test]
    fn a_sum_that_cannot_be_counted_is_refused() {
        assert_eq!(quote(&[line(i64::MAX, 2)], Freight::PickUp, SGD), Err(QuoteError));
        assert_eq!(quote(&[line(1, i64::MAX), line(1, 1)], Freight::PickUp, SGD), Err(QuoteError));
    }

    /// A line with or without a special price, which may be above the usual one.
    fn any_line() -> impl Strategy<Value = PricedLine> {
        let reasons = proptest::sample::select(&DISCOUNTS);
        let special = proptest::option::of((reasons, 1i64..10_000_000));
        (1i64..1000, 0i64..10_000_000, special).prop_map(|(quantity, unit_price, special)| PricedLine {
            quantity,
            unit_price,
            special: special.map(|(reason, price)| SpecialPrice { reason, price }),
        })
    }

    proptest! {
        #[test]
        fn charges_and_shares_both_add_up_to_the_total(
            lines in proptest::collection::vec(any_line(), 1..200),
            fee in 0i64..100_000,
            free_above in proptest::option::of(1i64..1_000_000_000),
        ) {
            let quote = quote(&lines, Freight::Delivery { fee, free_above }, SGD).unwrap();
            prop_assert_eq!(quote.charges.iter().map(|c| c.amount).sum::<i64>(), quote.total);
            prop_assert_eq!(quote.shares.iter().map(Share::total).sum::<i64>(), quote.total);
            prop_assert!(quote.shares.iter().all(|s| s.freight >= 0 && 0 <= s.discount && s.discount <= s.goods),
                "nobody pays less than nothing");
            prop_assert_eq!(quote.shares.len(), lines.len());
            for (line, share) in lines.iter().zip(&quote.shares) {
                prop_assert_eq!(share.goods - share.discount, line.paid_price() * line.quantity);
            }
            for reason in DISCOUNTS {
                let off: i64 = lines.iter().zip(&quote.shares)
                    .filter(|(line, _)| line.special.is_some_and(|s| s.reason == reason))
                    .map(|(_, share)| share.discount).sum();
                let told: Vec<i64> = quote.charges.iter().filter(|c| c.reason == reason).map(|c| c.amount).collect();
                prop_assert_eq!(told, if off == 0 { vec![] } else { vec![-off] }, "told once, if at all");
            }
        }
    }
}
