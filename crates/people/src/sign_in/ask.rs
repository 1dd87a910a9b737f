//! Asks for a one-time code.

use std::net::IpAddr;

use db::{Error, LaneKey};
use kernel::{Invalid, Locale, SignInCodeId};
use web::App;

use super::{code, rows};
use crate::{Contact, throttle};

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("too many codes were asked for")]
    TooMany,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Sends a code to `contact` and answers with its id, which the code is to be typed in for. Whether the contact
/// has an account makes no difference, so nobody learns it here.
pub async fn ask(
    app: &App,
    contact: &str,
    from: Option<IpAddr>,
    locale: Locale,
) -> Result<SignInCodeId, AskError> {
    let contact = Contact::parse(contact).map_err(|problem| Invalid::field("contact", problem))?;
    let (id, now) = (SignInCodeId::new(), app.clock.now());
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            let mut may = throttle::take(tx, &format!("code to {contact}"), code::PER_CONTACT, now).await?;
            if let Some(from) = from {
                may &= throttle::take(tx, &format!("code from {from}"), code::PER_ADDRESS, now).await?;
            }
            if !may {
                return Err(AskError::TooMany);
            }
            rows::insert_code(tx, &contact, id, now).await?;
            Ok(())
        })
        .await?;
    let code = code::code(&app.platform.secret.0, id);
    let minutes = code::GOOD_FOR.as_secs() as i64 / 60;
    let text = web::i18n::message(locale, "people-code-message").with("code", code).with("minutes", minutes);
    app.messages.send(contact.as_str(), &text.to_string()).await;
    Ok(id)
}
