//! Hands the goods over against the pick-up code: once, whoever else tries at the same moment, and at the branch they
//! lie at. What is paid at the counter is taken here.

use db::{Error, Read};
use kernel::{AccountId, BranchId, StoreId};
use stores::{Store, branches, stock};
use web::App;

use super::{Actor, Method, MoveError, NotAllowed, Order, Step, moves, rows};
use crate::ledger;

/// Why nothing was handed over.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    #[error("no order has this code")]
    NotFound,
    /// The code was used before.
    #[error("it was handed over already")]
    Used,
    #[error("it is to be picked up at another branch")]
    OtherBranch,
    /// The store hands over in several places.
    #[error("the counter has not said where it stands")]
    NeedsBranch,
    #[error(transparent)]
    NotAllowed(NotAllowed),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<MoveError> for RedeemError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::NotFound => RedeemError::NotFound,
            MoveError::NotAllowed(NotAllowed(Step::Completed)) => RedeemError::Used,
            MoveError::NotAllowed(other) => RedeemError::NotAllowed(other),
            MoveError::Db(error) => RedeemError::Db(error),
        }
    }
}

impl From<RedeemError> for web::Error {
    fn from(error: RedeemError) -> Self {
        match error {
            RedeemError::NotFound => {
                kernel::Invalid::field("code", kernel::Problem::Rule("orders-code-unknown")).into()
            }
            RedeemError::Used => web::Error::Conflict("orders-code-used"),
            RedeemError::NeedsBranch => kernel::Invalid::field("branch", kernel::Problem::Required).into(),
            RedeemError::OtherBranch => web::Error::Conflict("orders-code-other-branch"),
            RedeemError::NotAllowed(_) => web::Error::Conflict("orders-code-not-ready"),
            RedeemError::Db(error) => error.into(),
        }
    }
}

/// The digits of what was typed (`4827 1936 0042`) or scanned (an address that ends in the code).
fn digits(typed: &str) -> String {
    let last = typed.rsplit('/').next().unwrap_or_default();
    last.chars().filter(char::is_ascii_digit).take(32).collect()
}

/// The order of a code, to look at before it is handed over.
pub async fn find_by_code(read: &mut Read, store: StoreId, code: &str) -> Result<Option<Order>, Error> {
    rows::by_code(read, store, &digits(code)).await
}

/// Whether the store hands over in several places: then a counter must say which it is.
pub async fn has_counters(read: &mut Read, store: StoreId) -> Result<bool, Error> {
    let branches = branches::list(read, store).await?;
    Ok(branches.iter().filter(|branch| branch.pick_up).count() > 1)
}

/// Hands over at `branch`; in a store with one place for it, that need not be said.
pub async fn redeem(
    app: &App,
    store: &Store,
    clerk: AccountId,
    branch: Option<BranchId>,
    code: &str,
) -> Result<Order, RedeemError> {
    let (now, code) = (app.clock.now(), digits(code));
    app.db
        .write(store.id, async |tx| {
            let order = rows::by_code(tx, store.id, &code).await?.ok_or(RedeemError::NotFound)?;
            let next = order.state.redeem().map_err(MoveError::from)?;
            match branch {
                Some(_) if branch != order.fulfilment.branch() => return Err(RedeemError::OtherBranch),
                None if has_counters(tx, store.id).await? => return Err(RedeemError::NeedsBranch),
                _ => {}
            }
            let mut order = moves::make(tx, &order, next, Actor::Staff(clerk), "", now).await?;
            if order.method == Method::InStore {
                rows::add_paid(tx, store.id, order.id, order.total).await?;
                order.paid = order.total;
                ledger::take_cash(tx, &order, now).await?;
                stock::count_sale(tx, store.id, order.id, now).await?;
            }
            ledger::complete(tx, &order, now).await?;
            Ok(order)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_typed_and_as_scanned() {
        assert_eq!(digits("4827 1936 0042"), "482719360042");
        assert_eq!(digits("https://shop.example/pick-up/482719360042"), "482719360042");
        assert_eq!(digits(""), "");
    }
}
