//! The goods of a room: which, under what number, in what order, and which one is being explained.

mod api;
pub(crate) mod bought;
mod chapters;
mod look_again;
mod pin;
mod price;
mod rows;
mod stand;
mod stock;

use std::collections::{BTreeSet, HashMap};

use db::{Error, Read, Tx};
use kernel::{ProductId, RoomId, SkuId, StoreId};
use stores::{
    catalog, images,
    special_prices::{self, Kind},
};

use crate::{
    rooms::Room,
    story::payload::{Item, ItemSku},
};

pub(crate) use api::api;
pub use chapters::chapters;
pub(crate) use chapters::{close_chapter, place};
pub(crate) use look_again::{LastLook, look_again};
use pin::unpin_in;
pub use pin::{pin, unpin};
pub use price::{PriceError, set_live_price, set_live_prices};
pub use rows::{Chapter, Standing};
pub use stand::{ShelfError, add, arrange, remove};
pub use stock::changed;
pub(crate) use stock::tell_changed;

/// A product's explanation.
pub struct ChapterKind;
impl kernel::Kind for ChapterKind {
    const PREFIX: &'static str = "chp";
}
pub type ChapterId = kernel::Id<ChapterKind>;

/// Products of one room.
pub const PRODUCTS_MAX: i64 = 100;

/// Pixels of an item's picture.
pub(crate) const PICTURE: u32 = 320;

/// What stands on the room's shelf, in order.
pub async fn standing(read: &mut Read, room: &Room) -> Result<Vec<Standing>, Error> {
    rows::standing(read, room.store_id, room.id).await
}

/// The room's items with their prices and stocks as they are now, in order. What is no longer sold is there, sold out.
pub async fn items(read: &mut Read, room: &Room) -> Result<Vec<Item>, Error> {
    let standing = standing(read, room).await?;
    let products: Vec<ProductId> = standing.iter().map(|standing| standing.product_id).collect();
    let offers = catalog::offers(read, room.store_id, &products).await?;
    let live = LivePrices::of(read, room).await?;
    let item = |standing: &Standing| {
        let offer = offers.iter().find(|offer| offer.product == standing.product_id)?;
        Some(item(standing.number, offer, &live))
    };
    Ok(standing.iter().filter_map(item).collect())
}

/// Prices that hold in the room alone, by SKU.
struct LivePrices(Vec<(SkuId, i64)>);

impl LivePrices {
    async fn of(read: &mut Read, room: &Room) -> Result<Self, Error> {
        let specials = special_prices::of_room(read, room.store_id, room.id).await?;
        let live = specials.iter().filter(|special| special.kind == Kind::Live);
        Ok(Self(live.map(|special| (special.sku_id, special.price)).collect()))
    }

    fn price(&self, sku: SkuId) -> Option<i64> {
        self.0.iter().find(|(priced, _)| *priced == sku).map(|(_, price)| *price)
    }
}

fn item(number: i64, offer: &catalog::Offer, live: &LivePrices) -> Item {
    let skus: Vec<ItemSku> = offer
        .skus
        .iter()
        .map(|sku| ItemSku {
            sku: sku.id,
            options: sku.options.clone(),
            price: sku.price,
            live_price: live.price(sku.id),
            left: sku.available,
        })
        .collect();
    let cheapest = offer.skus.iter().min_by_key(|sku| sku.price);
    let left = skus.iter().map(|sku| sku.left).sum();
    Item {
        number,
        product: offer.product,
        title: offer.title.clone(),
        image: offer.image.map(|image| images::address(image, PICTURE)),
        price: cheapest.map_or(0, |sku| sku.price),
        list_price: cheapest.and_then(|sku| sku.list_price),
        live_price: skus.iter().filter_map(|sku| sku.live_price).min(),
        left,
        sold_out: left == 0,
        skus,
    }
}

/// Adds what pages saw of the shelf, by number.
pub(crate) async fn count(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    impressions: &HashMap<i64, u64>,
    clicks: &HashMap<i64, u64>,
) -> Result<(), Error> {
    let numbers: BTreeSet<i64> = impressions.keys().chain(clicks.keys()).copied().collect();
    for number in numbers {
        let of = |counts: &HashMap<i64, u64>| counts.get(&number).copied().unwrap_or(0);
        rows::add_seen(tx, store, room, number, of(impressions), of(clicks)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
