//! A browser that watches: the room's packets get its own numbers and go out.

use str0m::Rtc;
use str0m::rtp::RtpWrite;

use super::offer::Track;
use crate::media::Kind;
use crate::room::Seat;
use crate::room::relay::{Relayed, Tracks};

pub(super) struct Viewer {
    seat: Seat,
    video: Track,
    audio: Option<Track>,
    /// The numbers of the next packets.
    video_number: u64,
    audio_number: u64,
    waits_for_key: bool,
}

impl Viewer {
    pub(super) fn new(seat: Seat, video: Track, audio: Option<Track>) -> Self {
        // Not from zero: a receiver could not tell a packet that is lost before the first from one that never was.
        Self { seat, video, audio, video_number: 1_000, audio_number: 1_000, waits_for_key: true }
    }

    pub(super) fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Whether it can go on with what the room carries now.
    pub(super) fn can_have(&self, tracks: Tracks) -> bool {
        !tracks.b_frames && tracks.profile.is_some() && (tracks.opus || self.audio.is_none())
    }

    /// Nothing is shown until the next key frame.
    pub(super) fn wait_for_key(&mut self) {
        self.waits_for_key = true;
        self.wish_for_key();
    }

    pub(super) fn wish_for_key(&self) {
        self.seat.room().wish_for_key();
    }

    /// Queues a frame's packets. True if there are any.
    pub(super) fn write(&mut self, rtc: &mut Rtc, relayed: &Relayed) -> bool {
        let packets = &relayed.packets;
        let (track, number) = match packets.kind {
            Kind::Video => (Some(self.video), &mut self.video_number),
            Kind::Audio => (self.audio, &mut self.audio_number),
        };
        let Some(track) = track else { return false };
        if self.waits_for_key && !(packets.kind == Kind::Video && packets.key) {
            return false;
        }
        self.waits_for_key = false;
        let mut api = rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(track.mid, None) else { return false };
        let last = packets.payloads.len().saturating_sub(1);
        for (index, payload) in packets.payloads.iter().enumerate() {
            let at = relayed.at.into_std();
            let packet = RtpWrite::new(track.pt, (*number).into(), packets.time, at, payload.clone());
            // The mark ends a picture; of sound it would begin a new talk.
            let ends = packets.kind == Kind::Video && index == last;
            stream.write_rtp(packet.marker(ends).nackable(packets.kind == Kind::Video));
            *number += 1;
        }
        true
    }
}
