//! Broadcasts as encoders and viewers meet them: only through the crate's public face.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod ffmpeg;
mod forward;
mod hostile;
mod hosts;
mod mp4;
mod poster;
mod recording;
mod reel;
mod rfc8216bis;
mod rtmp;
mod support;
mod viewers;
mod whep;
mod whip;
