//! The states of an order and the moves between them. Pure rules: no SQL, no HTTP. A move takes the state it starts
//! from, and what is not written here cannot happen.

use std::time::Duration;

use db::text_enum;
use kernel::Timestamp;

/// How long an order waits to be paid.
pub const PAY_WITHIN: Duration = Duration::from_secs(30 * 60);
/// How long a paid order waits for the merchant's yes, but never beyond its pick-up slot.
pub const ACCEPT_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
/// How long after its slot a ready order is kept at the counter.
pub const KEEP_READY: Duration = Duration::from_secs(48 * 60 * 60);
/// How long after shipping an order completes by itself.
pub const CONFIRM_WITHIN: Duration = Duration::from_secs(15 * 24 * 60 * 60);

text_enum! {
    /// The name of a state, as it is kept and shown.
    pub enum Step {
        Unpaid = "unpaid",
        AwaitingAcceptance = "awaiting_acceptance",
        /// Accepted for pick-up, not yet ready.
        Preparing = "preparing",
        ToShip = "to_ship",
        PartShipped = "part_shipped",
        Shipped = "shipped",
        ReadyForPickUp = "ready_for_pick_up",
        Completed = "completed",
        Cancelled = "cancelled",
        Refunded = "refunded",
    }
}

text_enum! {
    /// Why an order came to nothing.
    pub enum CancelReason {
        Buyer = "buyer",
        Merchant = "merchant",
        SoldOut = "sold_out",
        /// Nobody paid in time.
        Timeout = "timeout",
        /// The merchant did not answer in time.
        NotAccepted = "not_accepted",
        /// Nobody came for it.
        NoShow = "no_show",
    }
}

text_enum! {
    /// How the buyer pays.
    pub enum Method {
        /// With the payment provider, before anything is done.
        Online = "online",
        /// At the counter, when the goods are handed over.
        InStore = "in_store",
    }
}

/// How the goods reach the buyer, as far as the rules need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Delivery,
    PickUp { slot_ends: Timestamp },
}

/// Where an order is. What has a deadline carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Unpaid { pay_by: Timestamp },
    AwaitingAcceptance { accept_by: Timestamp },
    Preparing,
    ToShip,
    PartShipped,
    Shipped { confirm_by: Timestamp },
    ReadyForPickUp { collect_by: Timestamp },
    Completed,
    Cancelled(CancelReason),
    Refunded(CancelReason),
}

/// The move does not lead on from this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {}", .0.as_str())]
pub struct NotAllowed(pub Step);

/// Who calls an order off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller {
    Buyer,
    /// The merchant, and whether it is because the goods ran out.
    Merchant {
        sold_out: bool,
    },
}

impl State {
    /// The state of an order that was just placed.
    pub fn placed(method: Method, way: Way, now: Timestamp) -> Result<Self, NotAllowed> {
        match (method, way) {
            (Method::Online, _) => Ok(State::Unpaid { pay_by: now + PAY_WITHIN }),
            (Method::InStore, Way::PickUp { slot_ends }) => Ok(awaiting(slot_ends, now)),
            // A parcel cannot be paid at a counter.
            (Method::InStore, Way::Delivery) => Err(NotAllowed(Step::Unpaid)),
        }
    }

    /// The same state with an earlier end, if it waits to be paid: what was won is paid by then.
    pub fn paid_at_latest(self, latest: Timestamp) -> Self {
        match self {
            State::Unpaid { pay_by } => State::Unpaid { pay_by: pay_by.min(latest) },
            other => other,
        }
    }

