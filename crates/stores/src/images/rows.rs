//! SQL of `images`.

use db::{Error, Read, Tx};
use kernel::{ImageId, Timestamp};

use super::Image;

pub(super) async fn get(read: &mut Read, image: ImageId) -> Result<Option<Image>, Error> {
    read.query_opt(
        "select id, store_id, account_id, kind, width, height from images where id = $1",
        &[&image],
    )
    .await
}

pub(super) async fn insert(tx: &mut Tx, image: &Image, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "insert into images (id, store_id, account_id, kind, width, height, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        &[&image.id, &image.store_id, &image.account_id, &image.kind, &image.width, &image.height, &now],
    )
    .await?;
    Ok(())
}
