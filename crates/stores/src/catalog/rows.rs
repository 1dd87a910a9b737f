//! SQL of `products`, `product_grams` and `skus`.

use db::{Error, FromRow, Json, Read, Row, Tx};
use kernel::{ImageId, ProductId, SkuId, StoreId, Timestamp};

use super::{Product, Sellable, Sku, State, product::Contents};

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

impl FromRow for Product {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Product {
            id: row.get("id")?,
            state: row.get("state")?,
            draft: row.get::<Json<Contents>>("draft")?.0,
            live: row.get::<Option<Json<Contents>>>("live")?.map(|live| live.0),
            draft_at: row.get("draft_at")?,
            sold: row.get("sold")?,
            removed_reason: row.get("removed_reason")?,
            published_at: row.get("published_at")?,
        })
    }
}

impl FromRow for Sku {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Sku {
            id: row.get("id")?,
            choice: row.get::<Json<Vec<String>>>("choice")?.0,
            options: row.get("options")?,
            code: row.get("code")?,
            price: row.get("price")?,
            list_price: row.get("list_price")?,
            weight_grams: row.get("weight_grams")?,
            image: row.get("image_id")?,
            available: row.get("available")?,
            sold: row.get("sold")?,
            on_sale: row.get("on_sale")?,
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

pub(super) async fn product(
    read: &mut Read,
    store: StoreId,
    id: ProductId,
) -> Result<Option<Product>, Error> {
    read.query_opt(
        "select id, state, draft, live, draft_at, sold, removed_reason, published_at from products
         where store_id = $1 and id = $2",
        &[&store, &id],
    )
    .await
}

/// The live copy alone: what the busiest page reads.
pub(super) async fn live(read: &mut Read, store: StoreId, id: ProductId) -> Result<Option<Live>, Error> {
    read.query_opt(
        "select state, live, sold from products where store_id = $1 and id = $2 and live is not null",
        &[&store, &id],
    )
    .await
}

/// What buyers see of a product.
pub(super) struct Live {
    pub state: State,
    pub contents: Contents,
    pub sold: i64,
}

impl FromRow for Live {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Live {
            state: row.get("state")?,
            contents: row.get::<Json<Contents>>("live")?.0,
            sold: row.get("sold")?,
        })
    }
}

/// All SKUs that the product ever had, in order.
pub(super) async fn skus(read: &mut Read, store: StoreId, product: ProductId) -> Result<Vec<Sku>, Error> {
    read.query(
        "select id, choice, options, code, price, list_price, weight_grams, image_id, available, sold, on_sale
         from skus where store_id = $1 and product_id = $2 order by position, id",
        &[&store, &product],
    )
    .await
}

pub(super) async fn product_of(
    read: &mut Read,
    store: StoreId,
    sku: SkuId,
) -> Result<Option<ProductId>, Error> {
    read.opt("select product_id from skus where store_id = $1 and id = $2", &[&store, &sku]).await
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    draft: &Contents,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into products (store_id, id, state, draft, draft_at, title, subtitle, search, price_from, price_to, published_at, created_at)
         values ($1, $2, $3, $4, $5, '', '', '', 0, 0, 0, $5)",
        &[&store, &id, &State::Draft, &Json(draft.clone()), &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn save_draft(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    draft: &Contents,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update products set draft = $3, draft_at = $4 where store_id = $1 and id = $2",
        &[&store, &id, &Json(draft.clone()), &now],
    )
    .await?;
    Ok(())
}

/// The draft becomes the live copy. The first publication decides how new the product is.
pub(super) async fn publish(tx: &mut Tx, store: StoreId, id: ProductId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "update products set published_at = case when live is null then $3 else published_at end, live = draft, state = $4
         where store_id = $1 and id = $2",
        &[&store, &id, &now, &State::OnShelf],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_state(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    state: State,
    reason: Option<&str>,
) -> Result<(), Error> {
    tx.execute(
        "update products set state = $3, removed_reason = $4 where store_id = $1 and id = $2",
        &[&store, &id, &state, &reason],
    )
    .await?;
    Ok(())
}

/// Forgets a product that was never published, with what hangs on it. Its stock rows stay: the ledger forgets nothing.
pub(super) async fn delete(tx: &mut Tx, store: StoreId, id: ProductId) -> Result<(), Error> {
    for sql in [
        "delete from product_grams where store_id = $1 and product_id = $2",
        "delete from shelf_products where store_id = $1 and product_id = $2",
        "delete from skus where store_id = $1 and product_id = $2",
        "delete from products where store_id = $1 and id = $2",
    ] {
        tx.execute(sql, &[&store, &id]).await?;
    }
    Ok(())
}

pub(super) async fn insert_sku(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    sku: &Sku,
    position: i64,
) -> Result<(), Error> {
    tx.execute(
        "insert into skus (store_id, id, product_id, position, choice, options, code, price, list_price, weight_grams, image_id, available, on_sale)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &store,
            &sku.id,
            &product,
            &position,
            &Json(sku.choice.clone()),
            &sku.options,
            &sku.code,
            &sku.price,
            &sku.list_price,
            &sku.weight_grams,
            &sku.image,
            &sku.available,
            &sku.on_sale,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_terms(
    tx: &mut Tx,
    store: StoreId,
    sku: &Sku,
    position: Option<i64>,
) -> Result<u64, Error> {
    tx.execute(
        "update skus set code = $3, price = $4, list_price = $5, weight_grams = $6, image_id = $7,
            position = coalesce(cast($8 as bigint), position)
         where store_id = $1 and id = $2",
        &[&store, &sku.id, &sku.code, &sku.price, &sku.list_price, &sku.weight_grams, &sku.image, &position],
    )
    .await
}

pub(super) async fn set_on_sale(tx: &mut Tx, store: StoreId, sku: SkuId, on_sale: bool) -> Result<(), Error> {
    tx.execute(
        "update skus set on_sale = $3 where store_id = $1 and id = $2 and on_sale <> $3",
        &[&store, &sku, &on_sale],
    )
    .await?;
    Ok(())
}

/// What lists and search need of a product.
pub(super) struct Digest {
    pub title: String,
    pub subtitle: String,
    pub image: Option<ImageId>,
    pub search: String,
    pub price_from: i64,
    pub price_to: i64,
}

pub(super) async fn set_digest(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    digest: &Digest,
) -> Result<(), Error> {
    tx.execute(
        "update products set title = $3, subtitle = $4, image_id = $5, search = $6, price_from = $7, price_to = $8
         where store_id = $1 and id = $2",
        &[
            &store,
            &id,
            &digest.title,
            &digest.subtitle,
            &digest.image,
            &digest.search,
            &digest.price_from,
            &digest.price_to,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn search_text(read: &mut Read, store: StoreId, id: ProductId) -> Result<String, Error> {
    read.one("select search from products where store_id = $1 and id = $2", &[&store, &id]).await
}

pub(super) async fn set_grams(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    grams: impl IntoIterator<Item = i64>,
) -> Result<(), Error> {
    tx.execute("delete from product_grams where store_id = $1 and product_id = $2", &[&store, &id]).await?;
    for gram in grams {
        tx.execute(
            "insert into product_grams (store_id, gram, product_id) values ($1, $2, $3)",
            &[&store, &gram, &id],
        )
        .await?;
    }
    Ok(())
}
