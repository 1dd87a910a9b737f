//! Keys for programs. A token acts for its account until it runs out or is revoked; only its hash is kept.

mod api;
mod create;
mod rows;
#[cfg(test)]
mod tests;

use kernel::{AccountId, ApiTokenId};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error};

use crate::audit;

pub use create::{CreateError, NewToken, create};
pub use rows::Token;

/// The longest a token is good for.
pub const DAYS_MAX: i64 = 366;
/// How long the token is good for that a program gets by a one-time code.
pub const SIGN_IN_DAYS: i64 = 30;
/// Tokens of one account that are good at the same time.
pub const TOKENS_MAX: i64 = 50;
/// Columns of a token's name.
pub const NAME_MAX: i64 = 60;

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(api::list, api::create)).routes(routes!(api::revoke))
}

/// The account's tokens, also those that are no longer good, the newest first.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<Token>, Error> {
    Ok(rows::list(&mut app.db.read().await?, account).await?)
}

/// Makes a token worthless at once. Doing it twice is the same as once.
pub async fn revoke(app: &App, account: AccountId, id: ApiTokenId) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .write(account, async |tx| {
            if rows::revoke(tx, account, id, now).await? {
                audit::record(tx, account, None, "token.revoked", id, "", now).await?;
                return Ok(());
            }
            if rows::is_there(tx, account, id).await? { Ok(()) } else { Err(Error::NotFound) }
        })
        .await
}
