//! Proves a contact with the code that was sent to it.

use std::net::IpAddr;

use db::{Error, LaneKey};
use kernel::{AccountId, Invalid, Problem, SignInCodeId};
use web::{App, session::token_hash};

use super::{code, rows};
use crate::{accounts, audit, throttle};

/// Why the contact is not proved.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    #[error("the code is not right; {tries_left} tries are left")]
    Wrong { tries_left: i64 },
    /// It ran out, was used, or was tried too often; another one must be sent.
    #[error("the code is no longer good")]
    Gone,
    #[error("too many codes were tried")]
    TooMany,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Answers with the account of the contact that `id`'s code was sent to; a new one if the contact is new. A code is
/// good once, whoever types it first. With the first operator's link the account becomes an operator.
pub async fn prove(
    app: &App,
    id: SignInCodeId,
    typed: &str,
    operator_link: Option<&str>,
    from: Option<IpAddr>,
) -> Result<AccountId, ProveError> {
    let typed = code::read(typed)?;
    let right = code::is(&app.platform.secret.0, id, &typed);
    let now = app.clock.now();
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            if let Some(from) = from
                && !throttle::take(tx, &format!("try from {from}"), code::PER_ADDRESS, now).await?
            {
                return Err(ProveError::TooMany);
            }
            let Some(attempt) = rows::take_try(tx, id, now).await? else { return Ok(Err(ProveError::Gone)) };
            if !right {
                // Not an error of the transaction: the lost try must be kept.
                return Ok(Err(match attempt.tries_left {
                    0 => ProveError::Gone,
                    tries_left => ProveError::Wrong { tries_left },
                }));
            }
            if !rows::use_up(tx, id, now).await? {
                return Ok(Err(ProveError::Gone));
            }
            let account = accounts::of_contact_or_new(tx, &attempt.contact, now).await?;
            accounts::verified(tx, &attempt.contact, now).await?;
            if let Some(link) = operator_link
                && rows::take_operator_link(tx, &token_hash(link), now).await?
            {
                accounts::make_operator(tx, account).await?;
                audit::record(tx, account, None, "operator.first", account, "by the link in the log", now)
                    .await?;
            }
            Ok(Ok(account))
        })
        .await?
}

impl From<ProveError> for web::Error {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Wrong { .. } => Invalid::field("code", Problem::Rule("people-code-wrong")).into(),
            ProveError::Gone => Invalid::field("code", Problem::Rule("people-code-gone")).into(),
            ProveError::TooMany => web::Error::TooMany,
            ProveError::Invalid(invalid) => invalid.into(),
            ProveError::Db(error) => error.into(),
        }
    }
}
