//! Someone who works in a room: the store's staff who may host, and those to whom a part in it was given.

use std::{marker::PhantomData, ops::Deref};

use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};
use kernel::{AccountId, RoomId};
use people::roles::{self, Permission};
use stores::Store;
use web::{ApiViewer, App, Error, Viewer};

use crate::{
    Live,
    chat::{self, Part},
    rooms::{self, Room},
};

/// What someone is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// Of the store's staff, with the permission to host.
    Host,
    Assistant,
    Moderator,
}

/// What is done in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Its life and its video: plan, start, end, keys, who has a part.
    Run,
    /// Its goods: shelf, pins, prices, announcements, selling tools.
    Sell,
    /// Its talk: comments and people.
    Moderate,
}

impl Rank {
    /// Whether this is theirs to do.
    pub const fn may(self, work: Work) -> bool {
        match self {
            Rank::Host => true,
            Rank::Assistant => matches!(work, Work::Sell | Work::Moderate),
            Rank::Moderator => matches!(work, Work::Moderate),
        }
    }
}

/// The kinds of work as types, for [`Crew`].
pub mod does {
    use super::Work;

    pub trait Does {
        const WORK: Work;
    }
    macro_rules! kinds {
        ($($name:ident),+) => {$(
            pub struct $name;
            impl Does for $name {
                const WORK: Work = Work::$name;
            }
        )+};
    }
    kinds!(Run, Sell, Moderate);
}

/// Someone who may do this work in the room of `{handle}` and `{room}` in the path. It is asked before the request's
/// body is read. A room of another store is not found.
pub struct Crew<D> {
    pub store: Store,
    pub room: Room,
    pub viewer: Viewer,
    pub rank: Rank,
    work: PhantomData<D>,
}

impl<D> Crew<D> {
    pub fn actor(&self) -> AccountId {
        self.viewer.account_id
    }
}

impl<D> Deref for Crew<D> {
    type Target = Room;
    fn deref(&self) -> &Room {
        &self.room
    }
}

impl<S: Send + Sync, D: does::Does> FromRequestParts<S> for Crew<D>
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        let named =
            |wanted| params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
        let handle = named("handle").ok_or(Error::NotFound)?;
        let room: Option<RoomId> = named("room").and_then(|room| room.parse().ok());
        let ApiViewer(viewer) = ApiViewer::from_request_parts(parts, state).await?;
        let app = App::from_ref(state);
        let mut read = app.db.read().await?;
        let store = stores::by_handle(&mut read, &handle).await?.ok_or(Error::NotFound)?;
        let role = roles::role_of(&mut read, store.id, viewer.account_id).await?;
        let part = match room {
            Some(room) => chat::part_of(&mut read, store.id, room, viewer.account_id).await?,
            None => None,
        };
        let rank = match (role, part) {
            (Some(role), _) if role.may(Permission::HostLive) => Rank::Host,
            (_, Some(Part::Assistant)) => Rank::Assistant,
            (_, Some(Part::Moderator)) => Rank::Moderator,
            // Whoever has nothing to do with it is not told whether there is such a room.
            _ => return Err(Error::Forbidden),
        };
        if !rank.may(D::WORK) {
            return Err(Error::Forbidden);
        }
        Live::of(&app)?;
        let found = match room {
            Some(room) => rooms::get(&mut read, store.id, room).await?,
            None => None,
        };
        Ok(Self { store, room: found.ok_or(Error::NotFound)?, viewer, rank, work: PhantomData })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rank_does_a_part_of_what_the_one_above_does() {
        let ranks = [Rank::Moderator, Rank::Assistant, Rank::Host];
        for work in [Work::Run, Work::Sell, Work::Moderate] {
            let may: Vec<bool> = ranks.iter().map(|rank| rank.may(work)).collect();
            assert!(may.is_sorted(), "{work:?}");
        }
        assert!(!Rank::Assistant.may(Work::Run) && !Rank::Moderator.may(Work::Sell));
    }
}
