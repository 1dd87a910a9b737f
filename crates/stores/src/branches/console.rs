//! The store's branches in the console.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use kernel::{BranchId, Invalid};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Page, Path, html};

use super::{Branch, Place, SLOT_LENGTHS, degrees, micro_degrees};
use crate::{
    console::{Allowed, Console, may},
    hours::Hours,
    page::DAYS,
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/branches", get(list))
        .route("/console/{handle}/branches/new", get(new).post(create))
        .route("/console/{handle}/branches/{branch}", get(edit).post(update))
        .route("/console/{handle}/branches/{branch}/close", post(close))
}

#[derive(Deserialize)]
struct Flash {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "branches/list.html")]
struct ListPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    branches: Vec<Branch>,
    flash: Option<&'static str>,
}

async fn list(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let branches = super::list(&mut app.db.read().await?, console.store.id).await?;
    let flash = match flash.done.as_deref() {
        Some("saved") => Some("stores-branch-done"),
        Some("closed") => Some("stores-branch-closed"),
        _ => None,
    };
    let frame = console.frame(&page, "branches");
    html(&ListPage { frame, handle: console.store.handle.clone(), branches, flash, page })
}

/// The form as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    address: String,
    phone: String,
    latitude: String,
    longitude: String,
    pick_up: Option<String>,
    slot_minutes: String,
    slot_capacity: String,
    own_hours: Option<String>,
    day: Vec<String>,
    special_days: String,
}

impl Typed {
    fn of(place: Place) -> Self {
        let hours = place.hours.clone().unwrap_or_default();
        Typed {
            name: place.name,
            address: place.address,
            phone: place.phone,
            latitude: place.latitude.map(degrees).unwrap_or_default(),
            longitude: place.longitude.map(degrees).unwrap_or_default(),
            pick_up: place.pick_up.then(String::new),
            slot_minutes: place.slot_minutes.to_string(),
            slot_capacity: place.slot_capacity.to_string(),
            own_hours: place.hours.is_some().then(String::new),
            day: (0..7).map(|day| hours.day_text(day)).collect(),
            special_days: hours.special_text(),
        }
    }

    fn place(&self) -> Result<Place, Invalid> {
        let mut invalid = Invalid::new();
        let week = std::array::from_fn(|day| self.day.get(day).cloned().unwrap_or_default());
        let hours = self.own_hours.as_ref().map(|_| {
            Hours::parse(&week, &self.special_days).unwrap_or_else(|errors| {
                invalid.0.extend(errors.0);
                Hours::default()
            })
        });
        let whole = |text: &str| text.trim().parse::<i64>().map_err(|_| kernel::Problem::NotANumber);
        let place = Place {
            name: self.name.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            latitude: invalid.take("latitude", micro_degrees(&self.latitude)),
            longitude: invalid.take("longitude", micro_degrees(&self.longitude)),
            hours,
            pick_up: self.pick_up.is_some(),
            slot_minutes: invalid.take("slot_minutes", whole(&self.slot_minutes)),
            slot_capacity: invalid.take("slot_capacity", whole(&self.slot_capacity)),
        };
        invalid.done()?;
        place.checked()
    }
}

#[derive(Template)]
#[template(path = "branches/edit.html")]
struct EditPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    action: String,
    is_new: bool,
    typed: Typed,
    invalid: Invalid,
}

impl EditPage {
    fn problem(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    fn days(&self) -> Vec<(&'static str, &str, Option<String>)> {
        let text = |place: usize| self.typed.day.get(place).map_or("", String::as_str);
        (0..7).map(|place| (DAYS[place], text(place), self.problem(&format!("hours.{place}")))).collect()
    }
    fn lengths(&self) -> Vec<(i64, bool)> {
        SLOT_LENGTHS
            .iter()
            .map(|minutes| (*minutes, self.typed.slot_minutes == minutes.to_string()))
            .collect()
    }
}

fn view(console: &Console, page: Page, id: Option<BranchId>, typed: Typed, invalid: Invalid) -> EditPage {
    let handle = console.store.handle.clone();
    let last = id.map_or("new".to_owned(), |id| id.to_string());
    EditPage {
        frame: console.frame(&page, "branches"),
        action: format!("/console/{handle}/branches/{last}"),
        is_new: id.is_none(),
        handle,
        typed,
        invalid,
        page,
    }
}

async fn new(console: Allowed<may::EditPage>, page: Page) -> Result<impl IntoResponse, Error> {
    html(&view(&console, page, None, Typed::of(Place::default()), Invalid::new()))
}

async fn edit(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
    Path((_, id)): Path<(String, BranchId)>,
) -> Result<impl IntoResponse, Error> {
    let found = super::get(&mut app.db.read().await?, console.store.id, id).await?;
    let branch = found.filter(|branch| branch.closed_at.is_none()).ok_or(Error::NotFound)?;
    html(&view(&console, page, Some(id), Typed::of(branch.into()), Invalid::new()))
}

async fn create(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    take(&app, console, page, None, typed).await
}

async fn update(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
    Path((_, id)): Path<(String, BranchId)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    take(&app, console, page, Some(id), typed).await
}

async fn take(
    app: &App,
    console: Allowed<may::EditPage>,
    page: Page,
    id: Option<BranchId>,
    typed: Typed,
) -> Result<Response, Error> {
    let (store, actor, now) = (console.store.id, console.actor(), app.clock.now());
    let saved = match (typed.place(), id) {
        (Err(invalid), _) => Err(Error::Invalid(invalid)),
        (Ok(place), None) => {
            super::create(&app.db, now, actor, store, place).await.map(drop).map_err(Error::from)
        }
        (Ok(place), Some(id)) => {
            super::update(&app.db, now, actor, store, id, place).await.map_err(Error::from)
        }
    };
    match saved {
        Ok(()) => Ok(back(&console, "saved").into_response()),
        Err(Error::Invalid(invalid)) => {
            let view = view(&console, page, id, typed, invalid);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&view)?).into_response())
        }
        Err(other) => Err(other),
    }
}

fn back(console: &Console, done: &str) -> Redirect {
    Redirect::to(&format!("/console/{}/branches?done={done}", console.store.handle))
}

async fn close(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    Path((_, id)): Path<(String, BranchId)>,
) -> Result<impl IntoResponse, Error> {
    super::close(&app.db, app.clock.now(), console.actor(), console.store.id, id).await?;
    Ok(back(&console, "closed"))
}