    /// The money is here.
    pub fn pay(self, way: Way, now: Timestamp) -> Result<Self, NotAllowed> {
        match (self, way) {
            (State::Unpaid { .. }, Way::Delivery) => Ok(State::ToShip),
            (State::Unpaid { .. }, Way::PickUp { slot_ends }) => Ok(awaiting(slot_ends, now)),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The merchant says yes.
    pub fn accept(self) -> Result<Self, NotAllowed> {
        match self {
            State::AwaitingAcceptance { .. } => Ok(State::Preparing),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The goods lie at the counter. A late one is kept as long as one that was ready in time.
    pub fn ready(self, way: Way, now: Timestamp) -> Result<Self, NotAllowed> {
        match (self, way) {
            (State::Preparing, Way::PickUp { slot_ends }) => {
                Ok(State::ReadyForPickUp { collect_by: slot_ends.max(now) + KEEP_READY })
            }
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The goods are handed over.
    pub fn redeem(self) -> Result<Self, NotAllowed> {
        match self {
            State::ReadyForPickUp { .. } => Ok(State::Completed),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// A parcel leaves; `all`: nothing is left to send after it.
    pub fn ship(self, all: bool, now: Timestamp) -> Result<Self, NotAllowed> {
        match self {
            State::ToShip | State::PartShipped if all => {
                Ok(State::Shipped { confirm_by: now + CONFIRM_WITHIN })
            }
            State::ToShip | State::PartShipped => Ok(State::PartShipped),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The buyer has it.
    pub fn confirm(self) -> Result<Self, NotAllowed> {
        match self {
            State::Shipped { .. } => Ok(State::Completed),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// Someone calls it off. A buyer may while nobody has worked on it, a merchant until the goods leave.
    pub fn cancel(self, by: Canceller) -> Result<Self, NotAllowed> {
        use State::*;
        match (self, by) {
            (Unpaid { .. } | AwaitingAcceptance { .. } | ToShip, Canceller::Buyer) => {
                Ok(Cancelled(CancelReason::Buyer))
            }
            (
                Unpaid { .. } | AwaitingAcceptance { .. } | Preparing | ToShip | ReadyForPickUp { .. },
                Canceller::Merchant { sold_out },
            ) => Ok(Cancelled(if sold_out { CancelReason::SoldOut } else { CancelReason::Merchant })),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// What the passing of its deadline makes of it; the same state if the deadline has not come or there is none.
    pub fn lapse(self, now: Timestamp) -> Self {
        match self {
            State::Unpaid { pay_by } if now >= pay_by => State::Cancelled(CancelReason::Timeout),
            State::AwaitingAcceptance { accept_by } if now >= accept_by => {
                State::Cancelled(CancelReason::NotAccepted)
            }
            State::ReadyForPickUp { collect_by } if now >= collect_by => {
                State::Cancelled(CancelReason::NoShow)
            }
            State::Shipped { confirm_by } if now >= confirm_by => State::Completed,
            _ => self,
        }
    }

    /// All money went back.
    pub fn refund(self) -> Result<Self, NotAllowed> {
        match self {
            State::Cancelled(reason) => Ok(State::Refunded(reason)),
            _ => Err(NotAllowed(self.step())),
        }
    }

    pub const fn step(self) -> Step {
        match self {
            State::Unpaid { .. } => Step::Unpaid,
            State::AwaitingAcceptance { .. } => Step::AwaitingAcceptance,
            State::Preparing => Step::Preparing,
            State::ToShip => Step::ToShip,
            State::PartShipped => Step::PartShipped,
            State::Shipped { .. } => Step::Shipped,
            State::ReadyForPickUp { .. } => Step::ReadyForPickUp,
            State::Completed => Step::Completed,
            State::Cancelled(_) => Step::Cancelled,
            State::Refunded(_) => Step::Refunded,
        }
    }

    /// When something happens by itself.
    pub const fn due_at(self) -> Option<Timestamp> {
        match self {
            State::Unpaid { pay_by: at }
            | State::AwaitingAcceptance { accept_by: at }
            | State::Shipped { confirm_by: at }
            | State::ReadyForPickUp { collect_by: at } => Some(at),
            _ => None,
        }
    }

    pub const fn reason(self) -> Option<CancelReason> {
        match self {
            State::Cancelled(reason) | State::Refunded(reason) => Some(reason),
            _ => None,
        }
    }

    /// The state that was kept in three columns; `None` if they do not belong together.
    pub fn from_parts(step: Step, due_at: Option<Timestamp>, reason: Option<CancelReason>) -> Option<Self> {
        Some(match step {
            Step::Unpaid => State::Unpaid { pay_by: due_at? },
            Step::AwaitingAcceptance => State::AwaitingAcceptance { accept_by: due_at? },
            Step::Preparing => State::Preparing,
            Step::ToShip => State::ToShip,
            Step::PartShipped => State::PartShipped,
            Step::Shipped => State::Shipped { confirm_by: due_at? },
            Step::ReadyForPickUp => State::ReadyForPickUp { collect_by: due_at? },
            Step::Completed => State::Completed,
            Step::Cancelled => State::Cancelled(reason?),
            Step::Refunded => State::Refunded(reason?),
        })
    }
}

/// A merchant who has not answered by the end of the slot has answered no.
fn awaiting(slot_ends: Timestamp, now: Timestamp) -> State {
    State::AwaitingAcceptance { accept_by: (now + ACCEPT_WITHIN).min(slot_ends.max(now)) }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
