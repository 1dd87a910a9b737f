//! A room's plan: title, cover, time, host and shape. And, once there is a room, its shelf.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{ToSpan, civil};
use kernel::{AccountId, ImageId, Invalid, Problem, Timestamp};
use people::roles::{self, Permission};
use serde::Deserialize;
use stores::{
    Allowed, Console, Store,
    images::{self, Sent},
    may,
};
use web::{App, ConsoleFrame, Error, Multipart, Page, Path, Query, html};

use super::{Of, base, goods, room_path, view::Shelf};
use crate::rooms::{self, EditError, Plan, Room, ScheduleError};

/// Pixels of the cover in the form.
const COVER: u32 = 640;
/// How long a room may be planned to last: what is chosen from, in minutes.
const LENGTHS: [i64; 9] = [30, 60, 90, 120, 180, 240, 480, 720, 1440];

/// What stands in the form.
#[derive(Clone, Debug)]
struct Filled {
    title: String,
    cover: Option<ImageId>,
    host: Option<AccountId>,
    /// As a browser's field writes it, in the store's time: `2026-11-24T19:30`.
    starts_at: String,
    planned_minutes: i64,
    portrait: bool,
    replay: bool,
}

/// Someone who may host.
struct Host {
    id: AccountId,
    name: String,
}

#[derive(Template)]
#[template(path = "studio/plan.html")]
struct PlanPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    time_zone: String,
    action: String,
    filled: Filled,
    hosts: Vec<Host>,
    invalid: Invalid,
    flash: Option<&'static str>,
    made: Option<Made>,
    least: String,
}

/// What there is once the room is there.
struct Made {
    base: String,
    room_path: String,
    address: String,
    reminders: i64,
    shelf: Shelf,
}

impl PlanPage {
    fn problem(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    fn lengths(&self) -> [i64; 9] {
        LENGTHS
    }
    fn cover(&self) -> Option<String> {
        self.filled.cover.map(|image| images::address(image, COVER))
    }
    fn length(&self, minutes: &i64) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        if rest == 0 {
            self.page.tr("studio-hours").with("count", hours).to_string()
        } else {
            self.page.tr("studio-minutes").with("count", *minutes).to_string()
        }
    }
    fn shelf(&self) -> Option<&Shelf> {
        self.made.as_ref().map(|made| &made.shelf)
    }
}

impl Filled {
    /// A new room: at the next full hour that leaves time to tell people.
    fn blank(store: &Store, actor: AccountId, now: Timestamp) -> Self {
        let soon = now.to_zoned_datetime(store.zone()).saturating_add(90.minutes()).datetime();
        let hour = civil::DateTime::from_parts(soon.date(), civil::time(soon.hour(), 0, 0, 0));
        Self {
            title: String::new(),
            cover: None,
            host: Some(actor),
            starts_at: local(hour),
            planned_minutes: 60,
            portrait: true,
            replay: true,
        }
    }

    fn of(store: &Store, room: &Room) -> Self {
        Self {
            title: room.title.clone(),
            cover: room.cover,
            host: Some(room.host_id),
            starts_at: local(room.starts_at.to_zoned_datetime(store.zone()).datetime()),
            planned_minutes: room.planned_minutes,
            portrait: room.portrait,
            replay: room.replay,
        }
    }

    /// What was sent, its new cover kept. A cover that cannot be kept is told with the rest.
    async fn read(app: &App, console: &Console, sent: &Sent, invalid: &mut Invalid) -> Result<Self, Error> {
        let kept = sent.keep(app, app.clock.now(), console.actor(), console.store.id, "cover_file").await;
        let fresh = match kept {
            Ok(kept) => kept.into_iter().next(),
            Err(Error::Invalid(problems)) => {
                problems.0.into_iter().for_each(|error| invalid.add("cover", error.problem));
                None
            }
            Err(other) => return Err(other),
        };
        let stays =
            if sent.text("no_cover").is_empty() { sent.images("cover").into_iter().next() } else { None };
        Ok(Self {
            title: sent.text("title").to_owned(),
            cover: fresh.or(stays),
            host: sent.text("host").parse().ok(),
            starts_at: sent.text("starts_at").to_owned(),
            planned_minutes: sent.text("planned_minutes").parse().unwrap_or(0),
            portrait: sent.text("portrait") != "false",
            replay: !sent.text("replay").is_empty(),
        })
    }

    fn plan(&self, starts_at: Option<Timestamp>) -> Plan {
        Plan {
            title: self.title.clone(),
            cover: self.cover,
            host: self.host,
            starts_at,
            planned_minutes: self.planned_minutes,
            portrait: self.portrait,
            replay: self.replay,
        }
    }

