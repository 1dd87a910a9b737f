//! The alpha: while the platform is in it, only people whose contact was invited may apply for a store; anyone
//! else can join the waiting list.

mod invite;
mod join;
mod rows;
#[cfg(test)]
mod tests;

use db::{Error, Read};
use kernel::{AccountId, Timestamp};
use web::{App, Stage};

pub use invite::{InviteError, invite, withdraw};
pub use join::{JoinError, join};
pub use rows::{Invitation, Waiting};

/// Columns of what someone on the waiting list says about their store.
pub const NOTE_MAX: i64 = 400;

/// Whether someone may apply for a store now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everyone may.
    Public,
    /// The platform is in its alpha, and this person is invited.
    Invited,
    /// Not yet; on the waiting list since then.
    Waiting(Timestamp),
    /// Not yet, and not on the list.
    Uninvited,
}

impl Standing {
    pub const fn may_apply(self) -> bool {
        matches!(self, Standing::Public | Standing::Invited)
    }
}

/// Where this account stands. An invitation counts only for a contact that its owner has proved.
pub async fn standing(app: &App, read: &mut Read, account: AccountId) -> Result<Standing, Error> {
    if app.platform.stage == Stage::Public {
        return Ok(Standing::Public);
    }
    if rows::is_invited(read, account).await? {
        return Ok(Standing::Invited);
    }
    Ok(rows::waiting_since(read, account).await?.map_or(Standing::Uninvited, Standing::Waiting))
}

/// Who is invited, the latest first.
pub async fn invitations(read: &mut Read) -> Result<Vec<Invitation>, Error> {
    rows::invitations(read).await
}

/// Who waits, the longest first; those who were invited meanwhile wait no more.
pub async fn waiting(read: &mut Read) -> Result<Vec<Waiting>, Error> {
    rows::waiting(read).await
}
