//! What a bid makes of an auction, and who is next in line. Pure rules over amounts in minor units: no SQL, no clock.
//!
//! A bidder names an amount and may leave a maximum with it. The room bids for them up to that, and no further than it
//! takes: who leads pays one increment more than the next best maximum, or what they said aloud, never above their own
//! maximum. Of two equal maxima the earlier leads.

use std::time::Duration;

use kernel::{AccountId, Timestamp};

/// A bid that comes with less time left makes it so much again.
pub const RESET: Duration = Duration::from_secs(10);

/// Nobody bids again faster, whatever way they came.
pub const FASTEST: Duration = Duration::from_millis(500);

/// Whether a bid comes sooner after the bidder's last one than people bid.
pub fn is_too_fast(last: Timestamp, now: Timestamp) -> bool {
    now < last + FASTEST
}

/// What was settled when the bidding opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub start: i64,
    pub increment: i64,
    /// Below this it is not sold. Whoever would pay it is raised to it at once.
    pub reserve: Option<i64>,
    /// A late bid does not move the end.
    pub fixed_end: bool,
}

impl Terms {
    /// The price, if who leads would pay `max`.
    fn lifted(&self, price: i64, max: i64) -> i64 {
        match self.reserve {
            Some(reserve) if max >= reserve => price.max(reserve),
            _ => price,
        }
    }

    /// The least that the next bidder must say.
    pub fn least(&self, price: i64, is_led: bool) -> i64 {
        if is_led { price + self.increment } else { price }
    }

    /// Whether it is sold at this price.
    pub fn sells_at(&self, price: i64) -> bool {
        self.reserve.is_none_or(|reserve| price >= reserve)
    }

    /// When it ends, after a bid at `now`.
    pub fn end_after(&self, ends_at: Timestamp, now: Timestamp) -> Timestamp {
        if self.fixed_end { ends_at } else { ends_at.max(now + RESET) }
    }
}

/// A bid: an amount that is said aloud, and the most the bidder would pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    pub bidder: AccountId,
    pub amount: i64,
    /// Not below the amount.
    pub max: i64,
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leader {
    pub bidder: AccountId,
    pub max: i64,
}

/// What stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Before the first bid, the starting price.
    pub price: i64,
    pub leader: Option<Leader>,
}

/// The next bid is at least so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the next bid is at least {0}")]
pub struct TooLow(pub i64);

impl Standing {
    /// The least that the next bidder must say.
    pub fn least(&self, terms: &Terms) -> i64 {
        terms.least(self.price, self.leader.is_some())
    }

    /// What the bid makes of it. Who leads raises the own maximum by another bid, and not the price; one that is not
    /// above it changes nothing, so that a bid that comes twice is one.
    pub fn take(self, terms: &Terms, bid: Bid) -> Result<Standing, TooLow> {
        let own = Leader { bidder: bid.bidder, max: bid.max };
        let (price, leader) = match self.leader {
            Some(leader) if leader.bidder == bid.bidder => {
                (self.price, Leader { max: leader.max.max(bid.max), ..leader })
            }
            _ if bid.amount < self.least(terms) => return Err(TooLow(self.least(terms))),
            None => (bid.amount, own),
            Some(leader) if bid.max > leader.max => {
                (bid.amount.max((leader.max + terms.increment).min(bid.max)), own)
            }
            Some(leader) => ((bid.max + terms.increment).min(leader.max), leader),
        };
        Ok(Standing { price: terms.lifted(price, leader.max), leader: Some(leader) })
    }
}

/// What someone bid in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bidder {
    pub account: AccountId,
    /// The highest amount that was said aloud.
    pub bid: i64,
    pub max: i64,
}

