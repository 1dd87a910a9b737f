//! Gives a person a role in a store, or another one than they have.

use db::{Db, Error, Tx};
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
    #[error("the person does not work in this store")]
    NotStaff,
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
        // Asked first, so that nobody can fill the accounts from outside.
        rows::role_of(tx, store, actor).await?.ok_or(AppointError::NotAllowed)?;
        let account = accounts::of_contact_or_new(tx, &contact, now).await?;
        give(tx, now, actor, store, account, role).await?;
        Ok(account)
    })
    .await
}

/// The rules of both ways to a role: by a contact, or another role for someone who has one.
pub(super) async fn give(
    tx: &mut Tx,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    account: AccountId,
    role: Role,
) -> Result<(), AppointError> {
    let mine = rows::role_of(tx, store, actor).await?.ok_or(AppointError::NotAllowed)?;
    let before = rows::role_of(tx, store, account).await?;
    if !mine.may_appoint(role) || before.is_some_and(|before| !mine.may_appoint(before)) {
        return Err(AppointError::NotAllowed);
    }
    if before == Some(role) {
        return Ok(());
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
    Ok(())
}

impl From<AppointError> for web::Error {
    fn from(error: AppointError) -> Self {
        match error {
            AppointError::NotAllowed => field("role", Problem::Rule("staff-beyond")),
            AppointError::LastOwner => field("role", Problem::Rule("staff-last-owner")),
            AppointError::NotStaff => web::Error::NotFound,
            AppointError::Full => field("contact", Problem::TooMany(STAFF_MAX)),
            AppointError::Invalid(invalid) => invalid.into(),
            AppointError::Db(error) => error.into(),
        }
    }
}

fn field(name: &'static str, problem: Problem) -> web::Error {
    Invalid::field(name, problem).into()
}
