//! The queue, and one application with all an operator needs to decide.

use ::stores::{
    applications::{
        self, Application, ApproveError, Checks, Field, Opened, RefuseError, State, Status, answer, label,
    },
    images,
};
use askama::Template;
use axum::{
    extract::State as FromState,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{ApplicationId, ImageId, Invalid, Timestamp};
use people::{
    accounts::{self, ContactRow},
    audit::{self, Entry},
};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Page, Path, Query, html, see_other};

use crate::desk::{Operator, frame};

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    status: String,
}

/// One line of the queue.
struct Listed {
    id: ApplicationId,
    name: String,
    legal_name: String,
    region: String,
    at: Timestamp,
    times: i64,
}

#[derive(Template)]
#[template(path = "applications/queue.html")]
struct QueuePage {
    page: Page,
    frame: ConsoleFrame,
    status: Status,
    listed: Vec<Listed>,
}

impl QueuePage {
    const TABS: [Status; 3] = [Status::Submitted, Status::Refused, Status::Approved];

    fn label_key(&self, status: &Status) -> &'static str {
        match status {
            Status::Draft => "applications-status-draft",
            Status::Submitted => "applications-status-submitted",
            Status::Refused => "applications-status-refused",
            Status::Approved => "applications-status-approved",
        }
    }
}

pub(super) async fn queue(
    FromState(app): FromState<App>,
    page: Page,
    _: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Error> {
    let status = Status::from_text(&wanted.status).unwrap_or(Status::Submitted);
    let frame = frame(&app, &page, "applications").await?;
    let found = applications::list_for_operator(&mut app.db.read().await?, status).await?;
    let listed = found.into_iter().map(|application| Listed {
        id: application.id,
        name: application.form.get(Field::StoreName).to_owned(),
        legal_name: application.form.get(Field::LegalName).to_owned(),
        region: answer(&page, &application.form, Field::Region),
        at: application.updated_at,
        times: application.times_submitted,
    });
    let listed = listed.collect();
    html(&QueuePage { page, frame, status, listed })
}

/// One answer and what the operator says of it.
struct Answered {
    field: &'static str,
    label: String,
    text: String,
    badge: Option<&'static str>,
    /// What was typed into the reason, or the reason that stands.
    reason: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "applications/review.html")]
struct ReviewPage {
    page: Page,
    frame: ConsoleFrame,
    application: Application,
    answers: Vec<Answered>,
    licence: Option<(String, String)>,
    checks: Checks,
    applicant: String,
    contacts: Vec<ContactRow>,
    history: Vec<Entry>,
    opened: Option<Opened>,
    conflict: Option<String>,
}

pub(super) async fn review(
    FromState(app): FromState<App>,
    page: Page,
    _: Operator,
    Path(id): Path<ApplicationId>,
) -> Result<Response, Error> {
    show(&app, page, id, Vec::new(), Invalid::new(), None, StatusCode::OK).await
}

/// The page, with what was typed into it and what was wrong with that.
async fn show(
    app: &App,
    page: Page,
    id: ApplicationId,
    typed: Vec<(String, String)>,
    invalid: Invalid,
    conflict: Option<&'static str>,
    status: StatusCode,
) -> Result<Response, Error> {
    let frame = frame(app, &page, "applications").await?;
    let mut read = app.db.read().await?;
    let application = applications::for_operator(&mut read, id).await?.ok_or(Error::NotFound)?;
    let checks = applications::checks(&mut read, &app.platform, &application).await?;
    let account = accounts::by_id(&mut read, application.account_id).await?;
    let contacts = accounts::contacts(&mut read, application.account_id).await?;
    let filter = audit::Filter { subject: Some(id.to_string()), ..Default::default() };
    let history = audit::list(&mut read, &filter).await?;
    let opened = match application.state {
        State::Approved { store, .. } => applications::opened(&mut read, store).await?,
        _ => None,
    };
    drop(read);
    let asked = |field: &&Field| **field != Field::LicenceImage;
    let answers = Field::ALL
        .iter()
        .filter(asked)
        .map(|field| answered(&page, &application, &checks, *field, &typed, &invalid))
        .filter(|answered| !answered.text.is_empty() || !answered.reason.is_empty())
        .collect();
    let image = application.form.get(Field::LicenceImage).parse::<ImageId>().ok();
    let licence = image.map(|image| (images::address(image, 640), images::address(image, u32::MAX)));
    let conflict = conflict.map(|key| page.tr(key).to_string());
    let page = ReviewPage {
        page,
        frame,
        application,
        answers,
        licence,
        checks,
        applicant: account.map_or(String::new(), |account| account.name),
        contacts,
        history,
        opened,
        conflict,
    };
    Ok((status, html(&page)?).into_response())
}

