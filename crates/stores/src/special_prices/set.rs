//! Gives a SKU a special price.

use std::time::Duration;

use db::{Error, Tx};
use kernel::{AccountId, Invalid, Problem, RoomId, SkuId, Timestamp};
use people::audit;

use super::{Kind, Special, SpecialId, State, rows};
use crate::{
    catalog::{STOCK_MAX, price_max, within},
    stock::HoldId,
    store::Store,
};

/// The longest time from now to the end of a special price.
pub const WINDOW_MAX: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// At the end of time, until [`super::begin_room`] knows better.
pub const WITH_THE_ROOM: Timestamp = Timestamp::constant(253_402_000_000, 0);
/// The most pieces of a limit for each buyer: as many as one line of an order may have.
pub const PER_BUYER_MAX: i64 = 999;

/// A special price to be set.
#[derive(Clone, Debug)]
pub struct NewSpecial {
    pub sku: SkuId,
    pub kind: Kind,
    /// Minor units.
    pub price: i64,
    pub room: Option<RoomId>,
    pub buyer: Option<AccountId>,
    pub hold: Option<HoldId>,
    pub starts_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub quota: Option<i64>,
    pub per_buyer: Option<i64>,
}

impl NewSpecial {
    /// A price for everyone who buys from the room, until someone closes it. One that is to begin with the room starts
    /// [`WITH_THE_ROOM`].
    pub fn live(sku: SkuId, price: i64, room: RoomId, starts_at: Timestamp) -> Self {
        NewSpecial {
            sku,
            kind: Kind::Live,
            price,
            room: Some(room),
            buyer: None,
            hold: None,
            starts_at,
            ends_at: None,
            quota: None,
            per_buyer: None,
        }
    }
}

/// Why no special price was set.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    #[error("no such SKU")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<SetError> for web::Error {
    fn from(error: SetError) -> Self {
        match error {
            SetError::NotFound => web::Error::NotFound,
            SetError::Invalid(invalid) => invalid.into(),
            SetError::Db(error) => error.into(),
        }
    }
}

/// Sets a special price. A live price takes the place of the one that the SKU had in this room. `actor` is noted in the
/// audit log; none is the platform itself, which notes elsewhere why.
pub async fn set(
    tx: &mut Tx,
    store: &Store,
    actor: Option<AccountId>,
    new: NewSpecial,
    now: Timestamp,
) -> Result<Special, SetError> {
    let usual = rows::usual_price(tx, store.id, new.sku).await?.ok_or(SetError::NotFound)?;
    check(&new, usual, price_max(store.currency), now)?;
    if let (Kind::Live, Some(room)) = (new.kind, new.room) {
        rows::close_live(tx, store.id, new.sku, room, now).await?;
    }
    let special = Special {
        id: SpecialId::new(),
        sku_id: new.sku,
        kind: new.kind,
        price: new.price,
        room_id: new.room,
        buyer_id: new.buyer,
        hold_id: new.hold,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        quota: new.quota,
        taken: 0,
        per_buyer: new.per_buyer,
        state: State::Open,
    };
    rows::insert(tx, store.id, &special, now).await?;
    if let Some(actor) = actor {
        let detail = format!("{} {} for {}", special.kind.as_str(), special.price, special.sku_id);
        audit::record(tx, actor, store.id, "special.set", special.id, detail, now).await?;
    }
    Ok(special)
}

/// Everything that is wrong with it. Whoever won pays what was bid, be it more than the usual price.
fn check(new: &NewSpecial, usual: i64, most: i64, now: Timestamp) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let price = match within(new.price, 1, most) {
        Ok(()) if new.kind != Kind::Won && new.price >= usual => Err(Problem::Rule("stores-special-below")),
        other => other,
    };
    invalid.take("price", price);
    if new.room.is_none() && new.kind != Kind::Won {
        invalid.add("room", Problem::Required);
    }
    if new.buyer.is_none() && new.kind == Kind::Won {
        invalid.add("buyer", Problem::Required);
    }
    match new.ends_at {
        None if new.kind != Kind::Live => invalid.add("ends_at", Problem::Required),
        Some(end) if end <= new.starts_at || end <= now => {
            invalid.add("ends_at", Problem::Rule("stores-special-ends"));
        }
        Some(end) if end > now + WINDOW_MAX => {
            invalid.add("ends_at", Problem::Rule("stores-special-too-long"))
        }
        _ => {}
    }
    if let Some(quota) = new.quota {
        invalid.take("quota", within(quota, 1, STOCK_MAX));
    }
    if let Some(per_buyer) = new.per_buyer {
        invalid.take(
            "per_buyer",
            within(per_buyer, 1, new.quota.unwrap_or(PER_BUYER_MAX).clamp(1, PER_BUYER_MAX)),
        );
    }
    invalid.done()
}
