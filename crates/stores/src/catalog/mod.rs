//! Products and their SKUs. Words, pictures and options have a draft and a live copy; price and stock are one and
//! change at once.

mod api;
mod console;
mod editor;
mod find;
mod many;
mod offers;
mod pages;
mod product;
mod publish;
mod rows;
mod save;
mod search;
mod shelf_state;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use db::{Error, Read, text_enum};
use kernel::{ImageId, ProductId, SkuId, StoreId, Timestamp};

pub(crate) use api::api;
pub(crate) use console::routes as console_routes;
pub use find::{Card, Found, Listed, Query, SHOWN, Sort, counts, find, list, of_shelf};
pub use many::publish_many;
pub use offers::{Offer, OfferSku, offers};
pub(crate) use pages::{CardWords, routes};
pub(crate) use product::within;
pub use product::{Axis, Contents, STOCK_MAX, Terms, Variant, price_max};
pub use publish::{PublishError, publish};
pub use save::{Draft, DraftSku, SaveError, create, save};
pub use shelf_state::{MoveError, discard, put_back, remove, restore, take_off};
pub use terms::{TermsError, change_terms};

text_enum! {
    /// Where a product is. Sold out is not a state: it is a stock of zero.
    pub enum State {
        /// Never published.
        Draft = "draft",
        OnShelf = "on_shelf",
        /// The merchant took it off.
        OffShelf = "off_shelf",
        /// The operator took it off, with a reason.
        Removed = "removed",
    }
}

/// A product as its merchant sees it.
#[derive(Clone, Debug)]
pub struct Product {
    pub id: ProductId,
    pub state: State,
    pub draft: Contents,
    /// What buyers see; none before the first publication.
    pub live: Option<Contents>,
    pub draft_at: Timestamp,
    pub sold: i64,
    pub removed_reason: Option<String>,
    pub published_at: Timestamp,
}

impl Product {
    /// Whether the draft says something that buyers do not see yet.
    pub fn has_changes(&self) -> bool {
        self.live.as_ref() != Some(&self.draft)
    }
}

/// One variant of a product, with its price and stock as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sku {
    pub id: SkuId,
    /// A value of each axis.
    pub choice: Variant,
    /// The choice as people read it.
    pub options: String,
    pub code: String,
    pub price: i64,
    pub list_price: Option<i64>,
    pub weight_grams: i64,
    pub image: Option<ImageId>,
    pub available: i64,
    pub sold: i64,
    /// In the live copy of a product that is on the shelf.
    pub on_sale: bool,
}

/// A product as buyers see it.
#[derive(Clone, Debug)]
pub struct Shown {
    pub id: ProductId,
    pub state: State,
    pub contents: Contents,
    pub sold: i64,
    /// Those of the live copy, in order.
    pub skus: Vec<Sku>,
}

impl Shown {
    pub fn on_shelf(&self) -> bool {
        self.state == State::OnShelf
    }
}

/// The live copy of a product that was ever published, wherever it is now.
pub async fn show(read: &mut Read, store: StoreId, id: ProductId) -> Result<Option<Shown>, Error> {
    let Some(live) = rows::live(read, store, id).await? else { return Ok(None) };
    let mut skus = rows::skus(read, store, id).await?;
    if live.state == State::OnShelf {
        skus.retain(|sku| sku.on_sale);
    } else {
        let variants = live.contents.variants();
        skus.retain(|sku| variants.contains(&sku.choice));
    }
    Ok(Some(Shown { id, state: live.state, contents: live.contents, sold: live.sold, skus }))
}

/// A product with both copies and the SKUs of its draft, for its merchant.
pub async fn get(
    read: &mut Read,
    store: StoreId,
    id: ProductId,
) -> Result<Option<(Product, Vec<Sku>)>, Error> {
    let Some(product) = rows::product(read, store, id).await? else { return Ok(None) };
    let mut skus: HashMap<Variant, Sku> =
        rows::skus(read, store, id).await?.into_iter().map(|sku| (sku.choice.clone(), sku)).collect();
    let skus = product.draft.variants().iter().filter_map(|variant| skus.remove(variant)).collect();
    Ok(Some((product, skus)))
}

/// What an order needs to know of a SKU, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sellable {
    pub sku_id: SkuId,
    pub product_id: ProductId,
    pub title: String,
    /// The chosen values as people read them, such as `Large · Less sugar`; empty for a product without options.
    pub options: String,
    pub image: Option<ImageId>,
    /// Minor units of the store's currency.
    pub price: i64,
    pub list_price: Option<i64>,
    pub weight_grams: i64,
    pub available: i64,
    /// Whether it can be bought at all.
    pub on_shelf: bool,
}

/// The SKUs of this store among `skus`, in their order; those of other stores are not there.
pub async fn sellable(read: &mut Read, store: StoreId, skus: &[SkuId]) -> Result<Vec<Sellable>, Error> {
    let mut found: HashMap<SkuId, Sellable> = HashMap::with_capacity(skus.len());
    for sku in skus {
        if !found.contains_key(sku)
            && let Some(sellable) = rows::sellable(read, store, *sku).await?
        {
            found.insert(*sku, sellable);
        }
    }
    Ok(skus.iter().filter_map(|sku| found.get(sku).cloned()).collect())
}
