//! Handing an application in, and taking it back.

use db::{Error, Read};
use kernel::{AccountId, ApplicationId, Invalid, Problem};
use people::{alpha, audit};
use web::App;

use super::{
    application::{Application, NotAllowed},
    checks,
    form::{Field, check},
    rows,
};

/// Why an application was not handed in.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error("not invited to the alpha")]
    NotInvited,
    #[error("no such application")]
    NotFound,
    #[error("the person holds as many stores as they may")]
    PersonLimit,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Checks every field and hands the application in.
pub async fn submit(app: &App, account: AccountId, id: ApplicationId) -> Result<Application, SubmitError> {
    let now = app.clock.now();
    app.db
        .write(account, async |tx| {
            let found = rows::of_applicant(tx, account, id).await?.ok_or(SubmitError::NotFound)?;
            if !alpha::standing(app, tx, account).await?.may_apply() {
                return Err(SubmitError::NotInvited);
            }
            let state = found.state.clone().submit(now)?;
            everything_holds(app, tx, &found).await?;
            let next = Application { state, times_submitted: found.times_submitted + 1, ..found };
            rows::update(tx, &next, now).await?;
            let detail = next.form.get(Field::StoreName);
            audit::record(tx, account, None, "application.submitted", id, detail, now).await?;
            Ok(Application { version: next.version + 1, updated_at: now, ..next })
        })
        .await
}

/// The form's own rules, and those that only the database can tell. Names and limits are checked again when the
/// store opens: much may happen until an operator has looked.
pub(super) async fn everything_holds(
    app: &App,
    read: &mut Read,
    application: &Application,
) -> Result<(), SubmitError> {
    let mut invalid = Invalid::new();
    let details = check(&application.form, &app.platform);
    let image = details.as_ref().ok().and_then(|details| details.licence_image);
    if let Err(errors) = details {
        invalid.0.extend(errors.0);
    }
    if let Some(image) = image
        && !rows::owns_licence(read, application.account_id, image).await?
    {
        invalid.add(Field::LicenceImage.as_str(), Problem::NotFound);
    }
    let checks = checks(read, &app.platform, application).await?;
    if checks.name_is_taken {
        invalid.add(Field::StoreName.as_str(), Problem::Taken);
    }
    if checks.handle_is_taken {
        invalid.add(Field::Handle.as_str(), Problem::Taken);
    }
    if checks.by_licence.is_some_and(|(held, most)| held >= most) {
        invalid.add(Field::LicenceNumber.as_str(), Problem::Rule("applications-licence-limit"));
    }
    invalid.done()?;
    if checks.by_person.0 >= checks.by_person.1 {
        return Err(SubmitError::PersonLimit);
    }
    Ok(())
}

/// Takes the application back before an operator has decided, so that it can be changed.
pub async fn withdraw(app: &App, account: AccountId, id: ApplicationId) -> Result<Application, SubmitError> {
    let now = app.clock.now();
    app.db
        .write(account, async |tx| {
            let found = rows::of_applicant(tx, account, id).await?.ok_or(SubmitError::NotFound)?;
            let next = Application { state: found.state.clone().withdraw()?, ..found };
            rows::update(tx, &next, now).await?;
            audit::record(tx, account, None, "application.withdrawn", id, "", now).await?;
            Ok(Application { version: next.version + 1, updated_at: now, ..next })
        })
        .await
}

impl From<SubmitError> for web::Error {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::NotInvited => web::Error::Conflict("applications-not-invited"),
            SubmitError::NotFound => web::Error::NotFound,
            SubmitError::PersonLimit => web::Error::Conflict("applications-person-limit"),
            SubmitError::NotAllowed(error) => error.into(),
            SubmitError::Invalid(invalid) => invalid.into(),
            SubmitError::Db(error) => error.into(),
        }
    }
}
