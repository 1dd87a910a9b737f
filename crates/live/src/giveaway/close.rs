//! The draw: the list is closed, hashed and drawn from, and the seed shown. Once, by whoever comes first: the time, the
//! host, or the end of the room.

use db::{Error, Tx, deadlines, deadlines::Due};
use kernel::{AccountId, Id, RoomId, StoreId, Timestamp};
use people::audit;
use web::App;

use super::{Giveaway, GiveawayId, State, list, lots, rows};
use crate::{Live, Story, hub::EventKind, rooms::Room};

/// The deadline at which is drawn.
pub(super) const DRAW: &str = "live.draw";

/// Why nothing was drawn.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    #[error("no such giveaway")]
    NotFound,
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<CloseError> for web::Error {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::NotFound => web::Error::NotFound,
            CloseError::Db(error) => error.into(),
        }
    }
}

/// Draws now, if it was not drawn before.
pub async fn close(
    app: &App,
    store: StoreId,
    actor: AccountId,
    room: RoomId,
    id: GiveawayId,
) -> Result<Giveaway, CloseError> {
    let now = app.clock.now();
    Live::change(app, store, room, async |tx, story| {
        let found = super::get(tx, store, room, id).await?.ok_or(CloseError::NotFound)?;
        if found.state == State::Open {
            audit::record(tx, actor, store, "giveaway.closed", id, &found.prize, now).await?;
        }
        draw(tx, story, store, id, now).await?;
        super::get(tx, store, room, id).await?.ok_or(CloseError::NotFound)
    })
    .await
}

/// Does what the deadline of a giveaway stands for; answers whether it was one.
pub(crate) async fn due(app: &App, due: &Due) -> Result<bool, Error> {
    if due.kind != DRAW {
        return Ok(false);
    }
    let (store, id, now) = (due.store_id, Id::from_uuid(due.subject), app.clock.now());
    let found = rows::get(&mut app.db.read().await?, store, id).await?.ok_or(Error::Missing)?;
    Live::change(app, store, found.room_id, async |tx, story| draw(tx, story, store, id, now).await).await?;
    Ok(true)
}

/// The room is over: what is open is drawn now.
pub(crate) async fn room_over(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    now: Timestamp,
) -> Result<(), Error> {
    for giveaway in rows::open_in(tx, room.store_id, room.id).await? {
        draw(tx, story, room.store_id, giveaway.id, now).await?;
    }
    Ok(())
}

async fn draw(
    tx: &mut Tx,
    story: &mut Story,
    store: StoreId,
    id: GiveawayId,
    now: Timestamp,
) -> Result<(), Error> {
    deadlines::clear(tx, store, DRAW, id).await?;
    let Some(mut giveaway) = rows::close(tx, store, id, now).await? else { return Ok(()) };
    let hash = lots::hash(&list(tx, &giveaway).await?);
    let (entries, winners) = (giveaway.entries as usize, giveaway.winners as usize);
    let drawn = lots::draw(&giveaway.seed, &hash, entries, winners);
    // Numbers are given without gaps, from 1.
    for (place, entry) in (1i64..).zip(drawn) {
        rows::set_won(tx, &giveaway, entry as i64 + 1, place).await?;
    }
    giveaway.list_hash = Some(hash);
    rows::set_list_hash(tx, &giveaway).await?;
    let winners = rows::winners(tx, &giveaway).await?;
    story.add(EventKind::Giveaway, None, &giveaway.words(&winners))
}
