//! Keeps a new address, or changes one.

use db::Error;
use kernel::{AccountId, AddressId, Invalid};
use web::App;

use super::{ADDRESSES_MAX, Details, rows};

/// Why an address was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("there is no such address in the book")]
    NotFound,
    #[error("an address book holds at most {ADDRESSES_MAX}")]
    Full,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<SaveError> for web::Error {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::NotFound => web::Error::NotFound,
            SaveError::Full => web::Error::Conflict("checkout-addresses-full"),
            SaveError::Invalid(invalid) => invalid.into(),
            SaveError::Db(error) => error.into(),
        }
    }
}

/// Keeps `details` as a new address, or in the place of the address `id`.
pub async fn save(
    app: &App,
    account: AccountId,
    id: Option<AddressId>,
    details: Details,
) -> Result<AddressId, SaveError> {
    let (details, now) = (details.checked()?, app.clock.now());
    app.db
        .write(account, async |tx| match id {
            Some(id) => match rows::update(tx, account, id, &details).await? {
                0 => Err(SaveError::NotFound),
                _ => Ok(id),
            },
            None if rows::count(tx, account).await? >= ADDRESSES_MAX => Err(SaveError::Full),
            None => {
                let id = AddressId::new();
                rows::insert(tx, account, id, &details, now).await?;
                Ok(id)
            }
        })
        .await
}
