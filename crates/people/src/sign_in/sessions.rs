//! Signing a browser in, and out.

use axum::http::HeaderMap;
use db::LaneKey;
use kernel::{AccountId, SessionId};
use web::{App, Error, Page, session};

use super::rows;

pub use rows::Session;

/// Begins a session for the account. What the visitor gathered in this browser goes along, and the visitor's
/// own session ends: a token that was planted before signing in is worth nothing after.
pub async fn sign_in(
    app: &App,
    page: &Page,
    headers: &HeaderMap,
    account: AccountId,
) -> Result<session::Begun, Error> {
    if let (Some(visitor), None) = (page.session(), page.viewer()) {
        for hook in app.on_sign_in.iter() {
            hook(app.clone(), visitor, account).await?;
        }
    }
    let begun = session::begin(app, Some(account)).await?;
    session::end(app, headers).await?;
    Ok(begun)
}

/// The account's browsers, the latest first.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<Session>, Error> {
    Ok(rows::sessions(&mut app.db.read().await?, account, app.clock.now()).await?)
}

/// Signs one browser out.
pub async fn end_one(app: &App, account: AccountId, id: SessionId) -> Result<(), Error> {
    let ended = app.db.write(LaneKey::PLATFORM, async |tx| rows::end_session(tx, account, id).await).await?;
    if ended { Ok(()) } else { Err(Error::NotFound) }
}

/// Signs the account out everywhere.
pub async fn end_all(app: &App, account: AccountId) -> Result<(), Error> {
    app.db.write(LaneKey::PLATFORM, async |tx| rows::end_all_sessions(tx, account).await).await?;
    Ok(())
}