    /// The start, in the store's time zone.
    fn start(&self, store: &Store, invalid: &mut Invalid) -> Option<Timestamp> {
        let written = self.starts_at.trim();
        if written.is_empty() {
            invalid.add("starts_at", Problem::Required);
            return None;
        }
        let read = civil::DateTime::strptime("%Y-%m-%dT%H:%M", written).ok();
        let at = read.and_then(|at| at.to_zoned_datetime(store.zone()).ok());
        if at.is_none() {
            invalid.add("starts_at", Problem::Rule("field-wrong-type"));
        }
        at.map(|at| at.timestamp())
    }
}

/// As a browser's field writes a time.
fn local(at: civil::DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

async fn draw(
    app: &App,
    page: Page,
    console: &Console,
    filled: Filled,
    made: Option<Made>,
    invalid: Invalid,
) -> Result<PlanPage, Error> {
    let store = &console.store;
    let now = app.clock.now();
    let members = roles::members(&mut app.db.read().await?, store.id).await?;
    let hosts = members.into_iter().filter(|member| member.role.may(Permission::HostLive));
    let action = match &made {
        Some(made) => made.base.clone(),
        None => format!("/console/{}/live/new", store.handle),
    };
    Ok(PlanPage {
        frame: console.frame(&page, "live"),
        handle: store.handle.clone(),
        time_zone: store.time_zone.clone(),
        hosts: hosts.map(|member| Host { id: member.account_id, name: member.name }).collect(),
        least: local((now + rooms::AHEAD_MIN).to_zoned_datetime(store.zone()).datetime()),
        action,
        filled,
        invalid,
        flash: None,
        made,
        page,
    })
}

fn answer(view: &PlanPage) -> Result<Response, Error> {
    let status = if view.invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, html(view)?).into_response())
}

pub(super) async fn new(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
) -> Result<Response, Error> {
    let filled = Filled::blank(&console.store, console.actor(), app.clock.now());
    answer(&draw(&app, page, &console, filled, None, Invalid::new()).await?)
}

pub(super) async fn create(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    form: Multipart,
) -> Result<Response, Error> {
    let mut invalid = Invalid::new();
    let filled = Filled::read(&app, &console, &Sent::read(form).await?, &mut invalid).await?;
    let starts_at = filled.start(&console.store, &mut invalid);
    if invalid.0.is_empty() {
        match rooms::schedule(&app, &console.store, console.actor(), filled.plan(starts_at)).await {
            Ok(room) => {
                return Ok(web::see_other(&format!("{}?done=scheduled#shelf", base(&console, room.id)))
                    .into_response());
            }
            Err(ScheduleError::Invalid(problems)) => invalid = problems,
            Err(other) => return Err(other.into()),
        }
    }
    answer(&draw(&app, page, &console, filled, None, invalid).await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: Option<String>,
    q: String,
}

async fn made(app: &App, console: &Console, room: Room, words: String) -> Result<Made, Error> {
    let mut read = app.db.read().await?;
    let asked = goods::View { q: words, ..goods::View::default() };
    let here = base(console, room.id);
    let room_path = room_path(console, room.id);
    Ok(Made {
        shelf: goods::draw(&mut read, console, &room, here.clone(), true, &asked).await?,
        reminders: rooms::reminders(&mut read, console.store.id, room.id).await?,
        base: here,
        address: format!("{}{room_path}", app.platform.base_url),
        room_path,
    })
}

pub(super) async fn edit(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    Path(of): Path<Of>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let room = of.find(&app, &console).await?;
    if !room.state.is_coming() {
        let last = if room.state.is_live() { "studio" } else { "report" };
        return Ok(web::see_other(&format!("{}/{last}", base(&console, room.id))).into_response());
    }
    let filled = Filled::of(&console.store, &room);
    let made = made(&app, &console, room, asked.q).await?;
    let mut view = draw(&app, page, &console, filled, Some(made), Invalid::new()).await?;
    view.flash = asked.done.as_deref().and_then(|done| match done {
        "scheduled" => Some("studio-done-scheduled"),
        "saved" => Some("studio-done-saved"),
        _ => None,
    });
    answer(&view)
}

pub(super) async fn save(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    Path(of): Path<Of>,
    form: Multipart,
) -> Result<Response, Error> {
    let sent = Sent::read(form).await?;
    let room = of.find(&app, &console).await?;
    let mut invalid = Invalid::new();
    let filled = Filled::read(&app, &console, &sent, &mut invalid).await?;
    let starts_at = filled.start(&console.store, &mut invalid);
    // A browser's field has no seconds: the time that the room has is not another one for that.
    let kept = filled.starts_at == Filled::of(&console.store, &room).starts_at;
    if invalid.0.is_empty() {
        let plan = filled.plan(starts_at.filter(|_| !kept));
        match rooms::edit(&app, &console.store, console.actor(), room.id, plan).await {
            Ok(_) => {
                return Ok(web::see_other(&format!("{}?done=saved", base(&console, room.id))).into_response());
            }
            Err(EditError::Invalid(problems)) => invalid = problems,
            Err(other) => return Err(other.into()),
        }
    }
    let made = made(&app, &console, room, String::new()).await?;
    answer(&draw(&app, page, &console, filled, Some(made), invalid).await?)
}
