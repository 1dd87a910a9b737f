//! A buyer asks to be told before the start, or no longer.

use axum::{extract::State, response::IntoResponse};
use stores::Storefront;
use web::{App, Error, Page, Path, see_other};

use super::Of;
use crate::rooms;

pub(super) async fn toggle(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let account = page.signed_in()?.account_id;
    let room = of.find(&app, &front).await?;
    let store = front.store.id;
    let reminded = rooms::is_reminded(&mut app.db.read().await?, store, room.id, account).await?;
    rooms::remind(&app, store, account, room.id, !reminded).await?;
    Ok(see_other(&super::path(&front.store.handle, room.id)))
}
