//! Takes an address out of the book. Orders keep their own copy.

use db::Error;
use kernel::{AccountId, AddressId};
use web::App;

use super::rows;

/// Why an address was not taken out.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    #[error("there is no such address in the book")]
    NotFound,
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<ForgetError> for web::Error {
    fn from(error: ForgetError) -> Self {
        match error {
            ForgetError::NotFound => web::Error::NotFound,
            ForgetError::Db(error) => error.into(),
        }
    }
}

pub async fn forget(app: &App, account: AccountId, id: AddressId) -> Result<(), ForgetError> {
    app.db
        .write(account, async |tx| match rows::delete(tx, account, id).await? {
            0 => Err(ForgetError::NotFound),
            _ => Ok(()),
        })
        .await
}
