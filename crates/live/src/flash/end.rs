//! Ends flash sales: by their time, by the host, and with what they belong to.

use db::{Error, Tx, deadlines, deadlines::Due};
use kernel::{AccountId, Id, RoomId, StoreId, Timestamp};
use stores::special_prices::{self, SpecialId};
use web::App;

use super::{OVER, Sale, State, of_room, rows};
use crate::{
    Live, Story, ToolError,
    hub::EventKind,
    rooms::{self, Room},
};

/// Ends it before its time. One that is over stays so; orders that were placed keep their price.
pub async fn end(
    app: &App,
    store: StoreId,
    actor: AccountId,
    room: RoomId,
    id: SpecialId,
) -> Result<(), ToolError> {
    let now = app.clock.now();
    let sale = rows::get(&mut app.db.read().await?, store, id).await?;
    if sale.is_none_or(|sale| sale.room_id != room) {
        return Err(ToolError::NotFound);
    }
    end_one(app, store, Some(actor), room, id, now).await?;
    Ok(())
}

/// Does what the deadline of a flash sale stands for; answers whether it was one.
pub(crate) async fn due(app: &App, due: &Due) -> Result<bool, Error> {
    if due.kind != OVER {
        return Ok(false);
    }
    let (store, id) = (due.store_id, Id::from_uuid(due.subject));
    let now = app.clock.now();
    let sale = rows::get(&mut app.db.read().await?, store, id).await?;
    match sale {
        Some(sale) => end_one(app, store, None, sale.room_id, id, now).await?,
        None => app.db.write(store, async |tx| deadlines::clear(tx, store, OVER, id).await).await?,
    }
    Ok(true)
}

async fn end_one(
    app: &App,
    store: StoreId,
    by: Option<AccountId>,
    room: RoomId,
    id: SpecialId,
    now: Timestamp,
) -> Result<(), Error> {
    Live::change(app, store, room, async |tx, story| {
        let Some(room) = rooms::get(tx, store, room).await? else { return Ok(()) };
        deadlines::clear(tx, store, OVER, id).await?;
        end_some(tx, story, &room, by, |sale| sale.id == id, now).await
    })
    .await
}

/// Ends those of the room's flash sales that `which` picks.
pub(crate) async fn end_some(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    by: Option<AccountId>,
    which: impl Fn(&Sale) -> bool,
    now: Timestamp,
) -> Result<(), Error> {
    for sale in of_room(tx, room).await? {
        if !which(&sale) || !rows::set_state(tx, room.store_id, sale.id, sale.state, State::Over).await? {
            continue;
        }
        special_prices::close(tx, room.store_id, by, sale.id, now).await?;
        deadlines::clear(tx, room.store_id, OVER, sale.id).await?;
        story.add(EventKind::FlashSale, by, &Sale { state: State::Over, ..sale }.payload())?;
    }
    Ok(())
}
