//! The room's one connection.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    extract::{Request, State},
    response::Response,
};
use people::sign_in::ComesFrom;
use stores::Storefront;
use uuid::Uuid;
use web::{App, Error, Page, Path};

use super::Of;
use crate::{Live, chat, hub::Viewer, rooms};

pub(super) async fn open(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    ComesFrom(from): ComesFrom,
    Path(of): Path<Of>,
    request: Request,
) -> Result<Response, Error> {
    let live = Live::of(&app)?;
    let room = of.find(&app, &front).await?;
    let account = page.viewer().map(|viewer| viewer.account_id);
    let mut read = app.db.read().await?;
    if let Some(account) = account
        && chat::is_banned(&mut read, room.store_id, account).await?
    {
        return Err(Error::Forbidden);
    }
    // Who works in the room hears before its start what is tried there.
    let side = rooms::side(&mut read, &room, account).await?;
    drop(read);
    let viewer = Viewer {
        person: page.owner().unwrap_or_else(Uuid::now_v7),
        signed_in: account.is_some(),
        // For what one address may have at once; of whom nothing is known, all together are one.
        address: from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    };
    let person = viewer.person;
    let answer = live.hub().upgrade(request, &app.platform.base_url, side, viewer);
    // Who was refused has not come in.
    if side == room.id && !answer.status().is_client_error() && !answer.status().is_server_error() {
        live.meters().joined(room.id, person);
    }
    Ok(answer)
}
