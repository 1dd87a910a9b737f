//! RTMP in, as OBS and ffmpeg speak it, and out to another server. Our own: the well-known crates panicked, spun or overflowed the stack on what
//! a stranger can send (docs/decisions/0005-live-video.md).

pub mod amf;
pub mod chunk;
pub mod push;
mod serve;
pub mod session;

/// RTMP's own port, which is meant where an address names none.
pub const PORT: u16 = 1_935;

pub(crate) use serve::REFUSE_AFTER;
pub use serve::{Doors, converse, serve};
