//! Looks at the goods of a live room now and then: a merchant may change a price, a title or a stock in the console, of
//! which nobody tells.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use db::Error;
use kernel::{ProductId, RoomId, StoreId};
use web::App;

use super::{changed, items};
use crate::{
    Live,
    hub::EventKind,
    rooms::{self, Room},
    story::payload::{self, Item},
};

/// The shelves of this process's rooms as they were at the last look.
#[derive(Debug, Default)]
pub(crate) struct LastLook(Mutex<HashMap<RoomId, Vec<Item>>>);

impl LastLook {
    /// What could not be told is different still, unless the room is gone.
    fn put_back(&self, room: RoomId, before: Vec<Item>) {
        if let Some(items) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&room) {
            *items = before;
        }
    }

    fn replace(&self, room: RoomId, items: Vec<Item>) -> Option<Vec<Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(room, items)
    }

    pub(crate) fn forget(&self, room: RoomId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&room);
    }
}

/// Tells what is different since the last look.
pub(crate) async fn look_again(app: &App, last: &LastLook, store: StoreId, id: RoomId) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let Some(room) = rooms::get(&mut read, store, id).await?.filter(|room| room.state.is_live()) else {
        return Ok(());
    };
    let now = items(&mut read, &room).await?;
    drop(read);
    let Some(before) = last.replace(id, now.clone()) else { return Ok(()) };
    let told = tell(app, &room, &before, &now).await;
    if told.is_err() {
        last.put_back(id, before);
    }
    told
}

async fn tell(app: &App, room: &Room, before: &[Item], now: &[Item]) -> Result<(), Error> {
    // Goods that were put on or taken off were told when that was done.
    let both = now.iter().filter_map(|item| {
        let old = before.iter().find(|old| old.product == item.product)?;
        Some((old, item))
    });
    let (mut stocks, mut others) = (Vec::<ProductId>::new(), false);
    for (old, new) in both {
        others |= without_stock(old) != without_stock(new);
        if lefts(old) != lefts(new) {
            stocks.push(new.product);
        }
    }
    if others {
        Live::change(app, room.store_id, room.id, async |tx, story| {
            let shelf = items(tx, room).await?;
            story.add(EventKind::Shelf, None, &payload::Shelf { shelf })
        })
        .await?;
    }
    changed(app, room.store_id, &stocks).await
}

fn lefts(item: &Item) -> Vec<i64> {
    item.skus.iter().map(|sku| sku.left).collect()
}

/// The item as it would be with nothing left, to compare everything else. Prices of the room alone are told when they
/// change.
fn without_stock(item: &Item) -> Item {
    let mut item = item.clone();
    (item.left, item.sold_out, item.live_price) = (0, true, None);
    for sku in &mut item.skus {
        (sku.left, sku.live_price) = (0, None);
    }
    item
}