impl ReviewPage {
    fn can_decide(&self) -> bool {
        matches!(self.application.state, State::Submitted { .. })
    }

    /// What is typed about the picture, which stands beside the answers.
    fn licence_reason(&self) -> &str {
        let reasons = self.application.state.reasons();
        reasons.and_then(|reasons| reasons.get(&Field::LicenceImage)).map_or("", String::as_str)
    }
}

fn answered(
    page: &Page,
    application: &Application,
    checks: &Checks,
    field: Field,
    typed: &[(String, String)],
    invalid: &Invalid,
) -> Answered {
    let form = &application.form;
    let typed = typed.iter().find(|(name, _)| name == field.as_str()).map(|(_, reason)| reason.clone());
    let standing = application.state.reasons().and_then(|reasons| reasons.get(&field)).cloned();
    let decided = matches!(application.state, State::Approved { .. });
    let badge = match field {
        Field::StoreName if checks.name_is_taken && !decided => Some("operator-taken"),
        Field::Handle if checks.handle_is_taken && !decided => Some("operator-taken"),
        Field::StoreName | Field::Handle if !decided => Some("operator-free"),
        _ => None,
    };
    Answered {
        field: field.as_str(),
        label: label(page, form, field),
        text: answer(page, form, field),
        badge,
        reason: typed.or(standing).unwrap_or_default(),
        problem: page.problem(invalid, &format!("reasons.{}", field.as_str())),
    }
}

/// The decision: `version` is what the page showed, `do` the button, `why_FIELD` the reasons.
#[derive(Deserialize)]
pub(super) struct Decision {
    version: i64,
    #[serde(rename = "do")]
    verdict: Verdict,
    #[serde(flatten)]
    whys: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Approve,
    Refuse,
}

pub(super) async fn decide(
    FromState(app): FromState<App>,
    page: Page,
    Operator(operator): Operator,
    Path(id): Path<ApplicationId>,
    Form(sent): Form<Decision>,
) -> Result<Response, Error> {
    let reasons: Vec<(String, String)> = sent
        .whys
        .into_iter()
        .filter_map(|(name, why)| Some((name.strip_prefix("why_")?.to_owned(), why)))
        .filter(|(_, why)| !why.trim().is_empty())
        .collect();
    let decided = match sent.verdict {
        // What is typed must not be lost by a slip of the finger.
        Verdict::Approve if !reasons.is_empty() => {
            Err((Invalid::new(), Some("operator-approve-with-reasons")))
        }
        Verdict::Approve => match applications::approve(&app, operator, id, sent.version).await {
            Ok(_) => Ok(()),
            Err(ApproveError::Invalid(invalid)) => Err((rename(invalid), Some("operator-does-not-hold"))),
            Err(ApproveError::Changed) => Err((Invalid::new(), Some("applications-changed"))),
            Err(ApproveError::PersonLimit) => Err((Invalid::new(), Some("operator-person-limit"))),
            Err(other) => return Err(other.into()),
        },
        Verdict::Refuse => {
            match applications::refuse(&app, operator, id, sent.version, reasons.clone()).await {
                Ok(()) => Ok(()),
                Err(RefuseError::Invalid(invalid)) => {
                    let none = invalid.of("reasons").is_some();
                    Err((invalid, none.then_some("operator-no-reason")))
                }
                Err(RefuseError::Changed) => Err((Invalid::new(), Some("applications-changed"))),
                Err(other) => return Err(other.into()),
            }
        }
    };
    match decided {
        Ok(()) => Ok(see_other(&format!("/operator/applications/{id}")).into_response()),
        Err((invalid, conflict)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show(&app, page, id, reasons, invalid, conflict, status).await
        }
    }
}

/// A field that no longer holds is shown where its reason would be written.
fn rename(invalid: Invalid) -> Invalid {
    let mut invalid = invalid;
    for error in &mut invalid.0 {
        error.field = format!("reasons.{}", error.field).into();
    }
    invalid
}
