//! Gives a person a role in a store, or another one than they have.

use db::{Db, Error};
use kernel::{AccountId, Invalid, Problem, StoreId, Timestamp};

use super::{Role, STAFF_MAX, rows};
use crate::{Contact, accounts, audit};

/// Why someone was not appointed.
#[derive(Debug, thiserror::Error)]
pub enum AppointError {
    #[error("only someone above that role may give it")]
    NotAllowed,
    #[error("the store would have no owner")]
    LastOwner,
    #[error("a store has at most {STAFF_MAX} people")]
    Full,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// `actor` makes the person of this contact `role` in the store. Someone who never signed in can be appointed:
/// the role waits for whoever proves the contact.
pub async fn appoint(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    contact: &str,
    role: Role,
) -> Result<AccountId, AppointError> {
    let contact = Contact::parse(contact).map_err(|problem: Problem| Invalid::field("contact", problem))?;
    db.write(store, async |tx| {
        let mine = rows::role_of(tx, store, actor).await?.ok_or(AppointError::NotAllowed)?;
        let account = accounts::of_contact_or_new(tx, &contact, now).await?;
        let before = rows::role_of(tx, store, account).await?;
        if !mine.may_appoint(role) || before.is_some_and(|before| !mine.may_appoint(before)) {
            return Err(AppointError::NotAllowed);
        }
        if before == Some(role) {
            return Ok(account);
        }
        if before == Some(Role::Owner) && rows::owners(tx, store).await? < 2 {
            return Err(AppointError::LastOwner);
        }
        if before.is_none() && rows::count(tx, store).await? >= STAFF_MAX {
            return Err(AppointError::Full);
        }
        rows::put(tx, store, account, role, now).await?;
        let action = if before.is_some() { "staff.changed" } else { "staff.appointed" };
        audit::record(tx, actor, store, action, account, role.as_str(), now).await?;
        Ok(account)
    })
    .await
}
