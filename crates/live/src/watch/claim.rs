//! A buyer takes a coupon of a drop.

use axum::{extract::State, response::Response};
use kernel::RoomId;
use serde::Deserialize;
use stores::Storefront;
use web::{App, Error, Page, Path};

use crate::{
    drops::{self, DropId},
    studio::Asker,
};

#[derive(Deserialize)]
pub(super) struct OfDrop {
    room: RoomId,
    drop: DropId,
}

pub(super) async fn claim(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    asker: Asker,
    Path(of): Path<OfDrop>,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    drops::claim(&app, front.store.id, of.room, of.drop, account).await?;
    Ok(asker.done(&super::path(&front.store.handle, of.room)))
}
