//! Staff over the API.

use axum::{extract::State, http::StatusCode};
use kernel::{AccountId, Timestamp};
use people::roles::{self, Member, Permission, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, Path, ProblemDetails};

use crate::console::{Allowed, Console, may};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, appoint)).routes(routes!(change, dismiss))
}

/// Someone who works in a store.
#[derive(Serialize, ToSchema)]
struct StaffMember {
    #[schema(value_type = String)]
    account: AccountId,
    name: String,
    /// Enough of an e-mail address or phone number to recognise, too little to write to.
    contact: String,
    /// Whether they have ever signed in.
    signed_in: bool,
    /// `owner`, `manager`, `clerk` or `host`.
    #[schema(value_type = String)]
    role: Role,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

impl From<Member> for StaffMember {
    fn from(member: Member) -> Self {
        StaffMember {
            account: member.account_id,
            name: member.name,
            contact: member.contact.map(|contact| contact.masked()).unwrap_or_default(),
            signed_in: member.verified_at.is_some(),
            role: member.role,
            since: member.created_at,
        }
    }
}

/// A person by e-mail address or phone number, and their role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StaffAppointment {
    contact: String,
    /// `owner`, `manager`, `clerk` or `host`.
    #[schema(value_type = String)]
    role: Role,
}

/// The account that has the role now.
#[derive(Serialize, ToSchema)]
struct StaffAppointed {
    #[schema(value_type = String)]
    account: AccountId,
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StaffRole {
    /// `owner`, `manager`, `clerk` or `host`.
    #[schema(value_type = String)]
    role: Role,
}

/// List who works in a store
#[utoipa::path(get, path = "/api/v1/stores/{handle}/staff", tag = "stores", params(("handle" = String, Path)),
    responses((status = 200, body = Vec<StaffMember>), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
) -> Result<axum::Json<Vec<StaffMember>>, Error> {
    let members = roles::members(&mut app.db.read().await?, console.store.id).await?;
    Ok(axum::Json(members.into_iter().map(StaffMember::from).collect()))
}

/// Give a person a role
///
/// Someone who has never signed in can be named: the role waits for whoever proves the contact.
#[utoipa::path(put, path = "/api/v1/stores/{handle}/staff", tag = "stores", params(("handle" = String, Path)), request_body = StaffAppointment,
    responses((status = 200, body = StaffAppointed), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn appoint(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
    Json(body): Json<StaffAppointment>,
) -> Result<axum::Json<StaffAppointed>, Error> {
    let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
    let account = roles::appoint(&app.db, now, actor, store, &body.contact, body.role).await?;
    Ok(axum::Json(StaffAppointed { account }))
}

/// Change a person's role
#[utoipa::path(put, path = "/api/v1/stores/{handle}/staff/{account}", tag = "stores", params(("handle" = String, Path), ("account" = String, Path)), request_body = StaffRole,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
    path: Path<(String, AccountId)>,
    Json(body): Json<StaffRole>,
) -> Result<StatusCode, Error> {
    let Path((_, account)) = path;
    let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
    roles::change(&app.db, now, actor, store, account, body.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a person's role away
///
/// Anyone may take away their own; the last owner stays (409).
#[utoipa::path(delete, path = "/api/v1/stores/{handle}/staff/{account}", tag = "stores", params(("handle" = String, Path), ("account" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn dismiss(
    State(app): State<App>,
    console: Console,
    path: Path<(String, AccountId)>,
) -> Result<StatusCode, Error> {
    let Path((_, account)) = path;
    if account != console.actor() {
        console.need(Permission::ManageStaff)?;
    }
    roles::dismiss(&app.db, app.clock.now(), console.actor(), console.store.id, account).await?;
    Ok(StatusCode::NO_CONTENT)
}
