//! Which special price someone gets. Pure: facts in, an offer out.

use kernel::{SkuId, Timestamp};

use super::{Kind, Special, rows::Candidate};

/// What someone wants to buy, and what it costs without any circumstance.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub sku: SkuId,
    pub price: i64,
    pub pieces: i64,
}

/// What someone is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Offer {
    /// The usual price.
    #[default]
    Usual,
    /// All pieces at this price.
    Special(Special),
    /// There is a special price, but only for so many pieces, fewer than are wanted.
    Only(i64),
}

impl Offer {
    pub fn special(&self) -> Option<&Special> {
        match self {
            Offer::Special(special) => Some(special),
            Offer::Usual | Offer::Only(_) => None,
        }
    }
}

pub(super) fn choose(candidates: Vec<Candidate>, wish: Wish, now: Timestamp) -> Offer {
    let mut best: Option<Special> = None;
    let mut fewer = 0;
    for Candidate { special, mine } in candidates {
        let lower = special.price < wish.price;
        if !special.is_running(now) || !(lower || special.kind == Kind::Won) {
            continue;
        }
        let of_mine = special.per_buyer.map(|most| most - mine);
        let left = [special.left(), of_mine].into_iter().flatten().min().unwrap_or(i64::MAX);
        if left < wish.pieces {
            fewer = fewer.max(left);
            continue;
        }
        let rank = |special: &Special| (special.kind != Kind::Won, special.price, special.id);
        if best.as_ref().is_none_or(|best| rank(&special) < rank(best)) {
            best = Some(special);
        }
    }
    match best {
        Some(special) => Offer::Special(special),
        None if fewer > 0 => Offer::Only(fewer),
        None => Offer::Usual,
    }
}

#[cfg(test)]
mod tests {
    use kernel::RoomId;

    use super::*;
    use crate::special_prices::{SpecialId, State};

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    /// A live price of 5.00 from 100 to 200.
    fn live(price: i64) -> Special {
        Special {
            id: SpecialId::new(),
            sku_id: SkuId::new(),
            kind: Kind::Live,
            price,
            room_id: Some(RoomId::new()),
            buyer_id: None,
            hold_id: None,
            starts_at: at(100),
            ends_at: Some(at(200)),
            quota: None,
            taken: 0,
            per_buyer: None,
            state: State::Open,
        }
    }

    fn offered(specials: &[(&Special, i64)], pieces: i64, now: i64) -> Offer {
        let wish = Wish { sku: SkuId::new(), price: 700, pieces };
        let candidate =
            |(special, mine): &(&Special, i64)| Candidate { special: (*special).clone(), mine: *mine };
        choose(specials.iter().map(candidate).collect(), wish, at(now))
    }

    #[test]
    fn it_holds_from_its_start_until_just_before_its_end() {
        let special = live(500);
        for (now, holds) in [(99, false), (100, true), (199, true), (200, false)] {
            assert_eq!(offered(&[(&special, 0)], 1, now).special().is_some(), holds, "at {now}");
        }
        let closed = Special { state: State::Closed, ..special.clone() };
        assert_eq!(offered(&[(&closed, 0)], 1, 150), Offer::Usual);
        let endless = Special { ends_at: None, ..special };
        assert!(offered(&[(&endless, 0)], 1, i64::from(u32::MAX)).special().is_some());
    }

    #[test]
    fn the_lowest_price_is_offered_and_never_one_above_the_usual() {
        let (dear, cheap, above) = (live(600), live(400), live(700));
        let offer = offered(&[(&dear, 0), (&cheap, 0), (&above, 0)], 1, 150);
        assert_eq!(offer.special(), Some(&cheap));
        assert_eq!(offered(&[(&above, 0)], 1, 150), Offer::Usual);
    }

    #[test]
    fn what_was_won_comes_first_whatever_it_costs() {
        let cheap = live(100);
        let won = Special { kind: Kind::Won, quota: Some(1), ..live(900) };
        assert_eq!(offered(&[(&cheap, 0), (&won, 0)], 1, 150).special(), Some(&won));
        assert_eq!(
            offered(&[(&cheap, 0), (&won, 0)], 2, 150).special(),
            Some(&cheap),
            "one piece was won, not two"
        );
        assert_eq!(offered(&[(&won, 0)], 2, 150), Offer::Only(1));
    }

    #[test]
    fn a_limit_that_leaves_fewer_says_how_many_and_one_that_leaves_none_is_over() {
        let limited = Special { quota: Some(10), taken: 8, per_buyer: Some(3), ..live(500) };
        assert!(offered(&[(&limited, 1)], 2, 150).special().is_some());
        assert_eq!(offered(&[(&limited, 2)], 2, 150), Offer::Only(1), "one more for this buyer");
        assert_eq!(offered(&[(&limited, 0)], 3, 150), Offer::Only(2), "two more for all");
        assert_eq!(offered(&[(&limited, 3)], 1, 150), Offer::Usual);
        let unlimited = live(650);
        assert_eq!(offered(&[(&limited, 0), (&unlimited, 0)], 3, 150).special(), Some(&unlimited));
    }
}
