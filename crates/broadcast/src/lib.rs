//! Live video: RTMP and WHIP in, low-latency HLS and WHEP out, recorded on the way. It knows nothing of shops: whoever
//! uses it answers, through [`Admit`], who may publish and who may watch, and hears of what happens through
//! [`Broadcast::status`] and [`Broadcast::reports`].
//!
//! ```text
//! encoder ─ rtmp ─ flv ─┐                       ┌─ hls ─ viewers, a second later
//! browser ─ rtc (WHIP) ─┼─ Publication ─ room ──┼─ rtc (WHEP) ─ viewers, at once
//! reel (a film of ours) ┘                       └─ recording ─ viewers, later
//! ```
//!
//! - [`Broadcast::new`] holds the rooms of a process; [`rtmp::serve`] lets encoders in on a listener of the caller's,
//!   [`rtc::serve`] browsers on a UDP socket.
//! - [`Broadcast::routes`] gives, to be nested where the caller likes: `/{room}/index.m3u8` for live viewers,
//!   `/{room}/{show}/replay.m3u8` for a recording, `POST /{room}/whip` and `POST /{room}/whep` for browsers, and
//!   `/{room}/poster`. Answers must not be compressed again, and blocking reloads are held for up to six seconds, so the
//!   caller's time-outs must be longer.
//! - [`Grant::forward`] sends a show's video on to a media server of the operator's, and
//!   [`Broadcast::set_external_hls`] a room's viewers to it or to a CDN.
//! - [`Publication`] is the right to publish: any source of [`media::Frame`]s can be built on it.
//! - A *room* is a place that viewers know, a *show* is one broadcast in it. A host who comes back within
//!   [`RESUME_WITHIN`] continues the show.

pub mod contract;
pub mod flv;
#[cfg(test)]
mod fuzz;
mod hls;
mod hub;
pub mod media;
mod name;
mod poster;
mod recording;
pub mod reel;
mod room;
pub mod rtc;
pub mod rtmp;
mod ways;

pub use contract::{Admit, Audience, Grant, Limits, Playing, Posting, Publishing, Refusal, Source};
pub use hub::{Broadcast, PublishError};
pub use name::{Name, NameError};
pub use poster::{POSTED_BYTES_MAX, Poster};
pub use recording::{Entry, Recordings};
pub use room::status::{Advice, Ending, Health, News, Phase, Recording, Report, Status, Trouble};
pub use room::{Publication, RESUME_WITHIN, Stop};
