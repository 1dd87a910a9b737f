//! Writing the store page in the console.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use kernel::{ImageId, Invalid, Money, Problem};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Multipart, Page, html};

use super::{Freight, StorePage, home::DAYS};
use crate::{
    console::{Allowed, Console, may},
    hours::Hours,
    images::{self, Sent},
    store::Store,
};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/console/{handle}/page", get(edit).post(take).layer(images::body_limit()))
}

/// The form as it was typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    intro: String,
    announcement: String,
    phone: String,
    email: String,
    week: [String; 7],
    special: String,
    cover: Option<ImageId>,
    gallery: Vec<ImageId>,
    accent: String,
    fee: String,
    free_above: String,
}

impl Typed {
    fn of(store: &Store, page: StorePage) -> Self {
        let plain = |minor| Money::new(minor, store.currency).plain();
        Typed {
            week: std::array::from_fn(|day| page.hours.day_text(day)),
            special: page.hours.special_text(),
            fee: plain(page.freight.fee),
            free_above: page.freight.free_above.map(plain).unwrap_or_default(),
            intro: page.intro,
            announcement: page.announcement,
            phone: page.phone,
            email: page.email,
            cover: page.cover,
            gallery: page.gallery,
            accent: page.accent,
        }
    }

    fn sent(sent: &Sent) -> Self {
        let text = |name| sent.text(name).to_owned();
        let removed = sent.images("remove");
        let kept = |name| -> Vec<ImageId> {
            sent.images(name).into_iter().filter(|image| !removed.contains(image)).collect()
        };
        let mut days = sent.all("day");
        Typed {
            intro: text("intro"),
            announcement: text("announcement"),
            phone: text("phone"),
            email: text("email"),
            week: std::array::from_fn(|_| days.next().unwrap_or_default().to_owned()),
            special: text("special_days"),
            cover: kept("cover_kept").first().copied(),
            gallery: kept("order"),
            accent: text("accent"),
            fee: text("fee"),
            free_above: text("free_above"),
        }
    }

    /// The page that the form means, or what in it cannot be read.
    fn page(&self, store: &Store) -> Result<StorePage, Invalid> {
        let mut invalid = Invalid::new();
        let hours = Hours::parse(&self.week, &self.special).unwrap_or_else(|errors| {
            invalid.0.extend(errors.0);
            Hours::default()
        });
        let money =
            |text: &str| Money::parse(text, store.currency).map(|m| m.minor).ok_or(Problem::NotANumber);
        let or = |text: &str| if text.trim().is_empty() { None } else { Some(money(text)) };
        let fee = invalid.take("freight.fee", or(&self.fee).unwrap_or(Ok(0)));
        let free_above = invalid.take("freight.free_above", or(&self.free_above).transpose());
        let page = StorePage {
            intro: self.intro.clone(),
            announcement: self.announcement.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            hours,
            cover: self.cover,
            gallery: self.gallery.clone(),
            accent: self.accent.clone(),
            freight: Freight { fee, free_above },
        };
        let checked = page.checked();
        match (invalid.0.is_empty(), checked) {
            (true, checked) => checked,
            (false, Ok(_)) => Err(invalid),
            (false, Err(more)) => {
                invalid.0.extend(more.0);
                Err(invalid)
            }
        }
    }
}

#[derive(Template)]
#[template(path = "page/edit.html")]
struct EditPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    typed: Typed,
    invalid: Invalid,
    has_changes: bool,
    flash: Option<&'static str>,
    symbol: &'static str,
    time_zone: String,
}

impl EditPage {
    fn problem(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    fn picture(&self, image: &ImageId) -> String {
        images::address(*image, 320)
    }
    /// Each weekday: its name, what was typed and what is wrong with it.
    fn days(&self) -> Vec<(&'static str, &str, Option<String>)> {
        let line = |place: usize| {
            (DAYS[place], self.typed.week[place].as_str(), self.problem(&format!("hours.{place}")))
        };
        (0..7).map(line).collect()
    }
}

#[derive(Deserialize)]
struct Flash {
    done: Option<String>,
}

async fn edit(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let (draft, has_changes) = super::draft(&mut app.db.read().await?, console.store.id).await?;
    let typed = Typed::of(&console.store, draft);
    let flash = match flash.done.as_deref() {
        Some("saved") => Some("stores-page-done-saved"),
        Some("published") => Some("stores-page-done-published"),
        _ => None,
    };
    html(&EditPage { flash, has_changes, ..view(&console, page, typed, Invalid::new()) })
}

fn view(console: &Console, page: Page, typed: Typed, invalid: Invalid) -> EditPage {
    EditPage {
        frame: console.frame(&page, "page"),
        handle: console.store.handle.clone(),
        symbol: console.store.currency.symbol(),
        time_zone: console.store.time_zone.clone(),
        has_changes: true,
        flash: None,
        typed,
        invalid,
        page,
    }
}

/// Saves the draft; publishes it too if that button was pressed. A form that cannot be taken is shown again as it was.
async fn take(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
    form: Multipart,
) -> Result<Response, Error> {
    let sent = Sent::read(form).await?;
    let (store, actor, now) = (&console.store, console.actor(), app.clock.now());
    let mut typed = Typed::sent(&sent);
    let mut invalid = Invalid::new();
    for name in ["cover", "gallery"] {
        match sent.keep(&app, now, actor, store.id, name).await {
            Ok(kept) if name == "cover" => typed.cover = kept.first().copied().or(typed.cover),
            Ok(kept) => typed.gallery.extend(kept),
            Err(Error::Invalid(errors)) => invalid.0.extend(errors.0),
            Err(other) => return Err(other),
        }
    }
    let again = |typed, invalid: Invalid| -> Result<Response, Error> {
        let is_wrong = !invalid.0.is_empty();
        let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Ok((status, html(&view(&console, page.clone(), typed, invalid))?).into_response())
    };
    if !invalid.0.is_empty() || sent.all("remove").next().is_some() {
        return again(typed, invalid);
    }
    let contents = match typed.page(store) {
        Ok(contents) => contents,
        Err(errors) => return again(typed, errors),
    };
    match super::save(&app.db, now, store.id, contents).await.map_err(Error::from) {
        Ok(()) => {}
        Err(Error::Invalid(errors)) => return again(typed, errors),
        Err(other) => return Err(other),
    }
    let done = if sent.text("do") == "publish" {
        super::publish(&app.db, now, actor, store.id).await?;
        "published"
    } else {
        "saved"
    };
    Ok(Redirect::to(&format!("/console/{}/page?done={done}", store.handle)).into_response())
}
