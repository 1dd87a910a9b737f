//! A branch and its limits. Pure rules.

use db::{Error, FromRow, Json, Row};
use kernel::{BranchId, Invalid, Problem, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{catalog::within, hours::Hours, page::phone};

/// What a new branch begins with.
pub const SLOT_MINUTES: i64 = 60;
pub const SLOT_CAPACITY: i64 = 20;
/// A slot may be this long, in minutes, and is a divisor of a day so that slots do not drift.
pub const SLOT_LENGTHS: [i64; 6] = [15, 20, 30, 60, 120, 240];
pub const SLOT_CAPACITY_MAX: i64 = 10_000;
/// Columns.
pub const NAME_MAX: i64 = 40;
pub const ADDRESS_MAX: i64 = 160;
pub const BRANCHES_MAX: i64 = 50;

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

impl Branch {
    /// Where a phone's map shows it: its point, or else its address.
    pub fn map_address(&self) -> String {
        let place = match (self.latitude, self.longitude) {
            (Some(latitude), Some(longitude)) => format!("{},{}", degrees(latitude), degrees(longitude)),
            _ => self.address.bytes().fold(String::new(), |mut out, byte| {
                match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' => out.push(byte as char),
                    other => out.push_str(&format!("%{other:02X}")),
                }
                out
            }),
        };
        format!("https://www.openstreetmap.org/search?query={place}")
    }
}

/// What a merchant says of a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub name: String,
    pub address: String,
    pub phone: String,
    pub latitude: Option<i64>,
    pub longitude: Option<i64>,
    pub hours: Option<Hours>,
    pub pick_up: bool,
    pub slot_minutes: i64,
    pub slot_capacity: i64,
}

impl Default for Place {
    fn default() -> Self {
        Place {
            name: String::new(),
            address: String::new(),
            phone: String::new(),
            latitude: None,
            longitude: None,
            hours: None,
            pick_up: true,
            slot_minutes: SLOT_MINUTES,
            slot_capacity: SLOT_CAPACITY,
        }
    }
}

impl Place {
    /// The place with its texts trimmed, or all that is wrong with it.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        self.name = invalid.take("name", kernel::line(&self.name, 1, NAME_MAX));
        self.address = invalid.take("address", kernel::line(&self.address, 1, ADDRESS_MAX));
        self.phone = invalid.take("phone", phone(&self.phone));
        let both = self.latitude.is_some() || self.longitude.is_some();
        for (field, degrees, most) in
            [("latitude", self.latitude, 90_000_000), ("longitude", self.longitude, 180_000_000)]
        {
            match degrees {
                Some(degrees) => invalid.take(field, within(degrees, -most, most)),
                None if both => invalid.add(field, Problem::Required),
                None => {}
            }
        }
        if let Some(hours) = &self.hours
            && let Err(errors) = hours.check()
        {
            invalid.0.extend(errors.0);
        }
        if !SLOT_LENGTHS.contains(&self.slot_minutes) {
            invalid.add("slot_minutes", Problem::NotAChoice);
        }
        invalid.take("slot_capacity", within(self.slot_capacity, 1, SLOT_CAPACITY_MAX));
        invalid.done()?;
        Ok(self)
    }

    pub(super) fn at(self, id: BranchId, position: i64) -> Branch {
        Branch {
            id,
            position,
            name: self.name,
            address: self.address,
            phone: self.phone,
            latitude: self.latitude,
            longitude: self.longitude,
            hours: self.hours,
            pick_up: self.pick_up,
            slot_minutes: self.slot_minutes,
            slot_capacity: self.slot_capacity,
            closed_at: None,
        }
    }
}

impl From<Branch> for Place {
    fn from(branch: Branch) -> Self {
        Place {
            name: branch.name,
            address: branch.address,
            phone: branch.phone,
            latitude: branch.latitude,
            longitude: branch.longitude,
            hours: branch.hours,
            pick_up: branch.pick_up,
            slot_minutes: branch.slot_minutes,
            slot_capacity: branch.slot_capacity,
        }
    }
}

/// Degrees as people write them, from millionths: `1.300500`.
pub fn degrees(micro: i64) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    let all = micro.unsigned_abs();
    format!("{sign}{}.{:06}", all / 1_000_000, all % 1_000_000)
}

/// Reads degrees as people type them, such as `-1.3005`; empty is none.
pub fn micro_degrees(text: &str) -> Result<Option<i64>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.len() > 3 || fraction.len() > 12 {
        return Err(Problem::NotANumber);
    }
    // What a map gives beyond six decimals is less than a step of the door.
    let six: String = format!("{fraction:0<6}").chars().take(6).collect();
    let micro = format!("{whole}{six}").parse::<i64>().map_err(|_| Problem::NotANumber)?;
    Ok(Some(sign * micro))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_place_has_both_coordinates_or_none() {
        let place = |latitude, longitude| {
            let place = Place {
                name: "Bugis".into(),
                address: "1 Street".into(),
                latitude,
                longitude,
                ..Default::default()
            };
            place.checked().map_err(|e| e.0[0].field.to_string())
        };
        assert!(place(None, None).is_ok() && place(Some(-90_000_000), Some(180_000_000)).is_ok());
        assert_eq!(place(Some(1), None).unwrap_err(), "longitude");
        assert_eq!(place(Some(90_000_001), Some(0)).unwrap_err(), "latitude");
        let odd = Place { slot_minutes: 7, slot_capacity: 0, ..Default::default() };
        let fields: Vec<_> = odd.checked().unwrap_err().0.iter().map(|e| e.field.to_string()).collect();
        assert_eq!(fields, ["name", "address", "slot_minutes", "slot_capacity"]);
    }

    #[test]
    fn degrees_are_read_without_floating_point() {
        assert_eq!(micro_degrees(" 103.8551234567 "), Ok(Some(103_855_123)));
        assert_eq!(micro_degrees("-1.3"), Ok(Some(-1_300_000)));
        assert_eq!(micro_degrees(""), Ok(None));
        for wrong in ["1,3", "1.", ".5", "1e2", "NaN", "--1", "1234"] {
            assert_eq!(micro_degrees(wrong), Err(Problem::NotANumber), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn degrees_survive_their_text(micro in -180_000_000i64..=180_000_000) {
            prop_assert_eq!(micro_degrees(&degrees(micro)), Ok(Some(micro)));
        }
    }
}
