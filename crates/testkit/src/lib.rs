//! What tests stand on: `#[db_test]` on both engines and a clock that is set.
//!
//! PostgreSQL is where `MINISTORE_TEST_POSTGRES` says (`cargo xtask test` starts one). Without it the
//! PostgreSQL half fails and says so: a test that silently does nothing would prove nothing.

#![allow(clippy::unwrap_used, reason = "only tests stand on it, and a test that cannot be set up must stop")]

mod database;

pub use database::{on_postgres, on_sqlite};
pub use testkit_macros::db_test;

/// The moment at which tests begin: a Tuesday morning in Singapore, shops open.
pub const MORNING: &str = "2026-03-03T02:00:00Z";

/// A clock that stands at [`MORNING`] until it is moved.
pub fn morning_clock() -> kernel::Clock {
    kernel::Clock::set_to(MORNING.parse().expect("the constant is a time"))
}
