//! Leave to publish: by the room's stream key, or by the pass that the studio's page carries.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use broadcast::{Grant, Name, Publishing, Refusal, Source, rtmp::push::Target};
use db::{Error, Tx, deadlines};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{AccountId, RoomId, Timestamp};
use people::roles::{self, Permission};
use sha2::Sha256;
use stores::State as StoreState;
use subtle::ConstantTimeEq;
use web::{App, session::token_hash};

use super::{RETURN_WITHIN, Room, SILENT, ShowId, State, moves, rows};
use crate::Live;

/// How long a studio's page may publish without being opened again: the longest show, and the time before it.
const PASS_LASTS: Duration = Duration::from_secs(25 * 60 * 60);
/// Tells a pass from a stream key, which has no dots.
const PASS: &str = "pass.";
/// A process that says nothing for longer has lost its rooms.
pub(crate) const HELD_FOR: Duration = Duration::from_secs(45);

/// A pass with which this person's browser may publish into this room: no key needs to be typed. It is good for a day
/// and as long as the person may host.
pub fn pass(app: &App, room: RoomId, host: AccountId) -> String {
    let until = (app.clock.now() + PASS_LASTS).as_second();
    let said = format!("{room}.{host}.{until}");
    format!("{PASS}{said}.{}", sign(&app.platform.secret.0, &said))
}

