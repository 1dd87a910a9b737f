//! Tells those who carry frames on to viewers at once, without a playlist between: each frame is cut into packets one
//! time and shared by all.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::forward::Forward;
use crate::media::packets::Packets;
use crate::media::{Codec, Frame, Kind, VIDEO_TIMESCALE, avc};

/// Someone who wants every frame of a room. It must not wait: the whole room would.
pub(crate) trait Ear: Send {
    /// False when nobody is behind it any more.
    fn hear(&self, heard: &Heard) -> bool;
}

#[derive(Clone, Debug)]
pub(crate) enum Heard {
    Frame(Arc<Relayed>),
    /// What the room carries has changed.
    Tracks(Tracks),
    /// The show is over.
    Over,
}

/// A frame in packets.
#[derive(Debug)]
pub(crate) struct Relayed {
    pub(crate) packets: Packets,
    /// When it was taken, by the clock that picture and sound share.
    pub(crate) at: Instant,
}

/// What viewers with WebRTC can have of a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracks {
    /// The picture's profile, if there is a picture.
    pub(crate) profile: Option<u8>,
    pub(crate) has_sound: bool,
    /// Whether the sound is such that WebRTC carries it. AAC is not.
    pub(crate) opus: bool,
    /// WebRTC has no way to show pictures in another order than they come.
    pub(crate) b_frames: bool,
}

#[derive(Default)]
pub(crate) struct Relay {
    ears: Vec<Box<dyn Ear>>,
    /// The way to another server, if the room has one.
    forward: Option<Forward>,
    config: Option<avc::Config>,
    tracks: Tracks,
    first_cts: Option<i32>,
    /// A moment and the room's tick at it.
    anchor: Option<(Instant, u64)>,
}

impl Relay {
    pub(crate) fn tracks(&self) -> Tracks {
        self.tracks
    }

    /// Adds someone who hears everything from now on.
    pub(crate) fn listen(&mut self, ear: Box<dyn Ear>) {
        self.ears.push(ear);
    }

    pub(super) fn forward(&mut self, forward: Forward) {
        self.forward = Some(forward);
    }

    /// A stretch of frames begins.
    pub(crate) fn begin(&mut self, codecs: &[Codec]) {
        if let Some(forward) = &mut self.forward {
            forward.describe(codecs);
        }
        self.config = codecs.iter().find_map(|codec| match codec {
            Codec::Avc(config) => Some(config.clone()),
            Codec::Aac(_) | Codec::Opus { .. } => None,
        });
        self.first_cts = None;
        self.change(Tracks {
            profile: self.config.as_ref().map(|config| config.record[1]),
            has_sound: codecs.iter().any(|codec| codec.kind() == Kind::Audio),
            opus: codecs.iter().any(|codec| matches!(codec, Codec::Opus { .. })),
            b_frames: false,
        });
    }

    fn change(&mut self, tracks: Tracks) {
        if self.tracks != tracks {
            self.tracks = tracks;
            self.tell(&Heard::Tracks(tracks));
        }
    }

    /// A frame in the room's time.
    pub(crate) fn push(&mut self, frame: &Frame) {
        if let Some(forward) = &mut self.forward {
            forward.push(frame);
        }
        if frame.kind == Kind::Video && *self.first_cts.get_or_insert(frame.cts) != frame.cts {
            self.change(Tracks { b_frames: true, ..self.tracks });
        }
        if self.ears.is_empty() {
            return;
        }
        let packets = match (frame.kind, &self.config) {
            (Kind::Video, Some(config)) => Packets::of_picture(frame, config),
            (Kind::Audio, _) if self.tracks.opus => Packets::of_sound(frame),
            _ => return,
        };
        let scale = match frame.kind {
            Kind::Video => VIDEO_TIMESCALE,
            Kind::Audio => crate::media::opus::RATE,
        };
        let at = self.moment(frame.dts, scale);
        self.tell(&Heard::Frame(Arc::new(Relayed { packets, at })));
    }

    /// When a frame was taken. Picture and sound are compared by it, so it follows the room's time and not the moment
    /// at which a frame happened to arrive.
    fn moment(&mut self, dts: u64, scale: u32) -> Instant {
        let micros = |ticks: u64, scale: u32| Duration::from_micros(ticks * 1_000 / u64::from(scale / 1_000));
        let ticks = dts.saturating_mul(u64::from(VIDEO_TIMESCALE / 1_000)) / u64::from(scale / 1_000);
        let (moment, tick) = *self.anchor.get_or_insert((Instant::now(), ticks));
        match ticks.checked_sub(tick) {
            Some(after) => moment + micros(after, VIDEO_TIMESCALE),
            None => moment.checked_sub(micros(tick - ticks, VIDEO_TIMESCALE)).unwrap_or(moment),
        }
    }

    pub(crate) fn end(&mut self) {
        self.forward = None;
        self.change(Tracks::default());
        self.tell(&Heard::Over);
        self.ears.clear();
    }

    fn tell(&mut self, heard: &Heard) {
        self.ears.retain(|ear| ear.hear(heard));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use bytes::Bytes;

    use super::*;

    struct Pipe(mpsc::Sender<Heard>);

    impl Ear for Pipe {
        fn hear(&self, heard: &Heard) -> bool {
            self.0.send(heard.clone()).is_ok()
        }
    }

    fn picture(dts: u64, cts: i32) -> Frame {
        let data = Bytes::from_static(&[0, 0, 0, 1, 0x41]);
        Frame { kind: Kind::Video, dts, cts, duration: 0, key: false, data }
    }

    fn tracks() -> [Codec; 2] {
        let sps = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 0x08, 0x08];
        let config = avc::Config::from_parameter_sets(&sps, &[0x68, 0xce, 0x3c, 0x80]).unwrap();
        [Codec::Avc(config), Codec::Opus { channels: 2 }]
    }

    #[test]
    fn picture_and_sound_of_one_moment_are_told_as_such() {
        let (sender, heard) = mpsc::channel();
        let mut relay = Relay::default();
        relay.begin(&tracks());
        relay.listen(Box::new(Pipe(sender)));
        relay.push(&picture(900_000, 0));
        relay.push(&picture(990_000, 0));
        relay.push(&Frame { kind: Kind::Audio, dts: 528_000, ..picture(0, 0) });
        let at: Vec<Instant> = heard
            .try_iter()
            .map(|heard| if let Heard::Frame(frame) = heard { frame.at } else { panic!("no frame") })
            .collect();
        assert_eq!(at[1] - at[0], Duration::from_secs(1));
        assert_eq!(at[2], at[1], "eleven seconds of sound are eleven seconds of pictures");
    }

    #[test]
    fn pictures_out_of_order_are_noticed_and_told() {
        let (sender, heard) = mpsc::channel();
        let mut relay = Relay::default();
        relay.listen(Box::new(Pipe(sender)));
        relay.begin(&tracks());
        relay.push(&picture(0, 0));
        relay.push(&picture(3_000, 3_000));
        let told: Vec<bool> = heard
            .try_iter()
            .filter_map(|heard| if let Heard::Tracks(tracks) = heard { Some(tracks.b_frames) } else { None })
            .collect();
        assert_eq!(told, [false, true]);
        drop(heard);
        relay.end();
        assert!(relay.ears.is_empty());
    }
}
