//! SQL of `products`, `product_grams` and `skus`.

use db::{Error, FromRow, Read, Row};
use kernel::{SkuId, StoreId};

use super::Sellable;

impl FromRow for Sellable {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Sellable {
            sku_id: row.get("sku_id")?,
            product_id: row.get("product_id")?,
            title: row.get("title")?,
            options: row.get("options")?,
            image: row.get("image_id")?,
            price: row.get("price")?,
            list_price: row.get("list_price")?,
            weight_grams: row.get("weight_grams")?,
            available: row.get("available")?,
            on_shelf: row.get("on_sale")?,
        })
    }
}

pub(super) async fn sellable(read: &mut Read, store: StoreId, sku: SkuId) -> Result<Option<Sellable>, Error> {
    read.query_opt(
        "select k.id as sku_id, k.product_id, p.title, k.options, coalesce(k.image_id, p.image_id) as image_id,
            k.price, k.list_price, k.weight_grams, k.available, k.on_sale
         from skus k join products p on p.store_id = k.store_id and p.id = k.product_id
         where k.store_id = $1 and k.id = $2",
        &[&store, &sku],
    )
    .await
}