fn sign(secret: &[u8], said: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { unreachable!("HMAC takes any key") };
    mac.update(b"studio pass\0");
    mac.update(said.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whose pass this is and for which room, if it is ours and still good.
fn read_pass(secret: &[u8], pass: &str, now: Timestamp) -> Option<(RoomId, AccountId)> {
    let (said, signature) = pass.strip_prefix(PASS)?.rsplit_once('.')?;
    if !bool::from(sign(secret, said).as_bytes().ct_eq(signature.as_bytes())) {
        return None;
    }
    let mut parts = said.split('.');
    let (room, host, until) = (parts.next()?, parts.next()?, parts.next()?);
    let until: i64 = until.parse().ok()?;
    (now.as_second() < until).then_some((room.parse().ok()?, host.parse().ok()?))
}

/// Whether the request carries a pass for this room as its bearer token.
pub(super) fn holds_pass(app: &App, room: RoomId, headers: &HeaderMap) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = sent.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    read_pass(&app.platform.secret.0, token.trim(), app.clock.now()).is_some_and(|(own, _)| own == room)
}

/// Lets someone publish who has the key or a pass. A room that is only scheduled begins its rehearsal by it.
pub(super) async fn grant(app: &App, asked: Publishing<'_>) -> Result<Grant, Refusal> {
    let not_now = |error: Error| {
        tracing::error!(%error, "whether someone may publish could not be decided");
        Refusal::NotNow
    };
    let live = Live::of(app).map_err(|_| Refusal::NotNow)?;
    let room = asked_for(app, &asked).await.map_err(not_now)?.ok_or(Refusal::NotAllowed)?;
    let node = live.settings().internal_url.clone();
    let Entered { show, is_live, record } = Live::change(app, room.store_id, room.id, async |tx, _| {
        let room = rows::get(tx, room.store_id, room.id).await?.ok_or(Error::Missing)?;
        let now = app.clock.now();
        let found = enter(tx, &room, now).await?;
        if found.is_some() {
            hold(tx, &room, &node, now).await?;
        }
        Ok::<_, Error>(found)
    })
    .await
    .map_err(not_now)?
    .ok_or(Refusal::NotAllowed)?;
    let name = |text: String| Name::new(&text).map_err(|_| Refusal::NotAllowed);
    let video = name(room.id.to_string())?;
    live.publishes(room.id);
    let elsewhere = live.settings().external_hls.replace("{room}", video.as_str());
    // A rehearsal is nobody's to see elsewhere.
    let is_elsewhere = is_live && !elsewhere.is_empty();
    live.broadcast().set_external_hls(video.clone(), is_elsewhere.then_some(elsewhere.as_str()));
    let onward = live.settings().external_rtmp.replace("{room}", video.as_str());
    let forward = Target::parse(&onward).filter(|_| is_live);
    Ok(Grant { room: video, show: name(show.to_string())?, limits: live.settings().video, record, forward })
}

/// The room that the key or pass opens, if the store is one that may be seen.
async fn asked_for(app: &App, asked: &Publishing<'_>) -> Result<Option<Room>, Error> {
    let named: Option<RoomId> = asked.room.and_then(|room| room.as_str().parse().ok());
    let mut read = app.db.read().await?;
    let room = match read_pass(&app.platform.secret.0, asked.key, app.clock.now()) {
        Some((room, host)) => match rows::by_id(&mut read, room).await? {
            Some(room) => roles::role_of(&mut read, room.store_id, host)
                .await?
                .filter(|role| role.may(Permission::HostLive))
                .map(|_| room),
            None => None,
        },
        // Only this process itself can send a film.
        None if asked.source == Source::Reel => match named {
            Some(named) => rows::by_id(&mut read, named).await?,
            None => None,
        },
        None => rows::by_key(&mut read, &token_hash(asked.key)).await?,
    };
    let Some(room) = room.filter(|room| asked.room.is_none() || named == Some(room.id)) else {
        return Ok(None);
    };
    let store = stores::by_id(&mut read, room.store_id).await?;
    let may = store.is_some_and(|store| !matches!(store.state, StoreState::Suspended | StoreState::Closed));
    Ok(Some(room).filter(|_| may))
}

/// The show into which pictures go now.
struct Entered {
    show: ShowId,
    /// Whether buyers see it: nobody but the staff sees a rehearsal.
    is_live: bool,
    record: bool,
}

/// Where pictures go now; `None` if the room is over.
async fn enter(tx: &mut Tx, room: &Room, now: Timestamp) -> Result<Option<Entered>, Error> {
    let state = match room.state {
        State::Scheduled => {
            let rehearsal = State::Rehearsal { show: ShowId::new() };
            moves::put(tx, room, rehearsal, None, now).await?.state
        }
        state => state,
    };
    Ok(match state {
        State::Live { show, .. } => Some(Entered { show, is_live: true, record: room.replay }),
        State::Rehearsal { show } => Some(Entered { show, is_live: false, record: false }),
        State::Scheduled | State::Ended { .. } | State::Cancelled { .. } => None,
    })
}

/// This process has the room's pictures. As long as it says so again and again, the room is not taken for silent.
pub(crate) async fn hold(tx: &mut Tx, room: &Room, node: &str, now: Timestamp) -> Result<(), Error> {
    rows::hold(tx, room.store_id, room.id, node, now + HELD_FOR).await?;
    if room.state.is_live() {
        deadlines::set(tx, room.store_id, SILENT, room.id, now + HELD_FOR + RETURN_WITHIN).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_for_one_room_one_host_and_one_day() {
        let (room, host) = (RoomId::new(), AccountId::new());
        let at = |second| Timestamp::from_second(second).unwrap();
        let said = format!("{room}.{host}.1000");
        let good = format!("{PASS}{said}.{}", sign(b"secret", &said));
        assert!(good.len() <= 256, "a key has at most 256 bytes");
        assert_eq!(read_pass(b"secret", &good, at(999)), Some((room, host)));
        assert_eq!(read_pass(b"secret", &good, at(1000)), None);
        assert_eq!(read_pass(b"other", &good, at(999)), None);
        let longer = good.replace(".1000.", ".9000.");
        assert_eq!(read_pass(b"secret", &longer, at(999)), None);
        for wrong in ["", "pass.", "pass.x.y", "pass....", "key"] {
            assert_eq!(read_pass(b"secret", wrong, at(0)), None, "{wrong:?}");
        }
    }
}
