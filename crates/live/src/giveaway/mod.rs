//! Giveaways: a prize that is drawn among those who took part. The draw is sealed before anyone enters and can be done
//! again by anyone afterwards ([`lots`]). The prize is the host's to hand over: it is a text, and no order.

mod api;
mod close;
mod enter;
pub mod lots;
mod open;
mod pages;
mod rows;
#[cfg(test)]
mod tests;

use std::time::Duration;

use db::{Error, Read, text_enum};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

use crate::story::payload;

pub(crate) use api::api;
pub use close::{CloseError, close};
pub(crate) use close::{due, room_over};
pub(crate) use enter::heard;
pub use enter::{EnterError, enter};
pub use open::{Open, open};
pub(crate) use pages::routes;
pub use rows::{Entry, Winning};

/// One giveaway.
pub struct GiveawayKind;
impl kernel::Kind for GiveawayKind {
    const PREFIX: &'static str = "gvw";
}
pub type GiveawayId = kernel::Id<GiveawayKind>;

/// Someone who takes part, as everyone may call them.
pub struct EntryKind;
impl kernel::Kind for EntryKind {
    const PREFIX: &'static str = "ent";
}
pub type EntryId = kernel::Id<EntryKind>;

/// Who can win at once.
pub const WINNERS_MAX: i64 = 100;
/// Columns of what there is to win, and of the word that is said for it.
pub const PRIZE_MAX: i64 = 60;
pub const KEYWORD_MAX: i64 = 20;
/// Seconds in which people can enter.
pub const LASTS_MIN: i64 = 10;
pub const LASTS_MAX: i64 = 2 * 60 * 60;
/// Giveaways of one room that are open at once.
pub const OPEN_MAX: i64 = 3;
/// Entries of one giveaway: the list of so many is a download of some megabytes.
pub const ENTRIES_MAX: i64 = 100_000;
/// So long after the draw the room still shows it to who comes in.
const SHOWN_FOR: Duration = Duration::from_secs(10 * 60);

text_enum! {
    /// What people do to take part.
    pub enum Task {
        /// Watch, and press a button.
        Watch = "watch",
        /// Follow the store, which pressing the button does.
        Follow = "follow",
        /// Say a word in the chat.
        Comment = "comment",
    }
}

text_enum! {
    /// Where a giveaway is in its life.
    pub enum State {
        Open = "open",
        Drawn = "drawn",
    }
}

/// A giveaway.
#[derive(Clone, Debug)]
pub struct Giveaway {
    pub store_id: StoreId,
    pub room_id: RoomId,
    pub id: GiveawayId,
    pub prize: String,
    /// How many can win.
    pub winners: i64,
    pub task: Task,
    /// Empty where no word is asked for.
    pub keyword: String,
    pub state: State,
    pub ends_at: Timestamp,
    /// Nobody's to see before the draw: see [`Giveaway::revealed`].
    seed: String,
    pub commitment: String,
    pub entries: i64,
    pub list_hash: Option<String>,
    pub drawn_at: Option<Timestamp>,
}

impl Giveaway {
    /// The seed and the hash of the list, after the draw.
    pub fn revealed(&self) -> Option<(&str, &str)> {
        let hash = self.list_hash.as_deref().filter(|_| self.state == State::Drawn)?;
        Some((&self.seed, hash))
    }

    /// What everyone is told of it.
    pub(crate) fn words(&self, winners: &[Winning]) -> payload::Giveaway {
        payload::Giveaway {
            id: self.id,
            prize: self.prize.clone(),
            count: self.winners,
            task: self.task.as_str(),
            keyword: Some(self.keyword.clone()).filter(|word| !word.is_empty()),
            state: self.state.as_str(),
            ends_at: self.ends_at.as_millisecond(),
            entries: self.entries,
            commitment: self.commitment.clone(),
            drawn_at: self.drawn_at.map(Timestamp::as_millisecond),
            winners: winners
                .iter()
                .map(|winner| payload::Winner { name: winner.name.clone(), entry: winner.id })
                .collect(),
        }
    }
}

/// The giveaway, if this room has it.
pub async fn get(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    id: GiveawayId,
) -> Result<Option<Giveaway>, Error> {
    Ok(rows::get(read, store, id).await?.filter(|giveaway| giveaway.room_id == room))
}

/// The room's giveaways, the latest first.
pub async fn of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Giveaway>, Error> {
    rows::of_room(read, store, room, LISTED).await
}

/// Giveaways in one list.
const LISTED: i64 = 100;

/// Who won, in the order in which they were drawn.
pub async fn winners(read: &mut Read, giveaway: &Giveaway) -> Result<Vec<Winning>, Error> {
    rows::winners(read, giveaway).await
}

/// This person's entry.
pub async fn entry_of(
    read: &mut Read,
    giveaway: &Giveaway,
    account: AccountId,
) -> Result<Option<Entry>, Error> {
    rows::entry_of(read, giveaway.store_id, giveaway.id, account).await
}

/// The first entries, in the order in which they came.
async fn entries(read: &mut Read, giveaway: &Giveaway, most: i64) -> Result<Vec<Entry>, Error> {
    rows::entries(read, giveaway, most).await
}

/// The list from which is drawn, as it is hashed: it grows until the draw, and not after.
pub async fn list(read: &mut Read, giveaway: &Giveaway) -> Result<String, Error> {
    let entries = entries(read, giveaway, ENTRIES_MAX).await?;
    Ok(entries.iter().map(|entry| lots::line(entry.number, entry.id, &entry.name)).collect())
}

/// What a room shows: those that are open, and the last draws.
pub(crate) async fn shown(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    now: Timestamp,
) -> Result<Vec<payload::Giveaway>, Error> {
    let mut shown = Vec::new();
    for giveaway in rows::shown(read, store, room, now - SHOWN_FOR).await? {
        let winners = winners(read, &giveaway).await?;
        shown.push(giveaway.words(&winners));
    }
    Ok(shown)
}
