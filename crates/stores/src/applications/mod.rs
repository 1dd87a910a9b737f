//! Applications to open a store: written by a merchant, decided by an operator.

mod api;
mod application;
mod approve;
mod draft;
mod form;
#[cfg(test)]
mod form_tests;
mod pages;
mod refuse;
mod region;
mod rows;
mod steps;
mod submit;
mod tell;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use db::{Error, Read, Tx};
use kernel::{AccountId, ApplicationId, StoreId};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Platform};

use crate::images;

pub use api::ApplicationBody;
pub use application::{Application, NotAllowed, Reasons, State, Status, reasons};
pub use approve::{ApproveError, approve};
pub use draft::{DraftError, discard, save, start};
pub use form::{Answers, Details, Field, Form, Subject, check, licence_number};
pub use refuse::{RefuseError, refuse};
pub use region::{REGIONS, Region};
pub use rows::Opened;
pub use steps::{answer, label};
pub use submit::{SubmitError, submit, withdraw};

/// Applications of one person that are not decided yet.
pub const OPEN_MAX: i64 = 10;

pub fn routes() -> Router<App> {
    let pictures = DefaultBodyLimit::max(images::UPLOAD_BODY_MAX);
    Router::new()
        .route("/console", get(pages::overview))
        .route("/console/waiting", post(pages::join_waiting_list))
        .route("/console/applications", post(pages::start))
        .route("/console/applications/{application}", get(pages::edit).post(pages::save).layer(pictures))
        .route("/console/applications/{application}/withdraw", post(pages::withdraw))
        .route("/console/applications/{application}/discard", post(pages::discard))
}

pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::start))
        .routes(routes!(api::get, api::save, api::discard))
        .routes(routes!(api::submit))
        .routes(routes!(api::withdraw))
}

/// The applicant's own application.
pub async fn of_applicant(
    read: &mut Read,
    account: AccountId,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    rows::of_applicant(read, account, id).await
}

/// The applicant's applications, the latest first.
pub async fn list_of_applicant(read: &mut Read, account: AccountId) -> Result<Vec<Application>, Error> {
    rows::list_of_applicant(read, account).await
}

/// For operators: an application that was handed in at least once.
pub async fn for_operator(read: &mut Read, id: ApplicationId) -> Result<Option<Application>, Error> {
    rows::for_operator(read, id).await
}

/// For operators: those that wait, the longest first; those that were decided, the latest first.
pub async fn list_for_operator(read: &mut Read, status: Status) -> Result<Vec<Application>, Error> {
    rows::list_for_operator(read, status).await
}

/// How many applications are in this state.
pub async fn count(read: &mut Read, status: Status) -> Result<i64, Error> {
    rows::count(read, status).await
}

/// The store that an approved application opened.
pub async fn opened(read: &mut Read, store: StoreId) -> Result<Option<Opened>, Error> {
    rows::opened(read, store).await
}

/// What an operator looks at beside the answers.
#[derive(Clone, Debug)]
pub struct Checks {
    pub name_is_taken: bool,
    pub handle_is_taken: bool,
    /// Stores the applicant holds, of so many.
    pub by_person: (i64, i64),
    /// Stores on the licence, of so many; none for an individual.
    pub by_licence: Option<(i64, i64)>,
}

/// Looks up what an application's answers depend on.
pub async fn checks(
    read: &mut Read,
    platform: &Platform,
    application: &Application,
) -> Result<Checks, Error> {
    let form = &application.form;
    let name_key = crate::store::name_key(form.get(Field::StoreName));
    let by_licence = match licence_number(form.get(Field::LicenceNumber)) {
        Ok(number) if form.subject().is_some_and(Subject::has_licence) => {
            let holder = licence_holder(form.get(Field::Region), &number);
            Some((rows::held(read, &holder).await?, platform.stores_per_licence))
        }
        _ => None,
    };
    let by_person = rows::held(read, &person_holder(application.account_id)).await?;
    Ok(Checks {
        name_is_taken: rows::name_is_taken(read, &name_key).await?,
        handle_is_taken: rows::handle_is_taken(read, form.get(Field::Handle)).await?,
        by_person: (by_person, platform.stores_per_person),
        by_licence,
    })
}

/// Gives the places of a closed store back to its person and licence. Inside the closing's transaction.
pub async fn store_closed(tx: &mut Tx, store: StoreId) -> Result<(), Error> {
    // A store that was not opened by an application, such as a demo's, holds no place.
    let Some(application) = rows::of_store(tx, store).await? else { return Ok(()) };
    rows::let_go(tx, &person_holder(application.account_id)).await?;
    let form = &application.form;
    if form.subject().is_some_and(Subject::has_licence)
        && let Ok(number) = licence_number(form.get(Field::LicenceNumber))
    {
        rows::let_go(tx, &licence_holder(form.get(Field::Region), &number)).await?;
    }
    Ok(())
}

fn person_holder(account: AccountId) -> String {
    format!("person {account}")
}

/// Registers of different regions may give the same number to different companies.
fn licence_holder(region: &str, number: &str) -> String {
    format!("licence {region} {number}")
}
