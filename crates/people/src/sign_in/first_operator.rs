//! The first operator of a new platform. There is no default password: the first start prints a link that is good
//! once, and whoever reads the server's log becomes the operator with a contact that they prove.

use std::time::Duration;

use db::LaneKey;
use kernel::random_token;
use web::{App, session::token_hash};

use super::rows;
use crate::accounts;

/// Long enough to set the server up in peace; the next start prints another.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The address to print, as long as the platform has no operator.
pub async fn first_operator(app: &App) -> Result<Option<String>, db::Error> {
    if accounts::has_operator(&mut app.db.read().await?).await? {
        return Ok(None);
    }
    let token = random_token();
    let expires_at = app.clock.now() + GOOD_FOR;
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            rows::replace_operator_link(tx, &token_hash(&token), expires_at).await
        })
        .await?;
    Ok(Some(format!("{}/sign-in?operator={token}", app.platform.base_url)))
}
