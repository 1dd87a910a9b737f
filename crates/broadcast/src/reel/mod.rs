//! A film of our own, broadcast as if a host sent it: for demonstrations, and for machines without a camera. It is kept
//! in memory as it will be sent; nothing is encoded.

mod film;
mod play;
mod record;

pub use film::{Film, FilmError};
pub use play::play;
pub use record::record;
