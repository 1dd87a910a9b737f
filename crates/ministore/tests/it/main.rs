//! The whole server, tested from outside.

mod backup;
mod bad_input;
mod crash;
mod openapi;
mod places;
mod site;
mod source;
mod walk;
