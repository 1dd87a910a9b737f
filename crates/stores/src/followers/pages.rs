//! The button on a store's page, and the stores that someone follows.

use askama::Template;
use axum::{
    Router,
    extract::State as Server,
    response::IntoResponse,
    routing::{get, post},
};
use kernel::{StoreId, Timestamp};
use serde::Deserialize;
use web::{App, Error, Form, Page, Path, Query, html, see_other};

use super::Followed;
use crate::{images, store::Store, storefront::Storefront};

/// Stores on one page.
pub(super) const LISTED: i64 = 50;
/// Pixels of a cover in the list.
const COVER: u32 = 160;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/follow", post(follow))
        .route("/me/following", get(list))
        .route("/me/following/{followed}/stop", post(stop))
}

#[derive(Deserialize)]
struct Wanted {
    follow: bool,
}

async fn follow(
    Server(app): Server<App>,
    front: Storefront,
    page: Page,
    Form(wanted): Form<Wanted>,
) -> Result<impl IntoResponse, Error> {
    let (account, store) = (page.signed_in()?.account_id, &front.store);
    if wanted.follow {
        super::follow(&app, store.id, account, None).await?;
    } else {
        super::unfollow(&app, store.id, account).await?;
    }
    let done = if wanted.follow { "?done=followed" } else { "" };
    Ok(see_other(&format!("/s/{}{done}", store.handle)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "followers/list.html")]
struct ListPage {
    page: Page,
    lines: Vec<Line>,
    older: Option<Timestamp>,
}

struct Line {
    store: Store,
    since: Timestamp,
    cover: Option<String>,
    is_live: bool,
}

async fn list(
    Server(app): Server<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let account = page.signed_in()?.account_id;
    let before = asked.before.unwrap_or(Timestamp::MAX);
    let followed = super::of_account(&mut app.db.read().await?, account, before, LISTED).await?;
    let older = followed.last().filter(|_| followed.len() as i64 == LISTED).map(|last| last.since);
    let mut lines = Vec::with_capacity(followed.len());
    for Followed { front, since } in followed {
        let is_shown = front.store.state.is_shown();
        lines.push(Line {
            is_live: is_shown && front.live_door(&app, &page).await?.is_some_and(|door| door.on_air),
            cover: front.live.cover.map(|cover| images::address(cover, COVER)),
            store: front.store,
            since,
        });
    }
    // Who is live comes first; among the others the latest.
    lines.sort_by_key(|line| !line.is_live);
    html(&ListPage { page, lines, older })
}

async fn stop(
    Server(app): Server<App>,
    page: Page,
    Path(store): Path<StoreId>,
) -> Result<impl IntoResponse, Error> {
    super::unfollow(&app, store, page.signed_in()?.account_id).await?;
    Ok(see_other("/me/following"))
}
