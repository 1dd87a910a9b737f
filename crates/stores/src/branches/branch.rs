//! A branch and its limits. Pure rules.

use db::{Error, FromRow, Json, Row};
use kernel::{BranchId, Timestamp};

use crate::hours::Hours;

/// What a new branch begins with.
pub const SLOT_MINUTES: i64 = 60;
pub const SLOT_CAPACITY: i64 = 20;

/// A place of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    pub id: BranchId,
    pub position: i64,
    pub name: String,
    pub address: String,
    pub phone: String,
    /// Millionths of a degree; both or neither.
    pub latitude: Option<i64>,
    pub longitude: Option<i64>,
    /// Hours of its own; `None`: the store's hold.
    pub hours: Option<Hours>,
    pub pick_up: bool,
    /// How long a pick-up slot is.
    pub slot_minutes: i64,
    /// How many orders may choose one slot.
    pub slot_capacity: i64,
    /// When it closed for good.
    pub closed_at: Option<Timestamp>,
}

impl FromRow for Branch {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Branch {
            id: row.get("id")?,
            position: row.get("position")?,
            name: row.get("name")?,
            address: row.get("address")?,
            phone: row.get("phone")?,
            latitude: row.get("latitude")?,
            longitude: row.get("longitude")?,
            hours: row.get::<Option<Json<Hours>>>("hours")?.map(|hours| hours.0),
            pick_up: row.get("pick_up")?,
            slot_minutes: row.get("slot_minutes")?,
            slot_capacity: row.get("slot_capacity")?,
            closed_at: row.get("closed_at")?,
        })
    }
}
