//! A notification from a provider: believed only if its signature holds over the raw bytes, taken in once.

use gateways::payments::{PaymentError, Signed};
use web::App;

use super::{SettleError, Settled, provider, settle};

/// Why a notification was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum HearError {
    #[error("there is no such provider")]
    NoProvider,
    #[error(transparent)]
    Provider(#[from] PaymentError),
    #[error(transparent)]
    Settle(#[from] SettleError),
}

impl From<HearError> for web::Error {
    fn from(error: HearError) -> Self {
        match error {
            HearError::NoProvider => web::Error::NotFound,
            HearError::Provider(PaymentError::Forged(reason)) => {
                tracing::warn!(reason, "a notification was refused");
                web::Error::BadRequest("pay-forged")
            }
            HearError::Provider(error) => web::Error::internal(error),
            HearError::Settle(error) => error.into(),
        }
    }
}

pub async fn hear(app: &App, name: &str, message: &Signed) -> Result<Settled, HearError> {
    let provider = provider(app, name).ok_or(HearError::NoProvider)?;
    let told = provider.verify_notification(message, app.clock.now()).await?;
    Ok(settle(app, &told.outcome, Some((provider.name(), &told.event_id))).await?)
}
