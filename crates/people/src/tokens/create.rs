//! Makes a token.

use std::time::Duration;

use kernel::{AccountId, ApiTokenId, Invalid, Problem, Timestamp, random_token};
use serde::Serialize;
use utoipa::ToSchema;
use web::{App, session::token_hash};

use super::{DAYS_MAX, NAME_MAX, TOKENS_MAX, rows};
use crate::audit;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("an account has at most {TOKENS_MAX} tokens")]
    TooMany,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A token, the one time it is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewToken {
    #[schema(value_type = String)]
    pub id: ApiTokenId,
    /// Send it as `Authorization: Bearer …`. It is never shown again.
    pub token: String,
    #[schema(value_type = String)]
    pub expires_at: Timestamp,
}

/// Makes a token for the account, good for `days`.
pub async fn create(app: &App, account: AccountId, name: &str, days: i64) -> Result<NewToken, CreateError> {
    let mut invalid = Invalid::new();
    let name = invalid.take("name", kernel::line(name, 1, NAME_MAX));
    let days = invalid.take("days", checked_days(days));
    invalid.done()?;
    let now = app.clock.now();
    // The prefix lets people and secret scanners recognise what it is.
    let new = NewToken {
        id: ApiTokenId::new(),
        token: format!("mst_{}", random_token()),
        expires_at: now + DAY * days as u32,
    };
    app.db
        .write(account, async |tx| {
            if rows::count_good(tx, account, now).await? >= TOKENS_MAX {
                return Err(CreateError::TooMany);
            }
            rows::insert(tx, account, new.id, &name, &token_hash(&new.token), now, new.expires_at).await?;
            audit::record(tx, account, None, "token.created", new.id, &name, now).await?;
            Ok(())
        })
        .await?;
    Ok(new)
}

fn checked_days(days: i64) -> Result<i64, Problem> {
    match days {
        ..1 => Err(Problem::TooSmall(1)),
        1..=DAYS_MAX => Ok(days),
        _ => Err(Problem::TooLarge(DAYS_MAX)),
    }
}

impl From<CreateError> for web::Error {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::TooMany => web::Error::Conflict("people-tokens-too-many"),
            CreateError::Invalid(invalid) => invalid.into(),
            CreateError::Db(error) => error.into(),
        }
    }
}
