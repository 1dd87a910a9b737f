//! Someone says something.

use db::{Error, Read};
use kernel::{AccountId, Invalid, Problem, RoomId};
use people::{accounts, roles};
use serde_json::json;
use web::App;

use super::{
    ChatId, Seen,
    rows::{self, Said},
    rules::{self, Facts, Unheard, Verdict},
    wish::{self, Wish},
};
use crate::{
    Live, giveaway,
    hub::{EventKind, Reply},
    rooms::{self, Room, Step},
    shelf,
    story::payload,
};

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum SayError {
    #[error("no such room")]
    NotFound,
    #[error(transparent)]
    Unheard(#[from] Unheard),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<SayError> for web::Error {
    fn from(error: SayError) -> Self {
        match error {
            SayError::NotFound => web::Error::NotFound,
            SayError::Unheard(Unheard::Empty) => Invalid::field("text", Problem::Required).into(),
            SayError::Unheard(Unheard::TooLong) => {
                Invalid::field("text", Problem::TooLong(rules::TEXT_MAX as i64)).into()
            }
            SayError::Unheard(Unheard::Characters) => Invalid::field("text", Problem::Characters).into(),
            SayError::Unheard(unheard) => web::Error::Conflict(unheard.key()),
            SayError::Db(error) => error.into(),
        }
    }
}

/// Says `text` in the room as this account. What is held or hidden is kept too; the answer says what became of it.
pub async fn say(app: &App, room: &Room, by: AccountId, text: &str) -> Result<Said, SayError> {
    let text = rules::read(text)?;
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let account = accounts::by_id(&mut read, by).await?.ok_or(SayError::NotFound)?;
    let words = rows::words(&mut read, room.store_id).await?;
    drop(read);
    let said = Live::change(app, room.store_id, room.id, async |tx, story| {
        // Read again: the room may have ended while this one waited.
        let room = rooms::get(tx, room.store_id, room.id).await?.ok_or(SayError::NotFound)?;
        let role = roles::role_of(tx, room.store_id, by).await?;
        let person = rows::person(tx, room.store_id, room.id, by).await?.unwrap_or_default();
        let staff = role.is_some() || person.role.is_some();
        let facts = Facts {
            now,
            // In a rehearsal nobody hears who waits in front.
            open: match room.state.step() {
                Step::Live => true,
                Step::Rehearsal => staff,
                Step::Scheduled | Step::Ended | Step::Cancelled => false,
            },
            staff,
            banned: rows::is_banned(tx, room.store_id, by).await?,
            muted_until: person.muted_until,
            shadowed: person.shadowed,
            slow_seconds: room.slow_seconds,
            last: person.said_at.map(|at| (at, person.said.as_str())),
            account_since: account.created_at,
            words: &words,
        };
        let state = match rules::judge(&text, &facts)? {
            Verdict::Show => Seen::Shown,
            Verdict::Hold => Seen::Held,
            Verdict::Hide => Seen::Hidden,
        };
        let said = Said {
            id: ChatId::new(),
            account_id: by,
            name: account.name.clone(),
            text: text.clone(),
            staff: role.is_some(),
            state,
            at: now,
        };
        rows::insert(tx, &room, &said).await?;
        rows::note_said(tx, &room, by, now, &rules::fold(&text)).await?;
        if said.state == Seen::Shown {
            story.add(EventKind::Chat, Some(by), &said.payload())?;
            giveaway::heard(tx, &room, by, &said.text, now).await?;
        }
        Ok::<_, SayError>(said)
    })
    .await?;
    if let Ok(live) = Live::of(app) {
        match said.state {
            Seen::Shown => live.meters().said(room.id),
            // Who said it sees it like any other.
            Seen::Hidden => live.hub().tell_person(room.id, by.uuid(), "chat", &said.payload()),
            Seen::Held | Seen::Deleted => {}
        }
    }
    Ok(said)
}

/// What of the shelf a comment asks for, where comments are orders. The store's own are talk. It was said in any case: a
/// wish that cannot be looked up is none.
pub async fn wished(app: &App, room: &Room, said: &Said) -> Option<Wish> {
    let wish = async { look_up(&mut app.db.read().await?, room, said).await };
    wish.await.unwrap_or_else(|error: Error| {
        tracing::error!(%error, room = %room.id, "what a comment asks for could not be looked up");
        None
    })
}

async fn look_up(read: &mut Read, room: &Room, said: &Said) -> Result<Option<Wish>, Error> {
    if !room.comment_orders || said.staff || said.state == Seen::Held {
        return Ok(None);
    }
    let Some(wish) = wish::read(&said.text) else { return Ok(None) };
    let standing = shelf::standing(read, room).await?;
    Ok(standing.iter().any(|there| there.number == wish.number).then_some(wish))
}

impl Said {
    pub fn payload(&self) -> payload::Chat {
        payload::Chat {
            id: self.id,
            name: self.name.clone(),
            text: self.text.clone(),
            at: self.at.as_millisecond(),
            staff: self.staff,
        }
    }
}

/// A comment that came over the socket: `{text}`.
pub(crate) async fn hear(app: &App, room: RoomId, by: Option<AccountId>, d: &serde_json::Value) -> Reply {
    let refused = |error: &str, with| Reply::Refused { error: error.to_owned(), with };
    let Some(by) = by else { return refused("chat-sign-in", json!({})) };
    let Some(text) = d.get("text").and_then(|text| text.as_str()) else {
        return refused("chat-empty", json!({}));
    };
    match heard(app, room, by, text).await {
        // One that is hidden does not say so.
        Ok((said, None)) => Reply::Done(json!({ "held": said.state == Seen::Held })),
        Ok((said, Some(wish))) => Reply::Done(json!({ "held": said.state == Seen::Held, "wish": wish })),
        Err(SayError::Unheard(unheard)) => {
            let with = match unheard {
                Unheard::Slow { wait_ms } => json!({ "wait": wait_ms }),
                Unheard::Muted { until } => json!({ "until": until.as_millisecond() }),
                _ => json!({}),
            };
            refused(unheard.key(), with)
        }
        Err(SayError::NotFound) => refused("chat-closed", json!({})),
        Err(SayError::Db(error)) => {
            tracing::error!(%error, %room, "a comment could not be kept");
            refused("error-unavailable", json!({}))
        }
    }
}

async fn heard(app: &App, room: RoomId, by: AccountId, text: &str) -> Result<(Said, Option<Wish>), SayError> {
    let (room, _) = rooms::of_hub(&mut app.db.read().await?, room).await?.ok_or(SayError::NotFound)?;
    let said = say(app, &room, by, text).await?;
    let wish = wished(app, &room, &said).await;
    Ok((said, wish))
}
