//! Who may publish into a room, and who may watch its video.

use async_trait::async_trait;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Request},
};
use broadcast::{Admit, Audience, Grant, Name, Playing, Poster, Posting, Publishing, Refusal};
use bytes::Bytes;
use kernel::RoomId;
use people::roles::{self, Permission};
use stores::images;
use web::{ApiViewer, App};

use super::State;
use crate::{Live, memory::Known, story::Keeper};

#[async_trait]
impl Admit for Keeper {
    async fn publish(&self, asked: Publishing<'_>) -> Result<Grant, Refusal> {
        let app = self.app().map_err(|_| Refusal::NotNow)?;
        super::publish::grant(app, asked).await
    }

    async fn play(&self, asked: Playing<'_>) -> Result<Audience, Refusal> {
        let app = self.app().map_err(|_| Refusal::NotNow)?;
        let live = Live::of(app).map_err(|_| Refusal::NotNow)?;
        let room: RoomId = asked.room.as_str().parse().map_err(|_| Refusal::NotAllowed)?;
        let known = live.known(app, room).await.map_err(|_| Refusal::NotNow)?.ok_or(Refusal::NotAllowed)?;
        match may_watch(&known, asked.show, asked.replay) {
            May::Everyone => Ok(Audience::Everyone),
            May::Staff if is_staff(app, &known, asked.headers).await => Ok(Audience::OnlyThem),
            May::Staff | May::Nobody => Err(Refusal::NotAllowed),
        }
    }

    async fn post_poster(&self, asked: Posting<'_>) -> Result<(), Refusal> {
        let app = self.app().map_err(|_| Refusal::NotNow)?;
        let live = Live::of(app).map_err(|_| Refusal::NotNow)?;
        let room: RoomId = asked.room.as_str().parse().map_err(|_| Refusal::NotAllowed)?;
        let known = live.known(app, room).await.map_err(|_| Refusal::NotNow)?.ok_or(Refusal::NotAllowed)?;
        let by_pass = super::publish::holds_pass(app, room, asked.headers);
        if by_pass || is_staff(app, &known, asked.headers).await { Ok(()) } else { Err(Refusal::NotAllowed) }
    }

    async fn make_poster(&self, picture: Bytes) -> Option<Poster> {
        let made = tokio::task::spawn_blocking(move || images::small(&picture, POSTER)).await;
        let bytes = made.ok()?.ok()?.into();
        Some(Poster { kind: "image/webp", bytes })
    }
}

/// Pixels of a poster's longer side.
const POSTER: u32 = 640;

/// Who may watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May {
    Everyone,
    Staff,
    Nobody,
}

/// A rehearsal is for the staff; a show is for everyone while it is live, and after it if it is kept.
pub(super) fn may_watch(known: &Known, show: Option<&Name>, replay: bool) -> May {
    let own = |id: super::ShowId| show.is_none_or(|show| show.as_str() == id.to_string());
    match known.state {
        _ if !known.shown => May::Nobody,
        State::Rehearsal { show } if own(show) && !replay => May::Staff,
        State::Live { show, .. } if own(show) && (!replay || known.replay) => May::Everyone,
        State::Ended { show, .. } if own(show) && (!replay || known.replay) => May::Everyone,
        _ => May::Nobody,
    }
}

async fn is_staff(app: &App, known: &Known, headers: &HeaderMap) -> bool {
    let mut request = Request::new(());
    *request.headers_mut() = headers.clone();
    let (mut parts, ()) = request.into_parts();
    let Ok(ApiViewer(viewer)) = ApiViewer::from_request_parts(&mut parts, app).await else { return false };
    let Ok(mut read) = app.db.read().await else { return false };
    let role = roles::role_of(&mut read, known.store, viewer.account_id).await;
    matches!(role, Ok(Some(role)) if role.may(Permission::HostLive))
}

#[cfg(test)]
mod tests {
    use kernel::{StoreId, Timestamp};

    use super::*;
    use crate::rooms::{Ending, ShowId};

    fn known(state: State, replay: bool) -> Known {
        Known { store: StoreId::new(), state, replay, shown: true, holder: None }
    }

    #[test]
    fn a_rehearsal_is_for_the_staff_and_a_show_for_everyone() {
        let (show, since) = (ShowId::new(), Timestamp::UNIX_EPOCH);
        let name = Name::new(&show.to_string()).unwrap();
        let other = Name::new(&ShowId::new().to_string()).unwrap();
        let rehearsal = known(State::Rehearsal { show }, true);
        assert_eq!(may_watch(&rehearsal, None, false), May::Staff);
        assert_eq!(may_watch(&rehearsal, Some(&name), true), May::Nobody, "nothing of it is kept");
        let live = known(State::Live { show, since, lost: None }, false);
        assert_eq!(may_watch(&live, Some(&name), false), May::Everyone);
        assert_eq!(may_watch(&live, Some(&other), false), May::Nobody, "the rehearsal's pictures stay away");
        assert_eq!(may_watch(&live, Some(&name), true), May::Nobody, "it is not kept");
        assert_eq!(may_watch(&known(State::Scheduled, true), None, false), May::Nobody);
        assert_eq!(may_watch(&Known { shown: false, ..live }, None, false), May::Nobody);
        let ended = State::Ended { show, since, at: since, why: Ending::Host };
        assert_eq!(may_watch(&known(ended, true), Some(&name), true), May::Everyone);
        assert_eq!(may_watch(&known(ended, false), Some(&name), true), May::Nobody);
    }
}
