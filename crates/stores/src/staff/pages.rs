//! The staff of a store in the console.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use kernel::{AccountId, Invalid, Problem};
use people::roles::{self, Member, Permission, Role};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Page, Path, html};

use crate::console::{Allowed, Console, may, role_key};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/staff", get(list).post(add))
        .route("/console/{handle}/staff/{account}", post(change))
        .route("/console/{handle}/staff/{account}/remove", post(remove))
}

#[derive(Deserialize)]
struct Flash {
    done: Option<String>,
}

/// The form for a new person as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    contact: String,
    role: String,
}

/// One person as this viewer may deal with them.
struct Row {
    member: Member,
    is_viewer: bool,
    /// The roles that the viewer may choose for them; none: it stays as it is.
    choices: Vec<Role>,
    removable: bool,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/staff.html")]
struct StaffPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    zone: String,
    rows: Vec<Row>,
    /// The roles that the viewer may give.
    choices: Vec<Role>,
    typed: Typed,
    invalid: Invalid,
    flash: Option<&'static str>,
    /// What is wrong with something that is no field of the page.
    refused: Option<&'static str>,
}

impl StaffPage {
    fn role_name(&self, role: &Role) -> String {
        self.page.tr(role_key(*role)).to_string()
    }
    fn role_words(&self, role: &Role) -> String {
        let key = match role {
            Role::Owner => "staff-may-owner",
            Role::Manager => "staff-may-manager",
            Role::Clerk => "staff-may-clerk",
            Role::Host => "staff-may-host",
        };
        self.page.tr(key).to_string()
    }
    fn problem(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    fn is_chosen(&self, role: &Role) -> bool {
        self.typed.role == role.as_str()
    }
}

/// What stands on the page beside the staff.
#[derive(Default)]
struct Said {
    typed: Typed,
    invalid: Invalid,
    /// The person whose row the problem belongs to; without one it is the form's.
    about: Option<AccountId>,
    flash: Option<&'static str>,
    refused: Option<&'static str>,
}

async fn view(app: &App, console: &Console, page: Page, mut said: Said) -> Result<StaffPage, Error> {
    let members = roles::members(&mut app.db.read().await?, console.store.id).await?;
    let owners = members.iter().filter(|member| member.role == Role::Owner).count();
    let mine: Vec<Role> = Role::ALL.iter().copied().filter(|role| console.role.may_appoint(*role)).collect();
    let row = |member: Member| {
        let is_viewer = member.account_id == console.actor();
        let last_owner = member.role == Role::Owner && owners < 2;
        let below = console.role.may_appoint(member.role);
        let problem = (said.about == Some(member.account_id)).then(|| page.problem(&said.invalid, "role"));
        Row {
            is_viewer,
            choices: if below && !last_owner { mine.clone() } else { Vec::new() },
            removable: (below || is_viewer) && !last_owner,
            problem: problem.flatten(),
            member,
        }
    };
    let rows = members.into_iter().map(row).collect();
    if said.about.is_some() {
        said.invalid = Invalid::new();
    }
    if said.typed.role.is_empty() {
        said.typed.role = Role::Clerk.as_str().to_owned();
    }
    Ok(StaffPage {
        frame: console.frame(&page, "staff"),
        handle: console.store.handle.clone(),
        zone: console.store.time_zone.clone(),
        rows,
        choices: mine,
        typed: said.typed,
        invalid: said.invalid,
        flash: said.flash,
        refused: said.refused,
        page,
    })
}

async fn list(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
    page: Page,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let flash = match flash.done.as_deref() {
        Some("added") => Some("staff-added"),
        Some("changed") => Some("staff-changed"),
        Some("removed") => Some("staff-removed"),
        _ => None,
    };
    html(&view(&app, &console, page, Said { flash, ..Said::default() }).await?)
}

fn role_of(text: &str) -> Result<Role, Error> {
    Role::from_text(text).ok_or_else(|| Invalid::field("role", Problem::NotAChoice).into())
}

async fn add(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
    page: Page,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    let done = match role_of(&typed.role) {
        Err(error) => Err(error),
        Ok(role) => {
            let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
            let done = roles::appoint(&app.db, now, actor, store, &typed.contact, role).await;
            done.map(drop).map_err(Error::from)
        }
    };
    answer(&app, console.into_console(), page, done, "added", Said { typed, ..Said::default() }).await
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    role: String,
}

async fn change(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
    page: Page,
    Path((_, account)): Path<(String, AccountId)>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let done = match role_of(&chosen.role) {
        Err(error) => Err(error),
        Ok(role) => {
            let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
            roles::change(&app.db, now, actor, store, account, role).await.map_err(Error::from)
        }
    };
    answer(
        &app,
        console.into_console(),
        page,
        done,
        "changed",
        Said { about: Some(account), ..Said::default() },
    )
    .await
}

async fn remove(
    State(app): State<App>,
    console: Allowed<may::ManageStaff>,
    page: Page,
    Path((_, account)): Path<(String, AccountId)>,
) -> Result<Response, Error> {
    let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
    let done = roles::dismiss(&app.db, now, actor, store, account).await.map_err(Error::from);
    answer(&app, console.into_console(), page, done, "removed", Said::default()).await
}

/// Back to the list; or the page again, with what is wrong where it is wrong.
async fn answer(
    app: &App,
    console: Console,
    page: Page,
    done: Result<(), Error>,
    word: &str,
    mut said: Said,
) -> Result<Response, Error> {
    let status = match done {
        Ok(()) => return back(app, &console, word).await,
        Err(Error::Invalid(invalid)) => {
            said.invalid = invalid;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Error::Conflict(key)) => {
            said.refused = Some(key);
            StatusCode::CONFLICT
        }
        Err(other) => return Err(other),
    };
    Ok((status, html(&view(app, &console, page, said).await?)?).into_response())
}

/// Someone who gave up their own role cannot see the list any more.
async fn back(app: &App, console: &Console, word: &str) -> Result<Response, Error> {
    let role = roles::role_of(&mut app.db.read().await?, console.store.id, console.actor()).await?;
    let address = match role {
        Some(role) if role.may(Permission::ManageStaff) => {
            format!("/console/{}/staff?done={word}", console.store.handle)
        }
        Some(_) => format!("/console/{}", console.store.handle),
        None => "/console".to_owned(),
    };
    Ok(Redirect::to(&address).into_response())
}
