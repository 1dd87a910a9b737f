//! What somebody wins instead of buying it, as at an auction: a piece is put aside when the bidding opens, goes at the
//! price of the last bid to who won it, and is theirs until they have to have paid. Each step is one write of the caller's
//! transaction and happens once, so the piece is ordered by its winner or sold to others, never both.

mod award;
mod give_back;
mod put_aside;
#[cfg(test)]
mod tests;

pub use award::{Award, AwardError, award};
pub use give_back::{GivenBack, give_back};
pub use put_aside::{PutAsideError, put_aside};
