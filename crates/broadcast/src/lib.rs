//! Live video: RTMP in, low-latency HLS out, recorded on the way. It knows nothing of shops: whoever uses it answers,
//! through [`Admit`], who may publish and who may watch, and hears of what happens through [`Broadcast::status`]
//! and [`Broadcast::reports`].
//!
//! ```text
//! encoder ─ rtmp ─ flv ─┐                       ┌─ hls ─ viewers
//!                       ├─ Publication ─ room ──┤
//! reel (a film of ours) ┘                       └─ recording ─ viewers, later
//! ```
//!
//! - [`Broadcast::new`] holds the rooms of a process; [`rtmp::serve`] lets encoders in on a listener of the caller's.
//! - [`Broadcast::routes`] gives `/{room}/index.m3u8` for live viewers and `/{room}/{show}/replay.m3u8` for a
//!   recording, to be nested where the caller likes. Answers must not be compressed again, and blocking reloads are
//!   held for up to six seconds, so the caller's time-outs must be longer.
//! - [`Publication`] is the right to publish: any source of [`media::Frame`]s can be built on it.
//! - A *room* is a place that viewers know, a *show* is one broadcast in it. A host who comes back within
//!   [`RESUME_WITHIN`] continues the show.

pub mod contract;
pub mod flv;
mod hls;
mod hub;
pub mod media;
mod name;
mod recording;
mod room;
pub mod rtmp;

pub use contract::{Admit, Audience, Grant, Limits, Playing, Publishing, Refusal, Source};
pub use hub::{Broadcast, PublishError};
pub use name::{Name, NameError};
pub use recording::{Entry, Recordings};
pub use room::status::{Advice, Ending, Health, News, Phase, Recording, Report, Status, Trouble};
pub use room::{Publication, RESUME_WITHIN, Stop};
