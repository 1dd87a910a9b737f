//! Why a selling tool was not set going, or not ended: all of them fail in the same ways.

use kernel::Invalid;

use crate::rooms::{MoveError, NotAllowed};

/// Why nothing was auctioned, given away, dropped or sold for less.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("no such room, or no such thing in it")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// What cannot be now: as many run as can, or nothing hands out coupons. The key of what is said about it.
    #[error("{0}")]
    Refused(&'static str),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ToolError> for web::Error {
    fn from(error: ToolError) -> Self {
        match error {
            ToolError::NotFound => web::Error::NotFound,
            ToolError::NotAllowed(not) => MoveError::NotAllowed(not).into(),
            ToolError::Refused(key) => web::Error::Conflict(key),
            ToolError::Invalid(invalid) => invalid.into(),
            ToolError::Db(error) => error.into(),
        }
    }
}
