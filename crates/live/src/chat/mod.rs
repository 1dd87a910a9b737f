//! What is said in a room, and who may say it.

mod api;
mod moderate;
mod rows;
pub mod rules;
mod say;
pub mod wish;
mod words;

use db::{Error, Read};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

use crate::{
    rooms::Room,
    story::payload::{Chat, Comment},
};

pub(crate) use api::api;
pub use moderate::{
    MUTE_MAX, Measure, ModerateError, PARTS_MAX, author, delete, give_part, pin, release, treat,
};
pub use rows::{Partner, Said, Silenced};
pub(crate) use say::hear;
pub use say::{SayError, say, wished};
pub use words::{WORD_MAX, WORDS_MAX, set_words, words};

/// One comment.
pub struct ChatKind;
impl kernel::Kind for ChatKind {
    const PREFIX: &'static str = "say";
}
pub type ChatId = kernel::Id<ChatKind>;

db::text_enum! {
    /// Who sees a comment.
    pub enum Seen {
        /// Everyone.
        Shown = "shown",
        /// Nobody before a moderator lets it pass.
        Held = "held",
        /// Who said it, and nobody else.
        Hidden = "hidden",
        /// Nobody any more.
        Deleted = "deleted",
    }
}

/// Comments that someone gets who comes in.
pub const RECENT: i64 = 30;

/// The last comments of the room's present story that everyone sees, the oldest first.
pub async fn recent(read: &mut Read, room: &Room) -> Result<Vec<Chat>, Error> {
    rows::recent(read, room.store_id, room.id, room.epoch, RECENT).await
}

/// The comment that stays on top.
pub async fn pinned(read: &mut Read, room: &Room) -> Result<Option<Comment>, Error> {
    let Some(id) = room.pinned_comment else { return Ok(None) };
    let said = rows::get(read, room.store_id, room.id, id).await?;
    Ok(said.filter(|said| said.state == Seen::Shown).map(|said| Comment {
        id,
        name: said.name,
        text: said.text,
    }))
}

db::text_enum! {
    /// What someone who is not of the store's staff may do in a room.
    pub enum Part {
        /// Shows goods and keeps order.
        Assistant = "assistant",
        /// Keeps order.
        Moderator = "moderator",
    }
}

/// Comments in one list.
pub const LISTED: i64 = 50;

/// Comments of a room in one state, the latest first, those before `before` if it is given: such as those that wait
/// for a moderator.
pub async fn list(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    state: Seen,
    before: Option<ChatId>,
) -> Result<Vec<Said>, Error> {
    let before = before.unwrap_or(ChatId::from_uuid(uuid::Uuid::max()));
    rows::in_state(read, store, room, state, before, LISTED).await
}

/// Those who have a part in the room without being of the store's staff.
pub async fn parts(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Partner>, Error> {
    rows::parts(read, store, room).await
}

/// This person's part in the room, if they have one.
pub async fn part_of(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    account: AccountId,
) -> Result<Option<Part>, Error> {
    Ok(rows::person(read, store, room, account).await?.and_then(|person| person.role))
}

/// Who was silenced in the room.
pub async fn silenced(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    now: Timestamp,
) -> Result<Vec<Silenced>, Error> {
    rows::silenced(read, store, room, now).await
}

/// Whether this person may not come into the store's rooms.
pub async fn is_banned(read: &mut Read, store: StoreId, account: AccountId) -> Result<bool, Error> {
    rows::is_banned(read, store, account).await
}

#[cfg(test)]
mod tests;