/// What the best of those still in the running owes, as if those who let it pass had never bid. `second` is the next
/// after them. Nothing when it is not sold to them.
pub fn owes(terms: &Terms, best: Bidder, second: Option<Bidder>) -> Option<i64> {
    let driven = second.map_or(terms.start, |second| (second.max + terms.increment).min(best.max));
    let price = terms.lifted(driven.max(best.bid), best.max);
    terms.sells_at(price).then_some(price)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TERMS: Terms = Terms { start: 1_000, increment: 100, reserve: None, fixed_end: false };

    fn open(terms: &Terms) -> Standing {
        Standing { price: terms.start, leader: None }
    }

    fn bid(bidder: AccountId, amount: i64, max: i64) -> Bid {
        Bid { bidder, amount, max }
    }

    #[test]
    fn the_first_bid_is_at_least_the_starting_price_and_pays_it() {
        let mei = AccountId::new();
        assert_eq!(open(&TERMS).take(&TERMS, bid(mei, 999, 9_000)), Err(TooLow(1_000)));
        let first = open(&TERMS).take(&TERMS, bid(mei, 1_000, 9_000)).unwrap();
        assert_eq!((first.price, first.least(&TERMS)), (1_000, 1_100));
    }

    #[test]
    fn a_maximum_is_used_only_as_far_as_it_takes() {
        let (mei, tan) = (AccountId::new(), AccountId::new());
        let first = open(&TERMS).take(&TERMS, bid(mei, 1_000, 2_000)).unwrap();
        assert_eq!(first.take(&TERMS, bid(tan, 1_050, 1_050)), Err(TooLow(1_100)));
        let held = first.take(&TERMS, bid(tan, 1_500, 1_500)).unwrap();
        assert_eq!((held.price, held.leader.unwrap().bidder), (1_600, mei));
        let tie = held.take(&TERMS, bid(tan, 2_000, 2_000)).unwrap();
        assert_eq!(
            (tie.price, tie.leader.unwrap().bidder),
            (2_000, mei),
            "the earlier of two equal ones leads"
        );
        let over = held.take(&TERMS, bid(tan, 1_700, 5_000)).unwrap();
        assert_eq!((over.price, over.leader.unwrap().bidder), (2_100, tan));
    }

    #[test]
    fn who_leads_does_not_bid_against_themselves() {
        let mei = AccountId::new();
        let first = open(&TERMS).take(&TERMS, bid(mei, 1_000, 2_000)).unwrap();
        assert_eq!(first.take(&TERMS, bid(mei, 1_000, 2_000)), Ok(first), "the same bid again");
        let raised = first.take(&TERMS, bid(mei, 1_100, 3_000)).unwrap();
        assert_eq!((raised.price, raised.leader.unwrap().max), (1_000, 3_000));
    }

    #[test]
    fn whoever_would_pay_the_reserve_is_raised_to_it() {
        let terms = Terms { reserve: Some(3_000), ..TERMS };
        let (mei, tan) = (AccountId::new(), AccountId::new());
        let below = open(&terms).take(&terms, bid(mei, 1_000, 2_999)).unwrap();
        assert!(below.price == 1_000 && !terms.sells_at(below.price));
        let met = below.take(&terms, bid(tan, 1_100, 3_500)).unwrap();
        assert_eq!((met.price, met.leader.unwrap().bidder), (3_099, tan));
        assert!(terms.sells_at(met.price));
        assert_eq!(open(&terms).take(&terms, bid(mei, 1_000, 3_000)).unwrap().price, 3_000);
    }

    #[test]
    fn only_a_late_bid_moves_the_end_and_never_a_fixed_one() {
        let at = |second: i64| Timestamp::from_second(1_772_503_200 + second).unwrap();
        assert_eq!(TERMS.end_after(at(60), at(50)), at(60));
        assert_eq!(TERMS.end_after(at(60), at(51)), at(61));
        assert_eq!(Terms { fixed_end: true, ..TERMS }.end_after(at(60), at(59)), at(60));
    }

    #[test]
    fn nobody_bids_twice_within_half_a_second() {
        let at = |ms: i64| Timestamp::from_millisecond(1_772_503_200_000 + ms).unwrap();
        assert!(is_too_fast(at(0), at(0)) && is_too_fast(at(0), at(499)));
        assert!(!is_too_fast(at(0), at(500)));
    }

    #[test]
    fn the_next_in_line_owes_what_it_takes_without_those_before() {
        let of = |bid, max| Bidder { account: AccountId::new(), bid, max };
        assert_eq!(owes(&TERMS, of(1_500, 2_000), Some(of(1_200, 1_200))), Some(1_500));
        assert_eq!(owes(&TERMS, of(1_100, 2_000), Some(of(1_200, 1_200))), Some(1_300));
        assert_eq!(owes(&TERMS, of(1_100, 1_250), Some(of(1_200, 1_200))), Some(1_250));
        assert_eq!(owes(&TERMS, of(1_000, 2_000), None), Some(1_000));
        let reserved = Terms { reserve: Some(1_800), ..TERMS };
        assert_eq!(owes(&reserved, of(1_000, 2_000), None), Some(1_800));
        assert_eq!(owes(&reserved, of(1_000, 1_700), None), None);
    }

    proptest! {
        #[test]
        fn whatever_is_bid_the_price_is_right(
            increment in 1i64..500,
            reserve in prop::option::of(1_000i64..20_000),
            bids in prop::collection::vec((0usize..6, 500i64..20_000, 0i64..10_000), 1..60),
        ) {
            let terms = Terms { increment, reserve, ..TERMS };
            let people: Vec<AccountId> = (0..6).map(|_| AccountId::new()).collect();
            // Who would pay how much, in the order in which they said so; the highest said aloud by each.
            let mut said: Vec<(AccountId, i64)> = Vec::new();
            let mut aloud = std::collections::HashMap::new();
            let mut now = open(&terms);
            for (who, amount, more) in bids {
                let bid = bid(people[who], amount, amount + more);
                let Ok(next) = now.take(&terms, bid) else {
                    prop_assert!(amount < now.least(&terms));
                    continue;
                };
                let led = now.leader.is_some_and(|leader| leader.bidder == bid.bidder);
                prop_assert!(next.price >= now.price, "never falls");
                if now.leader.is_some() && !led {
                    prop_assert!(next.price >= now.price + increment, "by an increment at least");
                }
                if !led {
                    aloud.insert(bid.bidder, bid.amount);
                }
                said.push((bid.bidder, bid.max));
                now = next;
                let leader = now.leader.unwrap();
                prop_assert!(now.price <= leader.max, "never above the winner's maximum");
                let highest = said.iter().map(|(_, max)| *max).max().unwrap();
                let first = said.iter().find(|(_, max)| *max == highest).unwrap();
                prop_assert_eq!((leader.bidder, leader.max), *first, "the highest, of equal ones the earliest");
                // No more than it takes.
                let others = said.iter().filter(|(who, _)| *who != leader.bidder).map(|(_, max)| *max).max();
                let takes = others.map_or(terms.start, |max| max + increment).max(aloud[&leader.bidder]);
                prop_assert!(now.price <= takes.max(reserve.unwrap_or(0)));
                prop_assert_eq!(terms.sells_at(now.price), reserve.is_none_or(|reserve| leader.max >= reserve));
            }
        }
    }
}
