//! A buyer wants something of the shelf: the checkout begins, and the order will know the room.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kernel::SkuId;
use serde::Deserialize;
use serde_json::json;
use stores::{Storefront, catalog};
use trade::checkout::{self, BeginError, Source, What};
use web::{App, Error, Form, Page, Path, see_other, session};

use super::Of;

#[derive(Deserialize)]
pub(super) struct Wanted {
    sku: SkuId,
    quantity: i64,
    /// What the room said that a piece costs, in minor units: who is charged more is told so first.
    shown: Option<i64>,
}

/// Answers with the way to the checkout: `{next}` to the room's script, which opens it over the video.
pub(super) async fn begin(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Error> {
    let room = of.find(&app, &front).await?;
    let mut read = app.db.read().await?;
    let found = catalog::sellable(&mut read, front.store.id, &[wanted.sku]).await?;
    let product = found.first().ok_or(Error::NotFound)?.product_id;
    drop(read);
    let (owner, begun) = match page.owner() {
        Some(owner) => (owner, None),
        None => {
            let (session, begun) = session::ensure(&app, &page).await?;
            (session.uuid(), begun)
        }
    };
    let what = What::BuyNow { sku: wanted.sku, quantity: wanted.quantity, shown: wanted.shown };
    let source = Source::Live { room: room.id, product };
    let checkout = checkout::begin(&app, &front.store, owner, what, source).await.map_err(in_the_room)?;
    let next = format!("/s/{}/checkout/{checkout}", front.store.handle);
    let by_script = headers.get(header::ACCEPT).is_some_and(|value| value == "application/json");
    let answer = if by_script {
        Json(json!({ "next": next })).into_response()
    } else {
        see_other(&next).into_response()
    };
    Ok((begun, answer).into_response())
}

/// What is said where there is no basket to look into.
fn in_the_room(error: BeginError) -> Error {
    match error {
        BeginError::Trouble => Error::Conflict("live-buy-gone"),
        other => other.into(),
    }
}
