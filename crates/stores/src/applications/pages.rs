//! A merchant's stores and applications, and the form.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kernel::{AccountId, ApplicationId, Invalid};
use people::alpha::{self, Standing};
use serde::Deserialize;
use web::{App, Error, Form, Multipart, Page, Path, Query, html, see_other};

use super::{
    Answers, Field, Opened, SubmitError, application,
    application::Application,
    draft, of_applicant, opened, rows,
    steps::{Control, Question, Step, answer, label, questions},
    submit,
};
use crate::{
    images::{self, Kind},
    store::{self, Store},
};

/// The width of a store's small picture on a dense screen.
const LOGO_PIXELS: u32 = 320;

/// One store in the list, with the look it has for buyers.
struct Shop {
    store: Store,
    accent: String,
    logo: Option<String>,
}

/// One application in the list.
struct Listed {
    application: Application,
    name: String,
}

#[derive(Template)]
#[template(path = "applications/overview.html")]
struct OverviewPage {
    page: Page,
    stores: Vec<Shop>,
    applications: Vec<Listed>,
    standing: Standing,
    note: String,
    invalid: Invalid,
}

pub(super) async fn overview(State(app): State<App>, page: Page) -> Result<Response, Error> {
    show_overview(&app, page, String::new(), Invalid::new()).await
}

async fn show_overview(app: &App, page: Page, note: String, invalid: Invalid) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    let mut read = app.db.read().await?;
    let mut stores = Vec::new();
    for store in store::of_member(&mut read, account).await? {
        let live = crate::page::live(&mut read, store.id).await?;
        let logo = live.cover.map(|cover| images::address(cover, LOGO_PIXELS));
        stores.push(Shop { store, accent: live.accent, logo });
    }
    let standing = alpha::standing(app, &mut read, account).await?;
    let mut applications = Vec::new();
    for application in rows::list_of_applicant(&mut read, account).await? {
        let name = match application.form.get(Field::StoreName) {
            "" => page.tr("applications-unnamed").to_string(),
            name => name.to_owned(),
        };
        applications.push(Listed { application, name });
    }
    let status = if invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = OverviewPage { page, stores, applications, standing, note, invalid };
    Ok((status, html(&page)?).into_response())
}

#[derive(Deserialize)]
pub(super) struct Join {
    #[serde(default)]
    note: String,
}

pub(super) async fn join_waiting_list(
    State(app): State<App>,
    page: Page,
    Form(sent): Form<Join>,
) -> Result<Response, Error> {
    match alpha::join(&app, page.signed_in()?.account_id, &sent.note).await {
        Ok(()) => Ok(see_other("/console").into_response()),
        Err(alpha::JoinError::Invalid(invalid)) => show_overview(&app, page, sent.note, invalid).await,
        Err(other) => Err(other.into()),
    }
}

/// Begins with what the account already tells.
pub(super) async fn start(State(app): State<App>, page: Page) -> Result<Response, Error> {
    let viewer = page.signed_in()?;
    let contacts = people::accounts::contacts(&mut app.db.read().await?, viewer.account_id).await?;
    let first = |phone: bool| {
        let mut fitting = contacts.iter().filter(|row| row.contact.is_phone() == phone);
        fitting.next().map(|row| row.contact.to_string())
    };
    let answers = Answers { contact_phone: first(true), contact_email: first(false), ..Answers::default() };
    match draft::start(&app, viewer.account_id, answers).await {
        Ok(new) => Ok(see_other(&format!("/console/applications/{}", new.id)).into_response()),
        Err(draft::DraftError::NotInvited) => Ok(see_other("/console").into_response()),
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "applications/form.html")]
struct FormPage {
    page: Page,
    application: Application,
    step: Step,
    questions: Vec<Question>,
    /// On the last step: every answer, by step.
    summary: Vec<(Step, Vec<Answered>)>,
    opened: Option<Opened>,
    base_url: String,
    region_is_closed: bool,
    conflict: Option<String>,
    saved: bool,
}

