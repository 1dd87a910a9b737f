//! What a person sees and changes of themselves: name, contacts, browsers, API tokens. Orders and addresses are
//! `trade`'s, stores `stores`'; their pages are linked from here.

mod api;
mod pages;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};
use kernel::{AccountId, Invalid};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error};

use crate::accounts;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(pages::overview))
        .route("/me/name", post(pages::rename))
        .route("/me/sessions", post(pages::end_all_sessions))
        .route("/me/sessions/{session}", post(pages::end_session))
        .route("/me/tokens", get(pages::tokens).post(pages::create_token))
        .route("/me/tokens/{token}/revoke", post(pages::revoke_token))
}

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(api::me, api::change))
}

/// Gives the account the name its owner wants to be called by.
pub async fn rename(app: &App, account: AccountId, name: &str) -> Result<(), Error> {
    let name =
        kernel::line(name, 1, accounts::NAME_MAX).map_err(|problem| Invalid::field("name", problem))?;
    app.db.write(account, async |tx| accounts::rename(tx, account, &name).await).await?;
    Ok(())
}
