//! An operator accepts an application, and the store is open.

use db::{Error, LaneKey, Tx};
use kernel::{AccountId, ApplicationId, Invalid, Problem};
use people::{accounts, audit};
use web::App;

use super::{
    application::{Application, NotAllowed},
    form::{Details, Field, check},
    licence_holder, person_holder, rows,
};
use crate::store::{self, NewAddress, NewStore, OpenError, Store};

/// Why an application was not accepted; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    #[error("only an operator may")]
    NotOperator,
    #[error("no such application")]
    NotFound,
    #[error("the answers changed since they were looked at")]
    Changed,
    #[error("the person holds as many stores as they may")]
    PersonLimit,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// Something that held when it was handed in does not any more, such as a name that another store took.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Opens the store of the version that the operator has looked at: in one transaction it is at its address, the
/// applicant is its owner, and the application is decided.
pub async fn approve(
    app: &App,
    operator: AccountId,
    id: ApplicationId,
    version: i64,
) -> Result<Store, ApproveError> {
    let now = app.clock.now();
    let (applicant, store) = app
        .db
        .write(LaneKey::PLATFORM, async |tx| {
            if !accounts::is_operator(tx, operator).await? {
                return Err(ApproveError::NotOperator);
            }
            let found = rows::for_operator(tx, id).await?.ok_or(ApproveError::NotFound)?;
            if !matches!(found.state, super::State::Submitted { .. }) {
                return Err(NotAllowed(found.state.status()).into());
            }
            if found.version != version {
                return Err(ApproveError::Changed);
            }
            let details = check(&found.form, &app.platform)?;
            take_places(app, tx, found.account_id, &details).await?;
            let store = store::open(tx, new_store(app, found.account_id, details), now).await?;
            let state = found.state.clone().approve(now, operator, store.id)?;
            rows::update(tx, &Application { state, ..found.clone() }, now).await?;
            audit::record(tx, operator, store.id, "application.approved", id, &store.handle, now).await?;
            audit::record(tx, operator, store.id, "store.opened", store.id, &store.name, now).await?;
            Ok((found.account_id, store))
        })
        .await?;
    let address = format!("/s/{}", store.handle);
    super::tell::tell(app, applicant, "applications-message-approved", &address).await;
    Ok(store)
}

/// Counts the store for its person and its licence, in guarded statements: however many applications are approved
/// at once, nobody holds more than they may.
async fn take_places(
    app: &App,
    tx: &mut Tx,
    applicant: AccountId,
    details: &Details,
) -> Result<(), ApproveError> {
    if let Some(number) = &details.licence_number {
        let holder = licence_holder(details.region.code, number);
        if !rows::hold(tx, &holder, app.platform.stores_per_licence).await? {
            let problem = Problem::Rule("applications-licence-limit");
            return Err(Invalid::field(Field::LicenceNumber.as_str(), problem).into());
        }
    }
    if !rows::hold(tx, &person_holder(applicant), app.platform.stores_per_person).await? {
        return Err(ApproveError::PersonLimit);
    }
    Ok(())
}

fn new_store(app: &App, owner: AccountId, details: Details) -> NewStore {
    NewStore {
        handle: details.handle,
        name: details.store_name,
        abbreviation: details.abbreviation,
        intro: details.intro,
        region: details.region.code.to_owned(),
        currency: details.currency,
        time_zone: details.time_zone.to_owned(),
        owner,
        commission: app.platform.commission,
        phone: details.contact_phone,
        email: details.contact_email,
        address: Some(NewAddress { text: details.return_address, coordinates: None }),
    }
}

impl From<OpenError> for ApproveError {
    fn from(error: OpenError) -> Self {
        match error {
            // The store calls its name `name`; the form, which also asks for people's names, `store_name`.
            OpenError::Invalid(invalid) => {
                let mut renamed = invalid;
                for error in &mut renamed.0 {
                    if error.field == "name" {
                        error.field = Field::StoreName.as_str().into();
                    }
                }
                ApproveError::Invalid(renamed)
            }
            OpenError::Db(error) => ApproveError::Db(error),
        }
    }
}

impl From<ApproveError> for web::Error {
    fn from(error: ApproveError) -> Self {
        match error {
            ApproveError::NotOperator => web::Error::Forbidden,
            ApproveError::NotFound => web::Error::NotFound,
            ApproveError::Changed => web::Error::Conflict("applications-changed"),
            ApproveError::PersonLimit => web::Error::Conflict("applications-person-limit"),
            ApproveError::NotAllowed(error) => error.into(),
            ApproveError::Invalid(invalid) => invalid.into(),
            ApproveError::Db(error) => error.into(),
        }
    }
}
