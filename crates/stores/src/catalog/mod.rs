//! Products and their SKUs. Words, pictures and options have a draft and a live copy; price and stock are one and
//! change at once.

mod product;
mod rows;
mod search;

use std::collections::HashMap;

use db::{Error, Read, text_enum};
use kernel::{ImageId, ProductId, SkuId, StoreId};

pub use product::{Axis, Contents, Variant};

text_enum! {
    /// Where a product is (product.md §3). Sold out is not a state: it is a stock of zero.
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
