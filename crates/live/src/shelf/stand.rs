//! Puts goods on a room's shelf, takes them off, and orders them.

use db::{Error, Json, Tx};
use kernel::{AccountId, Invalid, Problem, ProductId, RoomId, StoreId, Timestamp};
use web::App;

use super::{PRODUCTS_MAX, Standing, items, rows, unpin_in};
use crate::{
    Live, Story, flash,
    hub::EventKind,
    rooms::{self, MoveError, NotAllowed, Room},
    story::payload,
};
use stores::{
    catalog,
    special_prices::{self, Kind},
};

/// Why the shelf stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("no such room")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<ShelfError> for web::Error {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::NotFound => web::Error::NotFound,
            ShelfError::NotAllowed(not) => MoveError::NotAllowed(not).into(),
            ShelfError::Invalid(invalid) => invalid.into(),
            ShelfError::Db(error) => error.into(),
        }
    }
}

/// The room whose shelf is changed: one that is not over.
pub(super) async fn going_on(tx: &mut Tx, store: StoreId, id: RoomId) -> Result<Room, ShelfError> {
    let room = rooms::get(tx, store, id).await?.ok_or(ShelfError::NotFound)?;
    if room.state.is_over() { Err(NotAllowed(room.state.step()).into()) } else { Ok(room) }
}

/// Tells the whole shelf as it is now.
async fn tell(tx: &mut Tx, story: &mut Story, room: &Room, by: AccountId) -> Result<(), ShelfError> {
    let shelf = items(tx, room).await?;
    Ok(story.add(EventKind::Shelf, Some(by), &payload::Shelf { shelf })?)
}

/// Puts products at the end of the shelf; those that stand there already stay where they are. Each gets the lowest
/// number that is free.
pub async fn add(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    products: &[ProductId],
) -> Result<(), ShelfError> {
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        let room = going_on(tx, store, id).await?;
        let mut standing = rows::standing(tx, store, id).await?;
        let offers = catalog::offers(tx, store, products).await?;
        let mut invalid = Invalid::new();
        for (place, product) in products.iter().enumerate() {
            if standing.iter().any(|there| there.product_id == *product) {
                continue;
            }
            let Some(offer) = offers.iter().find(|offer| offer.product == *product && offer.on_shelf) else {
                invalid.add(format!("products.{place}"), Problem::NotFound);
                continue;
            };
            let Some(number) = free_number(&standing) else {
                invalid.add(format!("products.{place}"), Problem::TooMany(PRODUCTS_MAX));
                continue;
            };
            let added = Standing {
                product_id: *product,
                number,
                position: standing.iter().map(|there| there.position + 1).max().unwrap_or(0),
                impressions: 0,
                clicks: 0,
                // Nothing was told of it yet: the shelf itself says what is sold out.
                sold_out: Json(
                    offer.skus.iter().filter(|sku| sku.available == 0).map(|sku| sku.id).collect(),
                ),
            };
            rows::insert(tx, &room, &added, now).await?;
            standing.push(added);
        }
        invalid.done()?;
        tell(tx, story, &room, actor).await
    })
    .await
}

/// The lowest number that no product has.
fn free_number(standing: &[Standing]) -> Option<i64> {
    (1..=PRODUCTS_MAX).find(|number| standing.iter().all(|there| there.number != *number))
}

/// Takes a product off the shelf; one that is being explained no longer is.
pub async fn remove(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    product: ProductId,
) -> Result<(), ShelfError> {
    let now: Timestamp = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        let room = going_on(tx, store, id).await?;
        if rows::delete(tx, &room, product).await? == 0 {
            return Err(ShelfError::NotFound);
        }
        close_prices(tx, story, &room, actor, product, now).await?;
        if room.pinned.is_some_and(|pinned| pinned.product == product) {
            unpin_in(tx, story, &room, actor, now).await?;
        }
        tell(tx, story, &room, actor).await
    })
    .await
}

/// What is no longer shown in the room has no price of its own there.
async fn close_prices(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    actor: AccountId,
    product: ProductId,
    now: Timestamp,
) -> Result<(), Error> {
    let offers = catalog::offers(tx, room.store_id, &[product]).await?;
    let is_own = |sku| offers.iter().flat_map(|offer| &offer.skus).any(|own| own.id == sku);
    for special in special_prices::of_room(tx, room.store_id, room.id).await? {
        if special.kind == Kind::Live && is_own(special.sku_id) {
            special_prices::close(tx, room.store_id, Some(actor), special.id, now).await?;
        }
    }
    flash::end_some(tx, story, room, Some(actor), |sale| is_own(sale.sku), now).await
}

/// Puts the products into this order; those not named come after, as they were.
pub async fn arrange(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    wanted: &[ProductId],
) -> Result<(), ShelfError> {
    Live::change(app, store, id, async |tx, story| {
        let room = going_on(tx, store, id).await?;
        let mut standing = rows::standing(tx, store, id).await?;
        let place = |product| wanted.iter().position(|other| *other == product).unwrap_or(usize::MAX);
        standing.sort_by_key(|there| place(there.product_id));
        for (position, there) in (0i64..).zip(&standing) {
            rows::set_position(tx, &room, there.product_id, position).await?;
        }
        tell(tx, story, &room, actor).await
    })
    .await
}
