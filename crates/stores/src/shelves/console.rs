//! The store's shelves in the console.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use kernel::{ProductId, ShelfId};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Page, Path, html};

use super::{Shelf, Standing};
use crate::{
    console::{Allowed, Console, may},
    images,
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/shelves", get(list).post(create))
        .route("/console/{handle}/shelves/order", post(order))
        .route("/console/{handle}/shelves/{shelf}", get(show).post(arrange))
        .route("/console/{handle}/shelves/{shelf}/name", post(rename))
        .route("/console/{handle}/shelves/{shelf}/delete", post(delete))
}

#[derive(Deserialize)]
struct Flash {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "shelves/list.html")]
struct ListPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    shelves: Vec<Shelf>,
    is_done: bool,
}

async fn list(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    page: Page,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let shelves = super::list(&mut app.db.read().await?, console.store.id).await?;
    let frame = console.frame(&page, "shelves");
    html(&ListPage {
        frame,
        handle: console.store.handle.clone(),
        shelves,
        is_done: flash.done.is_some(),
        page,
    })
}

#[derive(Template)]
#[template(path = "shelves/shelf.html")]
struct ShelfPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    shelf: Shelf,
    products: Vec<Standing>,
}

impl ShelfPage {
    fn picture(&self, product: &Standing) -> Option<String> {
        product.image_id.map(|image| images::address(image, 320))
    }
}

async fn show(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    page: Page,
    Path((_, id)): Path<(String, ShelfId)>,
) -> Result<impl IntoResponse, Error> {
    let mut read = app.db.read().await?;
    let shelves = super::list(&mut read, console.store.id).await?;
    let shelf = shelves.into_iter().find(|shelf| shelf.id == id).ok_or(Error::NotFound)?;
    let products = super::standing(&mut read, console.store.id, id).await?;
    let frame = console.frame(&page, "shelves");
    html(&ShelfPage { frame, handle: console.store.handle.clone(), shelf, products, page })
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

fn back(console: &Console) -> Redirect {
    Redirect::to(&format!("/console/{}/shelves?done=saved", console.store.handle))
}

async fn create(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Form(sent): Form<Name>,
) -> Result<impl IntoResponse, Error> {
    super::create(&app.db, app.clock.now(), console.store.id, &sent.name).await?;
    Ok(back(&console))
}

async fn rename(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Path((_, id)): Path<(String, ShelfId)>,
    Form(sent): Form<Name>,
) -> Result<impl IntoResponse, Error> {
    super::rename(&app.db, console.store.id, id, &sent.name).await?;
    Ok(back(&console))
}

async fn delete(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Path((_, id)): Path<(String, ShelfId)>,
) -> Result<impl IntoResponse, Error> {
    super::delete(&app.db, console.store.id, id).await?;
    Ok(back(&console))
}

#[derive(Deserialize)]
struct Order<T> {
    #[serde(default = "Vec::new")]
    order: Vec<T>,
}

async fn order(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Form(sent): Form<Order<ShelfId>>,
) -> Result<impl IntoResponse, Error> {
    super::order(&app.db, console.store.id, &sent.order).await?;
    Ok(back(&console))
}

async fn arrange(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Path((_, id)): Path<(String, ShelfId)>,
    Form(sent): Form<Order<ProductId>>,
) -> Result<impl IntoResponse, Error> {
    super::arrange(&app.db, console.store.id, id, &sent.order).await?;
    Ok(back(&console))
}
