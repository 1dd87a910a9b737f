//! A buyer inside one store: the store of the address, with what its pages show.

use std::pin::Pin;

use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};
use web::{App, Error, LiveDoor, Page, ShopFrame};

use crate::{
    images,
    page::StorePage,
    store::{self, State, Store},
};

/// The store of `{handle}` in the path. One that has closed is not found; one that is paused is shown, and says so.
#[derive(Clone, Debug)]
pub struct Storefront {
    pub store: Store,
    /// The live copy of its page.
    pub live: StorePage,
}

/// An answer that is being looked up.
type Asked<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// What a store's pages say of its live rooms, of which this crate knows nothing: it is among the [`App`]'s parts.
#[derive(Clone, Copy)]
pub struct AskLive(pub fn(App, Storefront, Page) -> Asked<Option<LiveDoor>>);

impl Storefront {
    /// The frame of a page of this store.
    pub async fn frame(&self, app: &App, page: &Page, tab: &'static str) -> Result<ShopFrame, Error> {
        let pieces = match (app.basket_count, page.owner()) {
            (Some(count), Some(owner)) => count(app.clone(), self.store.id, owner).await?,
            // Someone who has put nothing into a basket anywhere costs no question.
            _ => 0,
        };
        let live = self.live_door(app, page).await?;
        Ok(ShopFrame {
            handle: self.store.handle.clone(),
            name: self.store.name.clone(),
            accent: self.live.accent.clone(),
            logo: self.live.cover.map(|cover| images::address(cover, 320)),
            basket_count: pieces,
            tab,
            live,
        })
    }

    /// What there is to say of the store's live rooms.
    pub(crate) async fn live_door(&self, app: &App, page: &Page) -> Result<Option<LiveDoor>, Error> {
        match app.parts.get::<AskLive>() {
            Some(AskLive(ask)) => ask(app.clone(), self.clone(), page.clone()).await,
            None => Ok(None),
        }
    }

    /// The key of what is said to buyers of a store that takes no orders now.
    pub fn notice(&self) -> Option<&'static str> {
        match self.store.state {
            State::Open => None,
            State::Paused | State::Suspended => Some("stores-notice-paused"),
            State::Closing | State::Closed => Some("stores-notice-closing"),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Storefront
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let handle = handle_of(parts, state).await?;
        let mut read = App::from_ref(state).db.read().await?;
        let front = store::with_page(&mut read, &handle).await?.ok_or(Error::NotFound)?;
        if !front.store.state.is_shown() {
            return Err(Error::NotFound);
        }
        Ok(front)
    }
}

/// The segment `{handle}` of the path.
pub(crate) async fn handle_of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<String, Error> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
    let handle = params.iter().find(|(name, _)| *name == "handle").map(|(_, value)| value.to_owned());
    handle.ok_or(Error::NotFound)
}
