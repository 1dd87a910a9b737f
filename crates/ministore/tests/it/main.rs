//! The whole server, tested from outside.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod backup;
mod bad_input;
mod crash;
mod https;
mod idempotency;
mod in_frame;
mod late_payment;
mod live;
mod live_off;
mod openapi;
mod places;
mod site;
mod source;
mod walk;
