//! Putting pieces aside before there is an order for them, as an auction does for whoever will win.

use db::{Error, Tx, text_enum};
use kernel::{AccountId, Id, OrderId, SkuId, StoreId, Timestamp};

use super::{
    Reason,
    rows::{self, Change},
};

/// Pieces that were put aside.
pub struct StockHold;
impl kernel::Kind for StockHold {
    const PREFIX: &'static str = "hld";
}
pub type HoldId = Id<StockHold>;

text_enum! {
    /// What became of the pieces.
    pub enum HoldState {
        Held = "held",
        /// They went into an order.
        Ordered = "ordered",
        /// They are on the shelf again.
        GivenUp = "given_up",
    }
}

db::row! {
    /// Pieces that were put aside, and what became of them.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Hold {
        pub id: HoldId,
        pub sku_id: SkuId,
        pub pieces: i64,
        pub state: HoldState,
        pub order_id: Option<OrderId>,
    }
}

/// Why nothing was put aside.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Fewer are there; zero also when it is not on sale.
    #[error("only {available} are left")]
    SoldOut { available: i64 },
    #[error(transparent)]
    Db(#[from] Error),
}

/// Takes the pieces out of what is available.
pub async fn hold(
    tx: &mut Tx,
    store: StoreId,
    sku: SkuId,
    pieces: i64,
    actor: Option<AccountId>,
    now: Timestamp,
) -> Result<HoldId, HoldError> {
    if pieces < 1 {
        return Err(Error::Other(format!("{pieces} pieces of {sku} cannot be put aside")).into());
    }
    let Some(left) = rows::take(tx, store, sku, pieces).await? else {
        return Err(HoldError::SoldOut { available: rows::takeable(tx, store, sku).await? });
    };
    let change =
        Change { sku, change: -pieces, available_after: left, reason: Reason::Held, order: None, actor };
    rows::insert(tx, store, &change, now).await?;
    let id = HoldId::new();
    rows::insert_hold(tx, store, id, sku, pieces, now).await?;
    Ok(id)
}

/// What was put aside, if this store has it.
pub async fn get_hold(read: &mut db::Read, store: StoreId, id: HoldId) -> Result<Option<Hold>, Error> {
    rows::hold(read, store, id).await
}

/// Puts the pieces back on the shelf, once; answers whether they were still held.
pub async fn give_up(
    tx: &mut Tx,
    store: StoreId,
    id: HoldId,
    actor: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, Error> {
    end(tx, store, id, HoldState::GivenUp, None, actor, now).await
}

/// Lets the pieces go into an order that reserves them in this same transaction, so that nobody else sees them on the
/// shelf in between; answers whether they were still held.
pub async fn hand_over(
    tx: &mut Tx,
    store: StoreId,
    id: HoldId,
    order: OrderId,
    now: Timestamp,
) -> Result<bool, Error> {
    end(tx, store, id, HoldState::Ordered, Some(order), None, now).await
}

async fn end(
    tx: &mut Tx,
    store: StoreId,
    id: HoldId,
    state: HoldState,
    order: Option<OrderId>,
    actor: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(hold) = rows::end_hold(tx, store, id, state, order, now).await? else { return Ok(false) };
    let after = rows::put(tx, store, hold.sku_id, hold.pieces).await?.ok_or(Error::Missing)?;
    let change = Change {
        sku: hold.sku_id,
        change: hold.pieces,
        available_after: after,
        reason: Reason::Unheld,
        // The order's own rows say what it took; this one would look like something it gave back.
        order: None,
        actor,
    };
    rows::insert(tx, store, &change, now).await?;
    Ok(true)
}
