//! A person's address book, under `/me/addresses`.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{AddressId, Invalid};
use serde::Deserialize;
use web::{App, Error, Form, Page, Path, Query, html, see_other};

use super::{Address, Details, SaveError};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/me/addresses", get(list).post(create))
        .route("/me/addresses/{address}", post(change))
        .route("/me/addresses/{address}/forget", post(forget))
}

#[derive(Template)]
#[template(path = "addresses/addresses.html")]
struct AddressesPage {
    page: Page,
    addresses: Vec<Address>,
    /// The address that is being changed; a new one if there is none.
    editing: Option<AddressId>,
    form: Details,
    invalid: Invalid,
    full: bool,
}

impl AddressesPage {
    fn error(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
}

#[derive(Deserialize)]
struct Asked {
    edit: Option<AddressId>,
}

async fn draw(
    app: &App,
    page: Page,
    editing: Option<AddressId>,
    form: Option<Details>,
    invalid: Invalid,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    let addresses = super::list(&mut app.db.read().await?, account).await?;
    let kept = editing.and_then(|id| addresses.iter().find(|address| address.id == id));
    if editing.is_some() && kept.is_none() {
        return Err(Error::NotFound);
    }
    let form = form.or(kept.map(Address::details)).unwrap_or_default();
    let status = if invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let full = addresses.len() as i64 >= super::ADDRESSES_MAX;
    Ok((status, html(&AddressesPage { page, addresses, editing, form, invalid, full })?).into_response())
}

async fn list(
    State(app): State<App>,
    page: Page,
    Query(Asked { edit }): Query<Asked>,
) -> Result<Response, Error> {
    draw(&app, page, edit, None, Invalid::new()).await
}

async fn create(State(app): State<App>, page: Page, Form(details): Form<Details>) -> Result<Response, Error> {
    keep(&app, page, None, details).await
}

#[derive(Deserialize)]
struct Of {
    address: AddressId,
}

async fn change(
    State(app): State<App>,
    page: Page,
    Path(Of { address }): Path<Of>,
    Form(details): Form<Details>,
) -> Result<Response, Error> {
    keep(&app, page, Some(address), details).await
}

async fn keep(app: &App, page: Page, id: Option<AddressId>, details: Details) -> Result<Response, Error> {
    match super::save(app, page.signed_in()?.account_id, id, details.clone()).await {
        Ok(_) => Ok(see_other("/me/addresses").into_response()),
        Err(SaveError::Invalid(invalid)) => draw(app, page, id, Some(details), invalid).await,
        Err(other) => Err(other.into()),
    }
}

async fn forget(
    State(app): State<App>,
    page: Page,
    Path(Of { address }): Path<Of>,
) -> Result<Response, Error> {
    super::forget(&app, page.signed_in()?.account_id, address).await?;
    Ok(see_other("/me/addresses").into_response())
}
