//! Sessions: a random token in a cookie, its hash in the database. A visitor has one only once there is something
//! to keep, such as a basket, so pages that are only looked at cost no write.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use db::{LaneKey, row};
use kernel::{AccountId, SessionId, Timestamp, random_token};
use sha2::{Digest, Sha256};

use crate::{App, Error, Page, Viewer};

/// The cookie's name.
pub const COOKIE: &str = "ministore_session";
/// How long a browser stays signed in without a visit to sign-in.
const LIFETIME: std::time::Duration = std::time::Duration::from_secs(60 * 60 * 24 * 60);

row! {
    pub(crate) struct Found {
        pub id: SessionId,
        account_id: Option<AccountId>,
        name: Option<String>,
        operator: Option<bool>,
    }
}

impl Found {
    pub(crate) fn viewer(self) -> Option<Viewer> {
        Some(Viewer { account_id: self.account_id?, name: self.name?, operator: self.operator? })
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// What is kept of a token: whoever reads the database cannot sign in with it.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The session of the request's cookie, if it still holds.
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Found>, Error> {
    let Some(token) = cookie(headers, COOKIE).filter(|token| token.len() <= 100) else { return Ok(None) };
    let mut read = app.db.read().await?;
    let found = read
        .query_opt(
            "select s.id, s.account_id, a.name, a.operator from sessions s left join accounts a on a.id = s.account_id
             where s.token_hash = $1 and s.expires_at > $2",
            &[&token_hash(&token), &app.clock.now()],
        )
        .await?;
    Ok(found)
}

/// A session that was just begun: put it into the answer to set its cookie.
pub struct Begun {
    pub id: SessionId,
    cookie: HeaderValue,
}

impl IntoResponseParts for Begun {
    type Error = std::convert::Infallible;
    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.headers_mut().append(header::SET_COOKIE, self.cookie);
        Ok(parts)
    }
}

/// Begins a session for an account, or for a visitor. Signing in always begins a new one, so a token that someone
/// planted before is worth nothing after.
pub async fn begin(app: &App, account: Option<AccountId>) -> Result<Begun, Error> {
    let (id, token, now) = (SessionId::new(), random_token(), app.clock.now());
    let expires_at: Timestamp = now + LIFETIME;
    app.db
        .write(id, async |tx| {
            tx.execute(
                "insert into sessions (token_hash, id, account_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
                &[&token_hash(&token), &id, &account, &now, &expires_at],
            )
            .await
        })
        .await?;
    Ok(Begun { id, cookie: set_cookie(app, COOKIE, &token, LIFETIME.as_secs(), true)? })
}

/// The visitor's or person's session, begun if there is none yet.
pub async fn ensure(app: &App, page: &Page) -> Result<(SessionId, Option<Begun>), Error> {
    if let Some(id) = page.session() {
        return Ok((id, None));
    }
    let begun = begin(app, None).await?;
    Ok((begun.id, Some(begun)))
}

/// Ends the request's session; the answer should carry [`forget`].
pub async fn end(app: &App, headers: &HeaderMap) -> Result<(), Error> {
    if let Some(token) = cookie(headers, COOKIE) {
        app.db
            .write(LaneKey::PLATFORM, async |tx| {
                tx.execute("delete from sessions where token_hash = $1", &[&token_hash(&token)]).await
            })
            .await?;
    }
    Ok(())
}

/// The header that takes the session's cookie away.
pub fn forget(app: &App) -> Result<HeaderValue, Error> {
    set_cookie(app, COOKIE, "", 0, true)
}

/// A cookie of ours. `SameSite=Lax`: another site's form does not carry it, a link from a chat does.
pub fn set_cookie(
    app: &App,
    name: &str,
    value: &str,
    seconds: u64,
    hidden: bool,
) -> Result<HeaderValue, Error> {
    let secure = if app.platform.is_https() { "; Secure" } else { "" };
    let hidden = if hidden { "; HttpOnly" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{hidden}{secure}");
    HeaderValue::from_str(&text).map_err(Error::internal)
}

/// Removes sessions that have run out; called now and then.
pub async fn sweep(app: &App) -> Result<u64, Error> {
    let now = app.clock.now();
    Ok(app
        .db
        .write(LaneKey::PLATFORM, async |tx| {
            tx.execute("delete from sessions where expires_at <= $1", &[&now]).await
        })
        .await?)
}
