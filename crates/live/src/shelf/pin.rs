//! The product that is being explained, and the chapters that this leaves in the replay.

use db::{Error, Tx};
use kernel::{AccountId, Invalid, Problem, RoomId, StoreId, Timestamp};
use web::App;

use super::{ShelfError, rows, stand::going_on};
use crate::{
    Live, Story,
    hub::EventKind,
    rooms::Room,
    story::payload::{Nothing, Pin},
};

/// Explains the product of this number from now on.
pub async fn pin(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    number: i64,
) -> Result<(), ShelfError> {
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        let room = going_on(tx, store, id).await?;
        let standing = rows::standing(tx, store, id).await?;
        let wanted = standing.iter().find(|there| there.number == number);
        let product = wanted.ok_or_else(|| Invalid::field("number", Problem::NotFound))?.product_id;
        rows::close_chapter(tx, &room, now).await?;
        rows::begin_chapter(tx, &room, room.state.show(), product, number, now).await?;
        rows::set_pin(tx, &room, Some((product, now))).await?;
        story.add(EventKind::Pin, Some(actor), &Pin { number, at: now.as_millisecond() })?;
        Ok(())
    })
    .await
}

/// Explains nothing any more.
pub async fn unpin(app: &App, store: StoreId, actor: AccountId, id: RoomId) -> Result<(), ShelfError> {
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        let room = going_on(tx, store, id).await?;
        if room.pinned.is_some() {
            unpin_in(tx, story, &room, actor, now).await?;
        }
        Ok(())
    })
    .await
}

pub(super) async fn unpin_in(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    actor: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    rows::close_chapter(tx, room, now).await?;
    rows::set_pin(tx, room, None).await?;
    story.add(EventKind::Unpin, Some(actor), &Nothing {})
}
