//! Sends a room's frames on to another server, such as one from which more can watch than from here. It is another
//! viewer to the room: what it cannot take is left out up to the next key frame, and nobody here waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};
use tokio::time::{Instant, sleep};

use crate::flv::{frame_tag, track_tag};
use crate::media::{Codec, Frame, Kind};
use crate::rtmp::push::{Push, PushError, Target};

/// Some five seconds of pictures and sound.
const QUEUE_FRAMES: usize = 512;

/// After a failure it is tried again so much later, and each time twice as much, until it has held for a while. There are
/// servers that agree and hang up at the first sound they do not know.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(30);
const HAS_HELD: Duration = Duration::from_secs(30);

/// Without a frame for so long the connection is given up: the host may come back on another machine, which is refused
/// as long as this one seems to publish.
const IDLE_MAX: Duration = Duration::from_secs(10);

/// The room's end of the way to another server. The way ends when this is dropped.
pub(super) struct Forward {
    queue: Sender<Passed>,
    tracks: Arc<[Codec]>,
    waits_for_key: bool,
}

/// A frame in the room's time, with the tracks that it belongs to.
struct Passed {
    tracks: Arc<[Codec]>,
    frame: Frame,
}

impl Passed {
    fn codec(&self) -> Option<&Codec> {
        self.tracks.iter().find(|codec| codec.kind() == self.frame.kind)
    }

    /// Whether a stream can begin with it.
    fn is_beginning(&self) -> bool {
        let has_picture = self.tracks.iter().any(|codec| codec.kind() == Kind::Video);
        self.frame.key && (self.frame.kind == Kind::Video || !has_picture)
    }

    fn ms(&self) -> u64 {
        self.codec().map_or(0, |codec| self.frame.dts.saturating_mul(1_000) / u64::from(codec.timescale()))
    }
}

impl Forward {
    /// Begins to send on. Must be called within a tokio runtime.
    pub(super) fn begin(target: Target) -> Self {
        let (queue, passed) = mpsc::channel(QUEUE_FRAMES);
        tokio::spawn(send_on(target, passed));
        Self { queue, tracks: Arc::new([]), waits_for_key: true }
    }

    pub(super) fn describe(&mut self, tracks: &[Codec]) {
        self.tracks = tracks.into();
        self.waits_for_key = true;
    }

    pub(super) fn push(&mut self, frame: &Frame) {
        let passed = Passed { tracks: self.tracks.clone(), frame: frame.clone() };
        if self.waits_for_key && !passed.is_beginning() {
            return;
        }
        self.waits_for_key = matches!(self.queue.try_send(passed), Err(TrySendError::Full(_)));
    }
}

async fn send_on(target: Target, mut queue: Receiver<Passed>) {
    let mut again_after = AGAIN_AFTER;
    while let Some(first) = beginning(&mut queue).await {
        let began = Instant::now();
        let Err(error) = converse(&target, first, &mut queue).await else { continue };
        if began.elapsed() > HAS_HELD {
            again_after = AGAIN_AFTER;
        }
        tracing::warn!(%error, to = ?target, ?again_after, "a room's video is not sent on");
        sleep(again_after).await;
        again_after = (again_after * 2).min(AGAIN_AFTER_MAX);
        // What waited meanwhile is old.
        while queue.try_recv().is_ok() {}
    }
}

/// The next frame to begin with; `None` when the show is over.
async fn beginning(queue: &mut Receiver<Passed>) -> Option<Passed> {
    loop {
        let passed = queue.recv().await?;
        if passed.is_beginning() {
            return Some(passed);
        }
    }
}

/// Publishes until the show is over or nothing comes any more.
async fn converse(target: &Target, first: Passed, queue: &mut Receiver<Passed>) -> Result<(), PushError> {
    let mut push = Push::begin(target).await?;
    tracing::info!(to = ?target, "a room's video is sent on");
    let began = first.ms();
    let mut told: Option<Arc<[Codec]>> = None;
    let mut next = Some(first);
    while let Some(passed) = next {
        let ms = |of: &Passed| of.ms().saturating_sub(began) as u32;
        if !told.as_ref().is_some_and(|told| Arc::ptr_eq(told, &passed.tracks)) {
            for codec in passed.tracks.iter() {
                push.tag(codec.kind(), ms(&passed), &track_tag(codec)).await?;
            }
            told = Some(passed.tracks.clone());
        }
        if let Some(codec) = passed.codec() {
            push.tag(passed.frame.kind, ms(&passed), &frame_tag(codec, &passed.frame)).await?;
        }
        next = loop {
            tokio::select! {
                passed = queue.recv() => break passed,
                heard = push.listen() => heard?,
                () = sleep(IDLE_MAX) => break None,
            }
            push.answer().await?;
        };
    }
    push.finish().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::avc;

    #[tokio::test]
    async fn what_does_not_fit_is_left_out_up_to_the_next_key_frame() {
        let sps = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 0x08, 0x08];
        let video = Codec::Avc(avc::Config::from_parameter_sets(&sps, &[0x68, 0xce, 0x3c, 0x80]).unwrap());
        let (queue, mut passed) = mpsc::channel(3);
        let mut forward = Forward { queue, tracks: Arc::new([]), waits_for_key: true };
        forward.describe(&[video, Codec::Opus { channels: 2 }]);
        let frame = |kind, dts, key| Frame { kind, dts, cts: 0, duration: 0, key, data: vec![0; 5].into() };
        let mut push = |kind, dts, key| forward.push(&frame(kind, dts, key));
        push(Kind::Audio, 1, true);
        push(Kind::Video, 2, false);
        for dts in 3..8 {
            push(Kind::Video, dts, dts == 3);
        }
        let took: Vec<u64> =
            std::iter::from_fn(|| passed.try_recv().ok()).map(|passed| passed.frame.dts).collect();
        assert_eq!(took, [3, 4, 5], "from the first key frame on, as many as fit");
        for dts in 8..12 {
            push(Kind::Video, dts, dts == 10);
        }
        push(Kind::Audio, 12, true);
        let took: Vec<u64> =
            std::iter::from_fn(|| passed.try_recv().ok()).map(|passed| passed.frame.dts).collect();
        assert_eq!(took, [10, 11, 12]);
    }
}
