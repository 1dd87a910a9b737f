//! Puts back on the shelf what nobody won, or what its winner did not order in time.

use db::{Error, Tx};
use kernel::{OrderId, StoreId, Timestamp};
use stores::{
    special_prices,
    stock::{self, HoldId, HoldState},
};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBack {
    /// It is on the shelf again.
    Now,
    /// It was put back before.
    Before,
    /// Its winner has ordered it. The order's own deadline, which is not later than that of the win, sees to the rest.
    Ordered(OrderId),
}

/// Ends the winner's right to it and puts it back, unless it was ordered. Any number of times, with the same result.
pub async fn give_back(tx: &mut Tx, store: StoreId, id: HoldId, now: Timestamp) -> Result<GivenBack, Error> {
    // The right ends before the stock moves: an order that is placed at the same time takes both, or neither.
    special_prices::close_hold(tx, store, id, now).await?;
    if stock::give_up(tx, store, id, None, now).await? {
        return Ok(GivenBack::Now);
    }
    let hold = stock::get_hold(tx, store, id).await?.ok_or(Error::Missing)?;
    match (hold.state, hold.order_id) {
        (HoldState::Ordered, Some(order)) => Ok(GivenBack::Ordered(order)),
        _ => Ok(GivenBack::Before),
    }
}