/// One answer on the last step.
struct Answered {
    label: String,
    text: String,
    picture: Option<String>,
    problem: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct At {
    step: Option<String>,
    /// Whether the answers of this step are to be judged.
    #[serde(default)]
    check: bool,
    #[serde(default)]
    saved: bool,
}

pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    Path(id): Path<ApplicationId>,
    Query(at): Query<At>,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    let found = of_applicant(&mut app.db.read().await?, account, id).await?.ok_or(Error::NotFound)?;
    let step = match (at.step.as_deref().and_then(Step::from_text), &found.state) {
        _ if !found.state.is_editable() => Step::Check,
        (Some(step), _) => step,
        // Straight to what is to be mended.
        (None, application::State::Refused { reasons, .. }) => {
            reasons.keys().next().map_or(Step::Check, |field| Step::of(*field))
        }
        (None, _) => Step::Who,
    };
    let judged = at.check || (step == Step::Check && found.state.is_editable());
    let invalid = if judged { judge(&app, &found).await? } else { Invalid::new() };
    show_form(&app, page, found, step, invalid, None, at.saved, StatusCode::OK).await
}

/// Everything that would keep the application from being handed in.
async fn judge(app: &App, application: &Application) -> Result<Invalid, Error> {
    let mut read = app.db.read().await?;
    match submit::everything_holds(app, &mut read, application).await {
        Ok(()) | Err(SubmitError::PersonLimit) => Ok(Invalid::new()),
        Err(SubmitError::Invalid(invalid)) => Ok(invalid),
        Err(other) => Err(other.into()),
    }
}

#[allow(clippy::too_many_arguments, reason = "one caller for each way to arrive at the page")]
async fn show_form(
    app: &App,
    page: Page,
    application: Application,
    step: Step,
    invalid: Invalid,
    conflict: Option<String>,
    saved: bool,
    status: StatusCode,
) -> Result<Response, Error> {
    let opened = match application.state {
        application::State::Approved { store, .. } => opened(&mut app.db.read().await?, store).await?,
        _ => None,
    };
    let questions = questions(&page, &app.platform, &application, step, &invalid);
    let summary = if step == Step::Check { summary(&page, &application, &invalid) } else { Vec::new() };
    let region_is_closed = application.form.region().is_some_and(|region| !region.has_stores());
    let base_url = app.platform.base_url.clone();
    let page = FormPage {
        page,
        application,
        step,
        questions,
        summary,
        opened,
        base_url,
        region_is_closed,
        conflict,
        saved,
    };
    Ok((status, html(&page)?).into_response())
}

fn summary(page: &Page, application: &Application, invalid: &Invalid) -> Vec<(Step, Vec<Answered>)> {
    let form = &application.form;
    let reasons = application.state.reasons();
    let answered = |field: &Field| Answered {
        label: label(page, form, *field),
        text: if *field == Field::LicenceImage { String::new() } else { answer(page, form, *field) },
        picture: (*field == Field::LicenceImage)
            .then(|| form.get(*field).parse().ok())
            .flatten()
            .map(|image| images::address(image, 640)),
        problem: page.problem(invalid, field.as_str()),
        reason: reasons.and_then(|reasons| reasons.get(field)).cloned(),
    };
    let asking = Step::ALL.iter().filter(|step| **step != Step::Check);
    asking.map(|step| (*step, step.fields(form.subject()).iter().map(answered).collect())).collect()
}

/// What a step's form sends: answers by their names, where to go, and maybe a picture.
#[derive(Default)]
struct Sent {
    answers: serde_json::Map<String, serde_json::Value>,
    step: Option<Step>,
    go: String,
    picture: Option<Bytes>,
}

async fn read(mut multipart: Multipart) -> Result<Sent, Error> {
    let mut sent = Sent::default();
    while let Some(field) = multipart.0.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "licence" => {
                let bytes = images::read_field(field).await?;
                sent.picture = Some(bytes).filter(|bytes| !bytes.is_empty());
            }
            "step" => sent.step = Step::from_text(&field.text().await?),
            "go" => sent.go = field.text().await?,
            _ => {
                sent.answers.insert(name, field.text().await?.into());
            }
        }
    }
    Ok(sent)
}

pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    Path(id): Path<ApplicationId>,
    multipart: Multipart,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    let found = of_applicant(&mut app.db.read().await?, account, id).await?.ok_or(Error::NotFound)?;
    let sent = read(multipart).await?;
    let step = sent.step.unwrap_or(Step::Who);
    let unknown = |error: serde_json::Error| {
        let field = error.to_string().split('`').nth(1).unwrap_or("body").to_owned();
        Error::Invalid(Invalid::field(field, kernel::Problem::Rule("field-unknown")))
    };
    let mut answers: Answers =
        serde_json::from_value(serde_json::Value::Object(sent.answers)).map_err(unknown)?;
    if let Some(bytes) = sent.picture {
        // Before it is decoded and kept: a form that cannot be changed takes no pictures.
        found.state.clone().edit(&[])?;
        match keep_picture(&app, account, bytes).await {
            Ok(image) => answers.licence_image = Some(image.to_string()),
            Err(Error::Invalid(invalid)) => {
                let saved = draft::save(&app, account, id, answers).await?;
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return show_form(&app, page, saved, step, invalid, None, false, status).await;
            }
            Err(other) => return Err(other),
        }
    }
    let saved = match draft::save(&app, account, id, answers).await {
        Ok(saved) => saved,
        Err(draft::DraftError::Invalid(invalid)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return show_form(&app, page, found, step, invalid, None, false, status).await;
        }
        Err(other) => return Err(other.into()),
    };
    go_on(&app, page, saved, step, &sent.go).await
}

async fn keep_picture(app: &App, account: AccountId, bytes: Bytes) -> Result<kernel::ImageId, Error> {
    images::upload(&app.db, &app.files, app.clock.now(), account, None, Kind::Licence, bytes)
        .await
        .map_err(|error| error.of_field("licence_image"))
}

/// Where the pressed button leads.
async fn go_on(app: &App, page: Page, saved: Application, step: Step, go: &str) -> Result<Response, Error> {
    let id = saved.id;
    let to = |step: Step, more: &str| {
        see_other(&format!("/console/applications/{id}?step={}{more}", step.as_str())).into_response()
    };
    match go {
        "back" => Ok(to(step.before().unwrap_or(step), "")),
        "later" => Ok(to(step, "&saved=true")),
        "submit" => match submit::submit(app, saved.account_id, id).await {
            Ok(_) => Ok(see_other(&format!("/console/applications/{id}")).into_response()),
            Err(SubmitError::Invalid(invalid)) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                show_form(app, page, saved, Step::Check, invalid, None, false, status).await
            }
            Err(SubmitError::PersonLimit) => {
                let words = page.tr("applications-person-limit").to_string();
                let status = StatusCode::CONFLICT;
                show_form(app, page, saved, Step::Check, Invalid::new(), Some(words), false, status).await
            }
            Err(other) => Err(other.into()),
        },
        _ => {
            let invalid = judge(app, &saved).await?;
            let wrong = step.fields(saved.form.subject()).iter().any(|f| invalid.of(f.as_str()).is_some());
            Ok(if wrong { to(step, "&check=true") } else { to(step.next(), "") })
        }
    }
}

pub(super) async fn withdraw(
    State(app): State<App>,
    page: Page,
    Path(id): Path<ApplicationId>,
) -> Result<Response, Error> {
    submit::withdraw(&app, page.signed_in()?.account_id, id).await?;
    Ok(see_other(&format!("/console/applications/{id}")).into_response())
}

pub(super) async fn discard(
    State(app): State<App>,
    page: Page,
    Path(id): Path<ApplicationId>,
) -> Result<Response, Error> {
    draft::discard(&app, page.signed_in()?.account_id, id).await?;
    Ok(see_other("/console").into_response())
}
