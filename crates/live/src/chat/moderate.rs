//! Keeping order: taking comments down or letting them pass, muting and banning people, and giving others a part in it.

use std::time::Duration;

use db::{Error, Tx};
use kernel::{AccountId, Invalid, Problem, RoomId, StoreId};
use people::{accounts, audit, roles};
use web::App;

use super::{ChatId, Part, Seen, rows};
use crate::{
    Live, giveaway,
    hub::EventKind,
    rooms::{self, Room},
    story::payload::{Ban, ChatDelete, Comment, Nothing},
};

/// The longest mute; who should be quiet for longer is banned.
pub const MUTE_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// People with a part in one room.
pub const PARTS_MAX: i64 = 50;

/// Why all stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum ModerateError {
    #[error("no such room, comment or person")]
    NotFound,
    /// Staff cannot be silenced by those who keep order.
    #[error("this person works in the store")]
    Staff,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<ModerateError> for web::Error {
    fn from(error: ModerateError) -> Self {
        match error {
            ModerateError::NotFound => web::Error::NotFound,
            ModerateError::Staff => web::Error::Conflict("live-is-staff"),
            ModerateError::Invalid(invalid) => invalid.into(),
            ModerateError::Db(error) => error.into(),
        }
    }
}

async fn room(tx: &mut Tx, store: StoreId, id: RoomId) -> Result<Room, ModerateError> {
    rooms::get(tx, store, id).await?.ok_or(ModerateError::NotFound)
}

/// Takes a comment down.
pub async fn delete(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    chat: ChatId,
) -> Result<(), ModerateError> {
    Live::change(app, store, id, async |tx, story| {
        let room = room(tx, store, id).await?;
        let said = rows::get(tx, store, id, chat).await?.ok_or(ModerateError::NotFound)?;
        if said.state == Seen::Deleted {
            return Ok(());
        }
        rows::set_seen(tx, store, id, chat, Seen::Deleted, actor).await?;
        if room.pinned_comment == Some(chat) {
            rows::set_pinned(tx, store, id, None).await?;
            story.add(EventKind::PinComment, Some(actor), &Nothing {})?;
        }
        Ok(story.add(EventKind::ChatDelete, Some(actor), &ChatDelete { id: chat })?)
    })
    .await
}

/// Lets a comment pass that was held back.
pub async fn release(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    chat: ChatId,
) -> Result<(), ModerateError> {
    let now = app.clock.now();
    let shown = Live::change(app, store, id, async |tx, story| {
        let room = room(tx, store, id).await?;
        let said = rows::get(tx, store, id, chat).await?.ok_or(ModerateError::NotFound)?;
        if said.state != Seen::Held {
            return Ok(false);
        }
        rows::set_seen(tx, store, id, chat, Seen::Shown, actor).await?;
        story.add(EventKind::Chat, Some(said.account_id), &said.payload())?;
        giveaway::heard(tx, &room, said.account_id, &said.text, now).await?;
        Ok::<_, ModerateError>(true)
    })
    .await?;
    if let (true, Ok(live)) = (shown, Live::of(app)) {
        live.meters().said(id);
    }
    Ok(())
}

/// Keeps a comment on top, or none.
pub async fn pin(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    chat: Option<ChatId>,
) -> Result<(), ModerateError> {
    Live::change(app, store, id, async |tx, story| {
        room(tx, store, id).await?;
        let said = match chat {
            Some(chat) => rows::get(tx, store, id, chat).await?.filter(|said| said.state == Seen::Shown),
            None => None,
        };
        rows::set_pinned(tx, store, id, said.as_ref().map(|said| said.id)).await?;
        match (chat, said) {
            (None, _) => Ok(story.add(EventKind::PinComment, Some(actor), &Nothing {})?),
            (Some(_), Some(said)) => {
                let comment = Comment { id: said.id, name: said.name, text: said.text };
                Ok(story.add(EventKind::PinComment, Some(actor), &comment)?)
            }
            (Some(_), None) => Err(ModerateError::NotFound),
        }
    })
    .await
}

/// What is done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Says nothing in this room for so long.
    Mute(Duration),
    Unmute,
    /// Only they see what they say in this room, and they are not told.
    Shadow,
    Unshadow,
    /// Out of this room, and of all of the store's from now on.
    Ban,
    Unban,
}

/// Does it to a person of a room; staff are let be.
pub async fn treat(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    person: AccountId,
    measure: Measure,
) -> Result<(), ModerateError> {
    if let Measure::Mute(time) = measure
        && (time.is_zero() || time > MUTE_MAX)
    {
        let most = MUTE_MAX.as_secs() as i64 / 60;
        return Err(Invalid::field("minutes", Problem::TooLarge(most)).into());
    }
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        room(tx, store, id).await?;
        accounts::by_id(tx, person).await?.ok_or(ModerateError::NotFound)?;
        if roles::role_of(tx, store, person).await?.is_some() {
            return Err(ModerateError::Staff);
        }
        rows::ensure_person(tx, store, id, person).await?;
        let action = match measure {
            Measure::Mute(time) => {
                rows::set_muted(tx, store, id, person, Some(now + time)).await?;
                "live.muted"
            }
            Measure::Unmute => {
                rows::set_muted(tx, store, id, person, None).await?;
                "live.unmuted"
            }
            Measure::Shadow | Measure::Unshadow => {
                rows::set_shadowed(tx, store, id, person, measure == Measure::Shadow).await?;
                if measure == Measure::Shadow { "live.shadowed" } else { "live.unshadowed" }
            }
            Measure::Ban => {
                rows::ban(tx, store, id, person, now).await?;
                story.add(EventKind::Ban, Some(actor), &Ban { person: person.uuid() })?;
                "live.banned"
            }
            Measure::Unban => {
                rows::unban(tx, store, person).await?;
                "live.unbanned"
            }
        };
        audit::record(tx, actor, store, action, person, id, now).await?;
        Ok(())
    })
    .await?;
    let Ok(live) = Live::of(app) else { return Ok(()) };
    match measure {
        // Whom it concerns, and nobody else.
        Measure::Mute(_) => live.hub().tell_person(id, person.uuid(), "mute", &Nothing {}),
        Measure::Ban => {
            let open = rooms::of_store(&mut app.db.read().await?, store, now).await?;
            for room in open.live.iter().chain(&open.coming) {
                live.hub().dismiss(room.id, person.uuid());
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whose comment it is, so that it can be answered with a measure.
pub async fn author(
    read: &mut db::Read,
    store: StoreId,
    room: RoomId,
    chat: ChatId,
) -> Result<Option<AccountId>, Error> {
    Ok(rows::get(read, store, room, chat).await?.map(|said| said.account_id))
}

/// Gives a person a part in the room, or takes it away.
pub async fn give_part(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    person: AccountId,
    part: Option<Part>,
) -> Result<(), ModerateError> {
    let now = app.clock.now();
    app.db
        .write(store, async |tx| {
            room(tx, store, id).await?;
            accounts::by_id(tx, person).await?.ok_or(ModerateError::NotFound)?;
            if part.is_some() && rows::parts(tx, store, id).await?.len() as i64 >= PARTS_MAX {
                return Err(Invalid::field("person", Problem::TooMany(PARTS_MAX)).into());
            }
            rows::ensure_person(tx, store, id, person).await?;
            rows::set_part(tx, store, id, person, part).await?;
            let detail = part.map_or("none", Part::as_str);
            audit::record(tx, actor, store, "live.part", person, detail, now).await?;
            Ok(())
        })
        .await
}
