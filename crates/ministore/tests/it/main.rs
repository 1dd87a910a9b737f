//! The whole server, tested from outside.

mod backup;
mod openapi;
mod source;
