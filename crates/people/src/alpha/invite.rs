//! An operator invites a contact into the alpha, or takes an invitation back.

use db::LaneKey;
use kernel::{AccountId, Invalid, Locale};
use web::App;

use super::rows;
use crate::{Contact, accounts, audit};

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error("only an operator may")]
    NotAllowed,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Invites the contact and tells its owner. Inviting twice is the same as once.
pub async fn invite(
    app: &App,
    operator: AccountId,
    contact: &str,
    locale: Locale,
) -> Result<(), InviteError> {
    let contact = Contact::parse(contact).map_err(|problem| Invalid::field("contact", problem))?;
    let now = app.clock.now();
    let is_new = app
        .db
        .write(LaneKey::PLATFORM, async |tx| {
            if !accounts::is_operator(tx, operator).await? {
                return Err(InviteError::NotAllowed);
            }
            let is_new = rows::invite(tx, &contact, operator, now).await?;
            if is_new {
                audit::record(tx, operator, None, "alpha.invited", &contact, "", now).await?;
            }
            Ok(is_new)
        })
        .await?;
    if is_new {
        let address = format!("{}/console", app.platform.base_url);
        let text = web::i18n::message(locale, "people-invitation-message").with("address", address);
        app.messages.send(contact.as_str(), &text.to_string()).await;
    }
    Ok(())
}

/// Takes an invitation back. Applications that were made with it stay.
pub async fn withdraw(app: &App, operator: AccountId, contact: &str) -> Result<(), InviteError> {
    let contact = Contact::parse(contact).map_err(|problem| Invalid::field("contact", problem))?;
    let now = app.clock.now();
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            if !accounts::is_operator(tx, operator).await? {
                return Err(InviteError::NotAllowed);
            }
            if rows::withdraw(tx, &contact).await? {
                audit::record(tx, operator, None, "alpha.withdrawn", &contact, "", now).await?;
            }
            Ok(())
        })
        .await
}

impl From<InviteError> for web::Error {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::NotAllowed => web::Error::Forbidden,
            InviteError::Invalid(invalid) => invalid.into(),
            InviteError::Db(error) => error.into(),
        }
    }
}
