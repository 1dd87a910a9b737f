//! The account itself over the API.

use axum::extract::State;
use kernel::{AccountId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{ApiViewer, App, Error, Json, ProblemDetails};

use crate::{
    accounts,
    roles::{self, Role},
};

/// The account a token or browser acts for.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    #[schema(value_type = String)]
    id: AccountId,
    name: String,
    /// Whether this account runs the platform.
    operator: bool,
    /// The oldest first.
    contacts: Vec<String>,
    /// Where this account works.
    stores: Vec<Place>,
}

/// A store the account works in.
#[derive(Serialize, ToSchema)]
pub(super) struct Place {
    #[schema(value_type = String)]
    store: StoreId,
    /// `owner`, `manager`, `clerk` or `host`.
    #[schema(value_type = String)]
    role: Role,
}

async fn read(app: &App, account: AccountId) -> Result<axum::Json<Me>, Error> {
    let mut read = app.db.read().await?;
    let found = accounts::by_id(&mut read, account).await?.ok_or(Error::NotFound)?;
    let contacts = accounts::contacts(&mut read, account).await?;
    let places = roles::places(&mut read, account).await?;
    Ok(axum::Json(Me {
        id: found.id,
        name: found.name,
        operator: found.operator,
        contacts: contacts.into_iter().map(|row| row.contact.to_string()).collect(),
        stores: places.into_iter().map(|place| Place { store: place.store_id, role: place.role }).collect(),
    }))
}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/me", tag = "people",
    responses((status = 200, body = Me), (status = 401, body = ProblemDetails)))]
pub(super) async fn me(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
) -> Result<axum::Json<Me>, Error> {
    read(&app, viewer.account_id).await
}

/// What can be changed of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// 1 to 60 columns.
    name: String,
}

/// Change your name
#[utoipa::path(patch, path = "/api/v1/me", tag = "people", request_body = Change, responses(
    (status = 200, body = Me), (status = 401, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn change(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Json(sent): Json<Change>,
) -> Result<axum::Json<Me>, Error> {
    super::rename(&app, viewer.account_id, &sent.name).await?;
    read(&app, viewer.account_id).await
}
