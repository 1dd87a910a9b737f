//! Many products at once, on the shelf: for benches and tests that need a store as full as stores get.

use db::Db;
use kernel::{AccountId, ProductId, Timestamp};

use super::{
    rows,
    save::{Draft, SaveError, check_pictures, checked, put_skus, refresh},
};
use crate::store::Store;

/// Makes and publishes every product, all in one transaction and with all the rows that each would have had.
pub async fn publish_many(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    drafts: Vec<Draft>,
) -> Result<(), SaveError> {
    let drafts = drafts.into_iter().map(|draft| checked(store, draft)).collect::<Result<Vec<_>, _>>()?;
    db.write(store.id, async |tx| {
        for draft in &drafts {
            let id = ProductId::new();
            check_pictures(tx, store, draft).await?;
            draft.contents.ready()?;
            rows::insert(tx, store.id, id, &draft.contents, now).await?;
            put_skus(tx, now, actor, store, id, draft).await?;
            rows::publish(tx, store.id, id, now).await?;
            refresh(tx, store, id).await?;
        }
        Ok(())
    })
    .await
}
