//! What other crates call without knowing of baskets: a visitor signs in, and the basket and the checkouts they had
//! begun become the account's; a page of the store shows how full the basket is.
use std::pin::Pin;

use db::{Error, Tx};
use kernel::{AccountId, SessionId, StoreId};
use uuid::Uuid;
use web::App;

use super::rows;
use crate::checkout;

/// Gives what the visitor's session gathered to the account.
pub async fn merge(tx: &mut Tx, visitor: SessionId, account: AccountId) -> Result<(), Error> {
    rows::give(tx, visitor.uuid(), account.uuid()).await?;
    checkout::give(tx, visitor.uuid(), account.uuid()).await
}

/// The pieces in someone's basket, in the shape in which stores' pages ask (`App::basket_count`).
pub fn count(
    app: App,
    store: StoreId,
    owner: Uuid,
) -> Pin<Box<dyn Future<Output = Result<u32, web::Error>> + Send>> {
    Box::pin(async move {
        let pieces = rows::pieces(&mut app.db.read().await?, store, owner).await?;
        Ok(u32::try_from(pieces).unwrap_or(u32::MAX))
    })
}

/// [`merge`] in the shape in which sign-in calls it (`App::on_sign_in`).
pub fn carry_over(
    app: App,
    visitor: SessionId,
    account: AccountId,
) -> Pin<Box<dyn Future<Output = Result<(), web::Error>> + Send>> {
    Box::pin(async move { Ok(app.db.write(account, async |tx| merge(tx, visitor, account).await).await?) })
}
