//! Who calls the API: a program with a token of an account, or the account's own browser.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use db::row;
use kernel::{AccountId, ApiTokenId};

use crate::{App, Error, Page, Viewer, session::token_hash};

/// The account an API request acts for.
#[derive(Clone, Debug)]
pub struct ApiViewer(pub Viewer);

row! {
    struct Holder {
        id: ApiTokenId,
        account_id: AccountId,
        name: String,
        operator: bool,
        last_used_at: Option<kernel::Timestamp>,
    }
}

/// How exactly the last use of a token is noted: finer would be a write for every request.
const USE_NOTED_EVERY: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

impl<S: Send + Sync> FromRequestParts<S> for ApiViewer
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if let Some(viewer) = parts.extensions.get::<ApiViewer>() {
            return Ok(viewer.clone());
        }
        let app = App::from_ref(state);
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let viewer = match sent.and_then(|value| value.strip_prefix("Bearer ")) {
            Some(token) => by_token(&app, token.trim()).await?,
            None => Page::from_request_parts(parts, state).await?.signed_in()?.clone(),
        };
        let viewer = ApiViewer(viewer);
        parts.extensions.insert(viewer.clone());
        Ok(viewer)
    }
}

async fn by_token(app: &App, token: &str) -> Result<Viewer, Error> {
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let holder: Option<Holder> = read
        .query_opt(
            "select t.id, t.account_id, t.last_used_at, a.name, a.operator from api_tokens t join accounts a on a.id = t.account_id
             where t.token_hash = $1 and t.expires_at > $2 and t.revoked_at is null",
            &[&token_hash(token), &now],
        )
        .await?;
    drop(read);
    let holder = holder.ok_or(Error::SignIn)?;
    if holder.last_used_at.is_none_or(|last| now.duration_since(last) > USE_NOTED_EVERY) {
        app.db
            .write(holder.account_id, async |tx| {
                tx.execute("update api_tokens set last_used_at = $2 where id = $1", &[&holder.id, &now]).await
            })
            .await?;
    }
    Ok(Viewer { account_id: holder.account_id, name: holder.name, operator: holder.operator })
}
