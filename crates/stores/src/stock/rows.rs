//! SQL of `stock_changes` and of the stock in `skus`.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, OrderId, SkuId, StoreId, Timestamp};

use super::{
    Reason, StockChangeId,
    hold::{Hold, HoldId, HoldState},
};

/// What is written of a change beside its amount.
pub(super) struct Change {
    pub sku: SkuId,
    pub change: i64,
    pub available_after: i64,
    pub reason: Reason,
    pub order: Option<OrderId>,
    pub actor: Option<AccountId>,
}

/// Takes `pieces` if so many are there and on sale; answers with what is left.
pub(super) async fn take(tx: &mut Tx, store: StoreId, sku: SkuId, pieces: i64) -> Result<Option<i64>, Error> {
    tx.opt(
        "update skus set available = available - $3
         where store_id = $1 and id = $2 and on_sale and available >= $3 returning available",
        &[&store, &sku, &pieces],
    )
    .await
}

/// Puts `pieces` back; answers with what is there then.
pub(super) async fn put(tx: &mut Tx, store: StoreId, sku: SkuId, pieces: i64) -> Result<Option<i64>, Error> {
    tx.opt(
        "update skus set available = available + $3 where store_id = $1 and id = $2 returning available",
        &[&store, &sku, &pieces],
    )
    .await
}

/// What could be taken of a SKU: nothing if it is not on sale or not this store's.
pub(super) async fn takeable(read: &mut Read, store: StoreId, sku: SkuId) -> Result<i64, Error> {
    let available = read
        .opt("select available from skus where store_id = $1 and id = $2 and on_sale", &[&store, &sku])
        .await?;
    Ok(available.unwrap_or(0))
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    change: &Change,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into stock_changes (store_id, id, sku_id, change, available_after, reason, order_id, actor_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &store,
            &StockChangeId::new(),
            &change.sku,
            &change.change,
            &change.available_after,
            &change.reason,
            &change.order,
            &change.actor,
            &now,
        ],
    )
    .await?;
    Ok(())
}

row! {
    /// How many pieces an order has of a SKU.
    pub(super) struct Held {
        pub sku_id: SkuId,
        pub pieces: i64,
    }
}

/// What the order took and has not given back.
pub(super) async fn held(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Held>, Error> {
    read.query(
        "select sku_id, cast(-sum(change) as bigint) as pieces from stock_changes
         where store_id = $1 and order_id = $2 group by sku_id having sum(change) < 0 order by sku_id",
        &[&store, &order],
    )
    .await
}

/// Whether the order was counted as a sale.
pub(super) async fn is_counted(read: &mut Read, store: StoreId, order: OrderId) -> Result<bool, Error> {
    let row: Option<i64> = read
        .opt(
            "select 1 from stock_changes where store_id = $1 and order_id = $2 and reason = $3 limit 1",
            &[&store, &order, &Reason::Sold],
        )
        .await?;
    Ok(row.is_some())
}

/// Adds to what was sold of the SKU and its product, or takes from it; answers with what is available.
pub(super) async fn add_sold(
    tx: &mut Tx,
    store: StoreId,
    sku: SkuId,
    pieces: i64,
) -> Result<Option<i64>, Error> {
    tx.execute(
        "update products set sold = sold + $3
         where store_id = $1 and id = (select product_id from skus where store_id = $1 and id = $2)",
        &[&store, &sku, &pieces],
    )
    .await?;
    tx.opt(
        "update skus set sold = sold + $3 where store_id = $1 and id = $2 returning available",
        &[&store, &sku, &pieces],
    )
    .await
}

/// Counts pieces in or out if that leaves a stock within its limits; answers with what is there then.
pub(super) async fn correct(
    tx: &mut Tx,
    store: StoreId,
    sku: SkuId,
    change: i64,
    most: i64,
) -> Result<Option<i64>, Error> {
    tx.opt(
        "update skus set available = available + $3
         where store_id = $1 and id = $2 and available + $3 between 0 and $4 returning available",
        &[&store, &sku, &change, &most],
    )
    .await
}

/// What is there of a SKU of this store.
pub(super) async fn available(read: &mut Read, store: StoreId, sku: SkuId) -> Result<Option<i64>, Error> {
    read.opt("select available from skus where store_id = $1 and id = $2", &[&store, &sku]).await
}

row! {
    /// A row of the ledger, as its merchant reads it.
    #[derive(Clone, Debug)]
    pub struct Entry {
        pub id: StockChangeId,
        pub sku_id: SkuId,
        pub change: i64,
        pub available_after: i64,
        pub reason: Reason,
        pub order_id: Option<OrderId>,
        pub actor_name: Option<String>,
        pub at: Timestamp,
    }
}

/// The newest rows of a SKU.
pub async fn ledger(read: &mut Read, store: StoreId, sku: SkuId, most: i64) -> Result<Vec<Entry>, Error> {
    read.query(
        "select c.id, c.sku_id, c.change, c.available_after, c.reason, c.order_id, a.name as actor_name, c.at
         from stock_changes c left join accounts a on a.id = c.actor_id
         where c.store_id = $1 and c.sku_id = $2 order by c.id desc limit $3",
        &[&store, &sku, &most],
    )
    .await
}

/// The newest rows of all SKUs of a product.
pub async fn ledger_of(
    read: &mut Read,
    store: StoreId,
    product: kernel::ProductId,
    most: i64,
) -> Result<Vec<Entry>, Error> {
    read.query(
        "select c.id, c.sku_id, c.change, c.available_after, c.reason, c.order_id, a.name as actor_name, c.at
         from skus k join stock_changes c on c.store_id = k.store_id and c.sku_id = k.id
         left join accounts a on a.id = c.actor_id
         where k.store_id = $1 and k.product_id = $2 order by c.id desc limit $3",
        &[&store, &product, &most],
    )
    .await
}

pub(super) async fn insert_hold(
    tx: &mut Tx,
    store: StoreId,
    id: HoldId,
    sku: SkuId,
    pieces: i64,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into stock_holds (store_id, id, sku_id, pieces, state, created_at) values ($1, $2, $3, $4, $5, $6)",
        &[&store, &id, &sku, &pieces, &HoldState::Held, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn hold(read: &mut Read, store: StoreId, id: HoldId) -> Result<Option<Hold>, Error> {
    read.query_opt(
        "select id, sku_id, pieces, state, order_id from stock_holds where store_id = $1 and id = $2",
        &[&store, &id],
    )
    .await
}

/// Ends a hold, once; answers with what it was.
pub(super) async fn end_hold(
    tx: &mut Tx,
    store: StoreId,
    id: HoldId,
    state: HoldState,
    order: Option<OrderId>,
    now: Timestamp,
) -> Result<Option<Hold>, Error> {
    tx.query_opt(
        "update stock_holds set state = $3, order_id = $4, ended_at = $5
         where store_id = $1 and id = $2 and state = $6 returning id, sku_id, pieces, state, order_id",
        &[&store, &id, &state, &order, &now, &HoldState::Held],
    )
    .await
}
