//! Prices that hold in one room alone, as long as it is live.

use std::collections::BTreeSet;

use db::Tx;
use kernel::{AccountId, Invalid, Problem, RoomId, SkuId, Timestamp};
use stores::{
    Store,
    special_prices::{self, Kind, NewSpecial, SetError, WITH_THE_ROOM},
};
use web::App;

use super::{ShelfError, items, stand::going_on};
use crate::{
    Live, Story,
    hub::EventKind,
    rooms::Room,
    story::payload::{Item, Price},
};

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
        let number = number_of(&items(tx, &room).await?, sku).ok_or_else(|| no_such("sku"))?;
        set(tx, store, &room, actor, (sku, price), now).await?;
        tell(tx, story, &room, actor, &BTreeSet::from([number])).await
    })
    .await
}

/// The same for several SKUs, as a form has them: all, or none of them, and then every mistake is told at `price.0`,
/// `price.1` and so on. Those that have this price already keep it.
pub async fn set_live_prices(
    app: &App,
    store: &Store,
    actor: AccountId,
    id: RoomId,
    wanted: &[(SkuId, Option<i64>)],
) -> Result<(), PriceError> {
    let now = app.clock.now();
    Live::change(app, store.id, id, async |tx, story| {
        let room = going_on(tx, store.id, id).await?;
        let before = items(tx, &room).await?;
        let had = |sku| before.iter().flat_map(|item| &item.skus).find(|own| own.sku == sku);
        let (mut invalid, mut numbers) = (Invalid::new(), BTreeSet::new());
        for (place, (sku, price)) in wanted.iter().enumerate() {
            if had(*sku).is_some_and(|had| had.live_price == *price) {
                continue;
            }
            let Some(number) = number_of(&before, *sku) else {
                invalid.add(format!("sku.{place}"), Problem::NotFound);
                continue;
            };
            match set(tx, store, &room, actor, (*sku, *price), now).await {
                Ok(()) => drop(numbers.insert(number)),
                Err(SetError::Invalid(Invalid(wrong))) => {
                    for wrong in wrong {
                        invalid.add(format!("{}.{place}", wrong.field), wrong.problem);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        invalid.done().map_err(ShelfError::from)?;
        tell(tx, story, &room, actor, &numbers).await
    })
    .await
}

fn number_of(items: &[Item], sku: SkuId) -> Option<i64> {
    items.iter().find(|item| item.skus.iter().any(|own| own.sku == sku)).map(|item| item.number)
}

fn no_such(field: &'static str) -> ShelfError {
    Invalid::field(field, Problem::NotFound).into()
}

async fn set(
    tx: &mut Tx,
    store: &Store,
    room: &Room,
    actor: AccountId,
    (sku, price): (SkuId, Option<i64>),
    now: Timestamp,
) -> Result<(), SetError> {
    if let Some(price) = price {
        // It holds once the room is live: who comes by before must not have it.
        let starts_at = if room.state.is_coming() { WITH_THE_ROOM } else { now };
        let new = NewSpecial::live(sku, price, room.id, starts_at);
        special_prices::set(tx, store, Some(actor), new, now).await?;
        return Ok(());
    }
    for special in special_prices::of_room(tx, store.id, room.id).await? {
        if special.kind == Kind::Live && special.sku_id == sku {
            special_prices::close(tx, store.id, Some(actor), special.id, now).await?;
        }
    }
    Ok(())
}

/// Tells the items of these numbers with the prices that they have now.
async fn tell(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    actor: AccountId,
    numbers: &BTreeSet<i64>,
) -> Result<(), PriceError> {
    if numbers.is_empty() {
        return Ok(());
    }
    for item in items(tx, room).await? {
        if numbers.contains(&item.number) {
            story.add(EventKind::Price, Some(actor), &Price { number: item.number, item })?;
        }
    }
    Ok(())
}
