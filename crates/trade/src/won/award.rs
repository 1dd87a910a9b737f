//! Gives what was put aside to who won it.

use db::Tx;
use kernel::{AccountId, Invalid, RoomId, Timestamp};
use stores::{
    Store, catalog,
    special_prices::{self, Kind, NewSpecial, SetError, Special},
    stock::{self, HoldId, HoldState},
};

/// Who won what, for how much, and until when it is theirs.
#[derive(Clone, Copy, Debug)]
pub struct Award {
    pub hold: HoldId,
    pub buyer: AccountId,
    /// Minor units for one piece.
    pub price: i64,
    pub room: RoomId,
    /// When the winner must have paid. An order of it waits for its payment no longer than that.
    pub pay_by: Timestamp,
}

/// Why nobody was given anything.
#[derive(Debug, thiserror::Error)]
pub enum AwardError {
    /// It was ordered or put back on the shelf, belongs to another winner, or is not sold now.
    #[error("nothing is put aside any more")]
    Gone,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<AwardError> for web::Error {
    fn from(error: AwardError) -> Self {
        match error {
            AwardError::Gone => web::Error::Conflict("checkout-sold-out"),
            AwardError::Invalid(invalid) => invalid.into(),
            AwardError::Db(error) => error.into(),
        }
    }
}

/// From now on the winner, and nobody else, can buy it: [`crate::checkout::begin`] from that room finds the price.
pub async fn award(tx: &mut Tx, store: &Store, award: Award, now: Timestamp) -> Result<Special, AwardError> {
    let hold = stock::get_hold(tx, store.id, award.hold).await?;
    let hold = hold.filter(|hold| hold.state == HoldState::Held).ok_or(AwardError::Gone)?;
    // What cannot be ordered is nobody's to pay.
    let sold = catalog::sellable(tx, store.id, &[hold.sku_id]).await?.pop();
    if !store.state.takes_orders() || !sold.is_some_and(|sellable| sellable.on_shelf) {
        return Err(AwardError::Gone);
    }
    let special = NewSpecial {
        sku: hold.sku_id,
        kind: Kind::Won,
        price: award.price,
        room: Some(award.room),
        buyer: Some(award.buyer),
        hold: Some(hold.id),
        starts_at: now,
        ends_at: Some(award.pay_by),
        quota: Some(hold.pieces),
        per_buyer: None,
    };
    match special_prices::set(tx, store, None, special, now).await {
        Ok(special) => Ok(special),
        Err(SetError::NotFound) => Err(AwardError::Gone),
        Err(SetError::Invalid(invalid)) => Err(invalid.into()),
        Err(SetError::Db(error)) if error.is_unique("special_prices__store_id__hold_id") => {
            Err(AwardError::Gone)
        }
        Err(SetError::Db(error)) => Err(error.into()),
    }
}
