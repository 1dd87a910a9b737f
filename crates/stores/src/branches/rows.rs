//! SQL of `branches`.

use db::{Error, Json, Read, Tx};
use kernel::{BranchId, StoreId, Timestamp};

use super::Branch;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, position, name, address, phone, latitude, longitude, hours, pick_up, slot_minutes, \
             slot_capacity, closed_at from branches where store_id = $1 ",
            $rest
        )
    };
}

pub(super) async fn list(read: &mut Read, store: StoreId) -> Result<Vec<Branch>, Error> {
    read.query(select!("and closed_at is null order by position, id"), &[&store]).await
}

pub(super) async fn get(read: &mut Read, store: StoreId, branch: BranchId) -> Result<Option<Branch>, Error> {
    read.query_opt(select!("and id = $2"), &[&store, &branch]).await
}

pub(super) async fn any_pick_up(read: &mut Read, store: StoreId) -> Result<bool, Error> {
    let found: Option<i64> = read
        .opt(
            "select 1 from branches where store_id = $1 and pick_up and closed_at is null limit 1",
            &[&store],
        )
        .await?;
    Ok(found.is_some())
}

pub(super) async fn insert(tx: &mut Tx, store: StoreId, branch: &Branch) -> Result<(), Error> {
    tx.execute(
        "insert into branches (store_id, id, position, name, address, phone, latitude, longitude, hours, pick_up, slot_minutes, slot_capacity, closed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &store,
            &branch.id,
            &branch.position,
            &branch.name,
            &branch.address,
            &branch.phone,
            &branch.latitude,
            &branch.longitude,
            &branch.hours.clone().map(Json),
            &branch.pick_up,
            &branch.slot_minutes,
            &branch.slot_capacity,
            &branch.closed_at,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx, store: StoreId, branch: &Branch) -> Result<u64, Error> {
    tx.execute(
        "update branches set name = $3, address = $4, phone = $5, latitude = $6, longitude = $7, hours = $8,
            pick_up = $9, slot_minutes = $10, slot_capacity = $11
         where store_id = $1 and id = $2 and closed_at is null",
        &[
            &store,
            &branch.id,
            &branch.name,
            &branch.address,
            &branch.phone,
            &branch.latitude,
            &branch.longitude,
            &branch.hours.clone().map(Json),
            &branch.pick_up,
            &branch.slot_minutes,
            &branch.slot_capacity,
        ],
    )
    .await
}

pub(super) async fn close(
    tx: &mut Tx,
    store: StoreId,
    branch: BranchId,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "update branches set closed_at = $3 where store_id = $1 and id = $2 and closed_at is null",
        &[&store, &branch, &now],
    )
    .await
}
