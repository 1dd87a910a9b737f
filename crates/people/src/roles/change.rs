//! Gives someone who works in a store another role there.

use db::Db;
use kernel::{AccountId, StoreId, Timestamp};

use super::{AppointError, Role, appoint::give, rows};

/// `actor` makes `account`, who has a role in the store, `role` instead.
pub async fn change(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    account: AccountId,
    role: Role,
) -> Result<(), AppointError> {
    db.write(store, async |tx| {
        rows::role_of(tx, store, account).await?.ok_or(AppointError::NotStaff)?;
        give(tx, now, actor, store, account, role).await
    })
    .await
}
