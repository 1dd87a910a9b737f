//! A buyer follows the store from its room.

use axum::{extract::State, response::IntoResponse};
use stores::{Storefront, followers};
use web::{App, Error, Page, Path, see_other};

use super::Of;

pub(super) async fn begin(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let account = page.signed_in()?.account_id;
    let room = of.find(&app, &front).await?;
    followers::follow(&app, front.store.id, account, Some(room.id)).await?;
    Ok(see_other(&format!("{}?done=followed", super::path(&front.store.handle, room.id))))
}
