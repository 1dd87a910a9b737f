//! Low-latency HLS (RFC 8216bis): cutting, playlists, and the addresses that viewers ask.

pub mod packager;
pub mod playlist;
pub mod request;
mod routes;
pub mod segment;

pub use routes::routes;
