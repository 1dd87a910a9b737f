//! A visitor signs in, and the basket and the checkouts they had begun become the account's.

use std::pin::Pin;

use db::{Error, Tx};
use kernel::{AccountId, SessionId};
use web::App;

use super::rows;
use crate::checkout;

/// Gives what the visitor's session gathered to the account.
pub async fn merge(tx: &mut Tx, visitor: SessionId, account: AccountId) -> Result<(), Error> {
    rows::give(tx, visitor.uuid(), account.uuid()).await?;
    checkout::give(tx, visitor.uuid(), account.uuid()).await
}

/// [`merge`] in the shape in which sign-in calls it (`App::on_sign_in`).
pub fn carry_over(
    app: App,
    visitor: SessionId,
    account: AccountId,
) -> Pin<Box<dyn Future<Output = Result<(), web::Error>> + Send>> {
    Box::pin(async move { Ok(app.db.write(account, async |tx| merge(tx, visitor, account).await).await?) })
}
