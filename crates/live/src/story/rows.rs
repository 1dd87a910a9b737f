//! SQL of `live_events`, and of the numbers on the room's row.

use db::{Error, FromRow, Read, Row, Tx, row};
use kernel::{RoomId, StoreId, Timestamp};
use serde_json::value::RawValue;

use crate::{
    hub::{Event, Position},
    rooms::Step,
};

impl FromRow for Position {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Position { epoch: row.get("epoch")?, seq: row.get("seq")? })
    }
}

impl FromRow for Event {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let d = RawValue::from_string(row.get("d")?);
        Ok(Event {
            at: Position::from_row(row)?,
            kind: row.get("kind")?,
            by: row.get("by_id")?,
            d: d.map_err(|error| Error::Column { column: "d".into(), reason: error.to_string() })?,
        })
    }
}

row! {
    struct Taken {
        epoch: i64,
        seq: i64,
        state: Step,
    }
}

/// Takes the next `count` numbers of the room; answers with the last of them and where the room is.
pub(super) async fn take_numbers(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    count: i64,
) -> Result<(Position, Step), Error> {
    let taken: Taken = tx
        .query_one(
            "update live_rooms set seq = seq + $3 where store_id = $1 and id = $2 returning epoch, seq, state",
            &[&store, &room, &count],
        )
        .await?;
    Ok((Position::new(taken.epoch, taken.seq), taken.state))
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    event: &Event,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_events (store_id, room_id, epoch, seq, kind, by_id, d, at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[&store, &room, &event.at.epoch, &event.at.seq, &event.kind, &event.by, &event.d.get(), &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn position(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Option<Position>, Error> {
    read.query_opt("select epoch, seq from live_rooms where store_id = $1 and id = $2", &[&store, &room])
        .await
}

pub(super) async fn after(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    after: Position,
    most: i64,
) -> Result<Vec<Event>, Error> {
    read.query(
        "select epoch, seq, kind, by_id, d from live_events
         where store_id = $1 and room_id = $2 and epoch = $3 and seq > $4 order by seq limit $5",
        &[&store, &room, &after.epoch, &after.seq, &most],
    )
    .await
}

pub(super) async fn delete_before(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute("delete from live_events where at < $1", &[&before]).await
}
