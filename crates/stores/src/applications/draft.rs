//! Beginning an application, saving it at every step, throwing it away.

use db::Error;
use kernel::{AccountId, ApplicationId, Invalid};
use people::{alpha, audit};
use web::App;

use super::{
    OPEN_MAX,
    application::{Application, NotAllowed, State},
    form::{Answers, Form},
    rows,
};

/// Why a draft was not begun, saved or thrown away.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("not invited to the alpha")]
    NotInvited,
    #[error("at most {OPEN_MAX} applications may be open")]
    TooMany,
    #[error("no such application")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Begins an application with the answers that are known already.
pub async fn start(app: &App, account: AccountId, answers: Answers) -> Result<Application, DraftError> {
    let now = app.clock.now();
    let mut form = Form::default();
    form.merge(answers)?;
    let new = Application {
        id: ApplicationId::new(),
        account_id: account,
        version: 1,
        form,
        state: State::Draft,
        times_submitted: 0,
        created_at: now,
        updated_at: now,
    };
    app.db
        .write(account, async |tx| {
            if !alpha::standing(app, tx, account).await?.may_apply() {
                return Err(DraftError::NotInvited);
            }
            if rows::count_open(tx, account).await? >= OPEN_MAX {
                return Err(DraftError::TooMany);
            }
            rows::insert(tx, &new).await?;
            audit::record(tx, account, None, "application.started", new.id, "", now).await?;
            Ok(())
        })
        .await?;
    Ok(new)
}

/// Saves answers into a draft or a refused application. They need not be right yet.
pub async fn save(
    app: &App,
    account: AccountId,
    id: ApplicationId,
    answers: Answers,
) -> Result<Application, DraftError> {
    let now = app.clock.now();
    app.db
        .write(account, async |tx| {
            let found = rows::of_applicant(tx, account, id).await?.ok_or(DraftError::NotFound)?;
            let mut next = found;
            let changed = next.form.merge(answers)?;
            next.state = next.state.edit(&changed)?;
            if changed.is_empty() {
                return Ok(next);
            }
            rows::update(tx, &next, now).await?;
            let fields: Vec<&str> = changed.iter().map(|field| field.as_str()).collect();
            audit::record(tx, account, None, "application.saved", id, fields.join(" "), now).await?;
            Ok(Application { version: next.version + 1, updated_at: now, ..next })
        })
        .await
}

/// Throws a draft away that was never handed in.
pub async fn discard(app: &App, account: AccountId, id: ApplicationId) -> Result<(), DraftError> {
    let now = app.clock.now();
    app.db
        .write(account, async |tx| {
            let found = rows::of_applicant(tx, account, id).await?.ok_or(DraftError::NotFound)?;
            if !rows::delete_draft(tx, account, id).await? {
                return Err(NotAllowed(found.state.status()).into());
            }
            audit::record(tx, account, None, "application.discarded", id, "", now).await?;
            Ok(())
        })
        .await
}

impl From<DraftError> for web::Error {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::NotInvited => web::Error::Conflict("applications-not-invited"),
            DraftError::TooMany => web::Error::Conflict("applications-too-many"),
            DraftError::NotFound => web::Error::NotFound,
            DraftError::NotAllowed(error) => error.into(),
            DraftError::Invalid(invalid) => invalid.into(),
            DraftError::Db(error) => error.into(),
        }
    }
}

impl From<NotAllowed> for web::Error {
    fn from(NotAllowed(status): NotAllowed) -> Self {
        use super::Status;
        web::Error::Conflict(match status {
            Status::Draft => "applications-is-draft",
            Status::Submitted => "applications-is-submitted",
            Status::Refused => "applications-is-refused",
            Status::Approved => "applications-is-approved",
        })
    }
}
