//! An operator sends an application back with reasons.

use db::{Error, LaneKey};
use kernel::{AccountId, ApplicationId, Invalid};
use people::{accounts, audit};
use web::App;

use super::{
    application::{Application, NotAllowed, reasons},
    rows,
};

/// Why an application was not sent back.
#[derive(Debug, thiserror::Error)]
pub enum RefuseError {
    #[error("only an operator may")]
    NotOperator,
    #[error("no such application")]
    NotFound,
    #[error("the answers changed since they were looked at")]
    Changed,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Refuses the version that the operator has looked at, with a reason for each field that cannot be accepted, and
/// tells the applicant.
pub async fn refuse(
    app: &App,
    operator: AccountId,
    id: ApplicationId,
    version: i64,
    sent: Vec<(String, String)>,
) -> Result<(), RefuseError> {
    let reasons = reasons(sent)?;
    let now = app.clock.now();
    let applicant = app
        .db
        .write(LaneKey::PLATFORM, async |tx| {
            if !accounts::is_operator(tx, operator).await? {
                return Err(RefuseError::NotOperator);
            }
            let found = rows::for_operator(tx, id).await?.ok_or(RefuseError::NotFound)?;
            let detail: Vec<String> =
                reasons.iter().map(|(field, reason)| format!("{}: {reason}", field.as_str())).collect();
            let state = found.state.clone().refuse(now, operator, reasons)?;
            if found.version != version {
                return Err(RefuseError::Changed);
            }
            rows::update(tx, &Application { state, ..found.clone() }, now).await?;
            audit::record(tx, operator, None, "application.refused", id, detail.join("\n"), now).await?;
            Ok(found.account_id)
        })
        .await?;
    super::tell::tell(app, applicant, "applications-message-refused", &format!("/console/applications/{id}"))
        .await;
    Ok(())
}

impl From<RefuseError> for web::Error {
    fn from(error: RefuseError) -> Self {
        match error {
            RefuseError::NotOperator => web::Error::Forbidden,
            RefuseError::NotFound => web::Error::NotFound,
            RefuseError::Changed => web::Error::Conflict("applications-changed"),
            RefuseError::NotAllowed(error) => error.into(),
            RefuseError::Invalid(invalid) => invalid.into(),
            RefuseError::Db(error) => error.into(),
        }
    }
}
