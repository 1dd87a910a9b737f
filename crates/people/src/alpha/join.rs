//! Someone who is not invited joins the waiting list.

use db::LaneKey;
use kernel::{AccountId, Invalid};
use web::App;

use super::{NOTE_MAX, rows};

/// Why someone was not put on the list.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Puts the account on the list with a note about the store it has in mind. Joining again changes the note and
/// keeps the place.
pub async fn join(app: &App, account: AccountId, note: &str) -> Result<(), JoinError> {
    let note = kernel::paragraph(note, 0, NOTE_MAX).map_err(|problem| Invalid::field("note", problem))?;
    let now = app.clock.now();
    app.db.write(LaneKey::PLATFORM, async |tx| rows::wait(tx, account, &note, now).await).await?;
    Ok(())
}

impl From<JoinError> for web::Error {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Invalid(invalid) => invalid.into(),
            JoinError::Db(error) => error.into(),
        }
    }
}
