//! Prices that hold in one room alone, as long as it is live.

use kernel::{AccountId, Invalid, Problem, RoomId, SkuId};
use stores::{
    Store,
    special_prices::{self, Kind, NewSpecial, SetError},
};
use web::App;

use super::{ShelfError, items, stand::going_on};
use crate::{Live, hub::EventKind, story::payload::Price};

/// Why the price stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error(transparent)]
    Set(#[from] SetError),
}

impl From<db::Error> for PriceError {
    fn from(error: db::Error) -> Self {
        PriceError::Shelf(error.into())
    }
}

impl From<PriceError> for web::Error {
    fn from(error: PriceError) -> Self {
        match error {
            PriceError::Shelf(error) => error.into(),
            PriceError::Set(error) => error.into(),
        }
    }
}

/// Gives a SKU of the room's shelf a price for those who buy from the room, or takes it away. It must be below the
/// usual one, and ends with the room.
pub async fn set_live_price(
    app: &App,
    store: &Store,
    actor: AccountId,
    id: RoomId,
    sku: SkuId,
    price: Option<i64>,
) -> Result<(), PriceError> {
    let now = app.clock.now();
    Live::change(app, store.id, id, async |tx, story| {
        let room = going_on(tx, store.id, id).await?;
        let has = |item: &crate::story::payload::Item| item.skus.iter().any(|own| own.sku == sku);
        if !items(tx, &room).await?.iter().any(has) {
            return Err(ShelfError::from(Invalid::field("sku", Problem::NotFound)).into());
        }
        match price {
            Some(price) => {
                let new = NewSpecial::live(sku, price, id, now);
                special_prices::set(tx, store, Some(actor), new, now).await?;
            }
            None => {
                let open = special_prices::of_room(tx, store.id, id).await?;
                let own = open.iter().filter(|special| special.kind == Kind::Live && special.sku_id == sku);
                for special in own {
                    special_prices::close(tx, store.id, Some(actor), special.id, now).await?;
                }
            }
        }
        let changed = items(tx, &room).await?.into_iter().find(has);
        if let Some(item) = changed {
            story.add(EventKind::Price, Some(actor), &Price { number: item.number, item })?;
        }
        Ok::<_, PriceError>(())
    })
    .await
}
