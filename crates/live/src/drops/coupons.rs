//! What a drop asks of whoever keeps the store's coupons.

use std::pin::Pin;

use db::{Error, Read, Tx};
use kernel::{AccountId, StoreId, Timestamp};
use web::App;

use super::DropId;

/// A kind of coupon that a store hands out.
pub struct CouponKind;
impl kernel::Kind for CouponKind {
    const PREFIX: &'static str = "cpn";
}
pub type CouponId = kernel::Id<CouponKind>;

/// A coupon that the store may drop in a live room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    pub id: CouponId,
    pub title: String,
}

/// Why someone did not get a coupon.
#[derive(Debug, thiserror::Error)]
pub enum NotGiven {
    /// The coupon's own rules; the key of what is said about it.
    #[error("{0}")]
    Refused(&'static str),
    #[error(transparent)]
    Db(#[from] Error),
}

type Asked<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Hands out coupons: among the [`App`]'s parts of a server that has any.
#[derive(Clone, Copy)]
pub struct Coupons {
    /// Those that the store may drop now.
    pub of_store: for<'a> fn(&'a mut Read, StoreId, Timestamp) -> Asked<'a, Vec<Coupon>, Error>,
    /// Gives one to an account, within the transaction that counts it as taken. It is asked once for each person and
    /// drop; an error gives the piece back to the drop.
    pub give: for<'a> fn(&'a mut Tx, StoreId, Give, Timestamp) -> Asked<'a, (), NotGiven>,
}

/// What is given to whom, and why.
#[derive(Clone, Copy, Debug)]
pub struct Give {
    pub coupon: CouponId,
    pub to: AccountId,
    pub drop: DropId,
}

impl Coupons {
    /// What hands them out on this server, if anything does.
    pub fn of(app: &App) -> Option<Coupons> {
        app.parts.get::<Coupons>().copied()
    }
}
