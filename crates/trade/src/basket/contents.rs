//! What is in a basket, as it can be bought now.

use std::collections::HashMap;

use db::{Error, Read};
use kernel::{Money, SkuId};
use stores::{
    Store,
    catalog::{self, Sellable},
    special_prices::{self, Offer},
};
use uuid::Uuid;

use super::{Wanted, rows};
use crate::pricing::{PricedLine, Reason, SpecialPrice};

/// What stands in the way of buying a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The store no longer sells it.
    NotSold,
    SoldOut,
    /// Fewer are left than wanted.
    Only(i64),
}

/// One line with what it is today.
#[derive(Clone, Debug)]
pub struct BasketLine {
    pub sellable: Sellable,
    pub quantity: i64,
    pub trouble: Option<Trouble>,
    /// What a checkout from a live room is offered; in a basket always the usual price.
    pub offer: Offer,
}

impl BasketLine {
    /// What the pieces cost; zero for what cannot be bought.
    pub fn amount(&self) -> i64 {
        if self.trouble.is_some() { 0 } else { self.priced().shown_price().saturating_mul(self.quantity) }
    }
    /// What a piece costs in the end, before freight.
    pub fn paid_price(&self) -> i64 {
        self.priced().paid_price()
    }
    /// The line, as it is priced.
    pub(crate) fn priced(&self) -> PricedLine {
        let reason = |kind| match kind {
            special_prices::Kind::Live => Reason::Live,
            special_prices::Kind::Flash => Reason::Flash,
            special_prices::Kind::Won => Reason::Won,
        };
        let special = self.offer.special();
        PricedLine {
            quantity: self.quantity,
            unit_price: self.sellable.price,
            special: special.map(|s| SpecialPrice { reason: reason(s.kind), price: s.price }),
        }
    }
}

/// A basket as its page shows it.
#[derive(Clone, Debug, Default)]
pub struct Basket {
    pub lines: Vec<BasketLine>,
}

impl Basket {
    pub fn pieces(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }
    /// What everything that can be bought costs, before freight.
    pub fn goods(&self, store: &Store) -> Money {
        let sum = self.lines.iter().fold(0i64, |sum, line| sum.saturating_add(line.amount()));
        Money::new(sum, store.currency)
    }
    /// Whether a checkout can begin: there is something, and nothing stands in the way.
    pub fn is_ready(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.trouble.is_none())
    }
}

/// The basket with today's prices and stock.
pub async fn look(read: &mut Read, store: &Store, owner: Uuid) -> Result<Basket, Error> {
    let wanted = rows::lines(read, store.id, owner).await?;
    Ok(Basket { lines: resolve(read, store, &wanted).await? })
}

/// The lines with what they are today. A SKU that is gone without a trace is left out.
pub(crate) async fn resolve(
    read: &mut Read,
    store: &Store,
    wanted: &[Wanted],
) -> Result<Vec<BasketLine>, Error> {
    let skus: Vec<SkuId> = wanted.iter().map(|line| line.sku).collect();
    let found = catalog::sellable(read, store.id, &skus).await?;
    let mut known: HashMap<SkuId, Sellable> = found.into_iter().map(|s| (s.sku_id, s)).collect();
    let lines = wanted.iter().filter_map(|line| {
        let sellable = known.remove(&line.sku)?;
        let trouble = match sellable.available {
            _ if !sellable.on_shelf => Some(Trouble::NotSold),
            ..1 => Some(Trouble::SoldOut),
            left if left < line.quantity => Some(Trouble::Only(left)),
            _ => None,
        };
        Some(BasketLine { sellable, quantity: line.quantity, trouble, offer: Offer::Usual })
    });
    Ok(lines.collect())
}
