//! Someone takes part: by pressing a button, by following the store, or by saying the word. Once, however often they try.

use db::{Error, Tx};
use kernel::{AccountId, RoomId, StoreId, Timestamp};
use stores::followers;
use web::App;

use super::{ENTRIES_MAX, Entry, EntryId, Giveaway, GiveawayId, State, Task, rows};
use crate::{
    chat,
    rooms::{self, Room},
    takes_part::{NotForYou, takes_part},
};

/// Why someone is not among those from whom is drawn.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    #[error("no such giveaway")]
    NotFound,
    #[error("it was drawn")]
    Over,
    #[error("this one is entered by saying its word")]
    SayTheWord,
    #[error("as many take part as can")]
    Full,
    #[error(transparent)]
    NotForYou(#[from] NotForYou),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<EnterError> for web::Error {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::NotFound => web::Error::NotFound,
            EnterError::Over => web::Error::Conflict("giveaway-over"),
            EnterError::SayTheWord => web::Error::Conflict("giveaway-say-the-word"),
            EnterError::Full => web::Error::Conflict("giveaway-full"),
            EnterError::NotForYou(not) => not.into(),
            EnterError::Db(error) => error.into(),
        }
    }
}

/// Enters; who is in already stays in.
pub async fn enter(
    app: &App,
    store: StoreId,
    room: RoomId,
    id: GiveawayId,
    account: AccountId,
) -> Result<Entry, EnterError> {
    let now = app.clock.now();
    // Nobody is told of one entry: it changes no more than a count.
    app.db
        .write(store, async |tx| {
            let giveaway = super::get(tx, store, room, id).await?.ok_or(EnterError::NotFound)?;
            let room = rooms::get(tx, store, room).await?.ok_or(EnterError::NotFound)?;
            if giveaway.state == State::Open && giveaway.task == Task::Comment {
                return match rows::entry_of(tx, store, id, account).await? {
                    Some(entry) => Ok(entry),
                    None => Err(EnterError::SayTheWord),
                };
            }
            let name = takes_part(tx, &room, account).await??;
            // Once: who thought better of following stays in, and is let be.
            if giveaway.task == Task::Follow && rows::entry_of(tx, store, id, account).await?.is_none() {
                followers::begin(tx, store, account, Some(room.id), now).await?;
            }
            write(tx, &giveaway, account, name, now).await
        })
        .await
}

/// A comment that everyone sees may be the word of a giveaway. Who says it takes part from then on.
pub(crate) async fn heard(
    tx: &mut Tx,
    room: &Room,
    account: AccountId,
    text: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let said = chat::rules::fold(text);
    for giveaway in rows::open_in(tx, room.store_id, room.id).await? {
        if giveaway.task != Task::Comment || !said.contains(&chat::rules::fold(&giveaway.keyword)) {
            continue;
        }
        let Ok(name) = takes_part(tx, room, account).await? else { continue };
        // Whoever may not enter has made a comment all the same.
        if let Err(EnterError::Db(error)) = write(tx, &giveaway, account, name, now).await {
            return Err(error);
        }
    }
    Ok(())
}

/// Writes the entry under the next number, unless there is one.
async fn write(
    tx: &mut Tx,
    giveaway: &Giveaway,
    account: AccountId,
    name: String,
    now: Timestamp,
) -> Result<Entry, EnterError> {
    let (store, id) = (giveaway.store_id, giveaway.id);
    if let Some(entry) = rows::entry_of(tx, store, id, account).await? {
        return Ok(entry);
    }
    let number = rows::take_number(tx, store, id, now).await?.ok_or(EnterError::Over)?;
    // Another process may have written it while this one waited for the row.
    if let Some(entry) = rows::entry_of(tx, store, id, account).await? {
        rows::give_number_back(tx, store, id).await?;
        return Ok(entry);
    }
    if number > ENTRIES_MAX {
        rows::give_number_back(tx, store, id).await?;
        return Err(EnterError::Full);
    }
    let entry = Entry { id: EntryId::new(), number, name, won: None };
    rows::insert_entry(tx, store, id, account, &entry, now).await?;
    Ok(entry)
}
