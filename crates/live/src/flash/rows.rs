//! SQL of `live_flash_sales`.

use db::{Error, Read, Tx, row};
use kernel::{RoomId, SkuId, StoreId};
use stores::special_prices::SpecialId;

use super::State;

row! {
    #[derive(Clone, Debug)]
    pub(super) struct SaleRow {
        pub id: SpecialId,
        pub room_id: RoomId,
        pub sku_id: SkuId,
        pub number: i64,
        pub state: State,
    }
}

pub(super) async fn of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<SaleRow>, Error> {
    read.query(
        "select id, room_id, sku_id, number, state from live_flash_sales
         where store_id = $1 and room_id = $2 and state <> 'over' order by id",
        &[&store, &room],
    )
    .await
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: SpecialId) -> Result<Option<SaleRow>, Error> {
    read.query_opt(
        "select id, room_id, sku_id, number, state from live_flash_sales where store_id = $1 and id = $2",
        &[&store, &id],
    )
    .await
}

pub(super) async fn insert(tx: &mut Tx, store: StoreId, sale: &SaleRow) -> Result<(), Error> {
    tx.execute(
        "insert into live_flash_sales (store_id, room_id, id, sku_id, number, state) values ($1, $2, $3, $4, $5, $6)",
        &[&store, &sale.room_id, &sale.id, &sale.sku_id, &sale.number, &sale.state],
    )
    .await?;
    Ok(())
}

/// Moves it on from the state in which it was seen; answers whether it still was there.
pub(super) async fn set_state(
    tx: &mut Tx,
    store: StoreId,
    id: SpecialId,
    from: State,
    to: State,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update live_flash_sales set state = $4 where store_id = $1 and id = $2 and state = $3",
            &[&store, &id, &from, &to],
        )
        .await?;
    Ok(rows == 1)
}
