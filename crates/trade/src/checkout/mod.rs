//! An intention to order: some lines, frozen from the basket or bought at once. Its page shows what can be chosen and
//! what it costs; [`crate::orders::place`] turns it into an order, once.

mod api;
mod begin;
mod pages;
mod rows;
mod slots;
mod source;

use db::{Error, Read, Tx};
use jiff::tz::TimeZone;
use kernel::{BranchId, CheckoutId, Invalid, Problem, StoreId, Timestamp};
use stores::{
    Store,
    branches::Branch,
    page::StorePage,
    special_prices::{self, Wish},
};
use uuid::Uuid;

pub(crate) use api::api;
pub use begin::{BeginError, What, begin};
pub use pages::routes;
pub use rows::Checkout;
pub use slots::{DAYS_AHEAD, Slot, slots};
pub use source::{Source, SourceKind};

use crate::{
    basket::{self, BasketLine, Trouble, Wanted},
    pricing::{self, Freight, PricedLine, Quote},
};

/// The checkout, if it is this owner's.
pub async fn get(
    read: &mut Read,
    store: StoreId,
    owner: Uuid,
    id: CheckoutId,
) -> Result<Option<Checkout>, Error> {
    Ok(rows::get(read, store, id).await?.filter(|checkout| checkout.owner_id == owner))
}

/// Where lines that cannot be ordered as they are can be mended: the basket, which marks them, or for a thing that was
/// bought at once its own page, which says how many are left.
pub(crate) async fn where_to_mend(
    read: &mut Read,
    store: &Store,
    owner: Uuid,
    wanted: &[Wanted],
) -> Result<String, Error> {
    if let [only] = wanted
        && !basket::lines(read, store.id, owner).await?.iter().any(|line| line.sku == only.sku)
        && let Some(line) = basket::resolve(read, store, wanted).await?.first()
        && line.sellable.on_shelf
    {
        return Ok(format!("/s/{}/p/{}?said=gone", store.handle, line.sellable.product_id));
    }
    Ok(format!("/s/{}/basket?said=trouble", store.handle))
}

/// What was begun as `from` goes on as `to`.
pub(crate) async fn give(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<(), Error> {
    rows::give(tx, from, to).await
}

/// How much a delivery costs, or that pick-up costs nothing.
pub(crate) fn freight(page: &StorePage, delivery: bool) -> Freight {
    if delivery {
        Freight::Delivery { fee: page.freight.fee, free_above: page.freight.free_above }
    } else {
        Freight::PickUp
    }
}

/// The lines with what they are today, and for those who come from a live room with the best special price there. Only
/// they cost a second question.
pub(crate) async fn priced_lines(
    read: &mut Read,
    store: &Store,
    wanted: &[Wanted],
    source: Source,
    buyer: Uuid,
    now: Timestamp,
) -> Result<Vec<BasketLine>, Error> {
    let mut lines = basket::resolve(read, store, wanted).await?;
    let Some(room) = source.room() else { return Ok(lines) };
    for line in &mut lines {
        let wish = Wish { sku: line.sellable.sku_id, price: line.sellable.price, pieces: line.quantity };
        line.offer = special_prices::best(read, store.id, wish, Some(room), buyer, now).await?;
        let put_aside = line.offer.special().is_some_and(|special| special.hold_id.is_some());
        if put_aside && matches!(line.trouble, Some(Trouble::SoldOut | Trouble::Only(_))) {
            // What was put aside for the winner is not counted as available, but it is there.
            line.trouble = None;
        }
    }
    Ok(lines)
}

/// Whether a checkout from a live room would charge more for a piece than its buyer saw: the special price is over.
pub(crate) fn costs_more(checkout: &Checkout, lines: &[BasketLine]) -> bool {
    checkout.seen_price.is_some_and(|seen| lines.iter().any(|line| line.paid_price() > seen))
}

/// Prices lines that can all be bought.
pub(crate) fn quote(store: &Store, lines: &[BasketLine], freight: Freight) -> Result<Quote, Invalid> {
    let priced: Vec<PricedLine> = lines.iter().map(BasketLine::priced).collect();
    pricing::quote(&priced, freight, store.currency)
        .map_err(|_| Invalid::field("lines", Problem::Rule("checkout-too-large")))
}

/// A slot and whether it has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferedSlot {
    pub slot: Slot,
    pub full: bool,
}

/// The slots of a branch from now on, with those that are full.
pub async fn offered(
    read: &mut Read,
    store: &Store,
    page: &StorePage,
    branch: &Branch,
    now: Timestamp,
) -> Result<Vec<OfferedSlot>, Error> {
    let all = branch_slots(store, page, branch, now);
    let full = rows::full_slots(read, store.id, branch.id, branch.slot_capacity, now).await?;
    Ok(all.into_iter().map(|slot| OfferedSlot { slot, full: full.contains(&slot.starts_at) }).collect())
}

/// The slots that the branch's hours, or the store's, give.
pub(crate) fn branch_slots(store: &Store, page: &StorePage, branch: &Branch, now: Timestamp) -> Vec<Slot> {
    if !branch.pick_up || branch.closed_at.is_some() {
        return Vec::new();
    }
    let zone: TimeZone = store.zone();
    slots(branch.hours.as_ref().unwrap_or(&page.hours), &zone, branch.slot_minutes, now)
}

/// Books one place in a slot; answers whether there was room.
pub(crate) async fn book(
    tx: &mut Tx,
    store: StoreId,
    branch: BranchId,
    starts_at: Timestamp,
    capacity: i64,
) -> Result<bool, Error> {
    rows::book(tx, store, branch, starts_at, capacity).await
}

/// Gives a booked place back.
pub(crate) async fn release(
    tx: &mut Tx,
    store: StoreId,
    branch: BranchId,
    starts_at: Timestamp,
) -> Result<(), Error> {
    rows::release(tx, store, branch, starts_at).await
}
