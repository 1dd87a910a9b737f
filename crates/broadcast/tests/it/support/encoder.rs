//! An encoder without pictures: frames with the times of a real one.

use broadcast::media::Frame;
use broadcast::{Publication, Stop};

use super::{audio_track, packet, picture, video_track};

/// How a pretended encoder sends.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// Between pictures, in milliseconds times 1,000.
    pub frame_us: u64,
    /// Pictures from one key frame to the next.
    pub key_every: u64,
    /// RTMP sends whole milliseconds.
    pub whole_ms: bool,
    pub sound: bool,
}

impl Habits {
    pub fn obs() -> Self {
        Self { frame_us: 33_333, key_every: 60, whole_ms: true, sound: true }
    }
}

/// Sends frames in the order of their times.
pub struct Encoder {
    habits: Habits,
    pictures: u64,
    packets: u64,
}

impl Encoder {
    pub fn new(habits: Habits) -> Self {
        Self { habits, pictures: 0, packets: 0 }
    }

    pub fn begin(&self, publication: &Publication) -> Result<(), Stop> {
        publication.describe(video_track())?;
        if self.habits.sound {
            publication.describe(audio_track())?;
        }
        publication.expect_frame_ticks(self.habits.frame_us * 9 / 100)
    }

    /// The next frame, and how many milliseconds after the beginning it is sent.
    pub fn next(&mut self) -> (Frame, u64) {
        let picture_us = self.pictures * self.habits.frame_us;
        let packet_us = self.packets * 1_024 * 1_000_000 / 48_000;
        if self.habits.sound && packet_us < picture_us {
            self.packets += 1;
            return (packet((self.packets - 1) * 1_024), packet_us / 1_000);
        }
        let key = self.pictures.is_multiple_of(self.habits.key_every);
        self.pictures += 1;
        let dts = if self.habits.whole_ms { picture_us / 1_000 * 90 } else { picture_us * 9 / 100 };
        (picture(dts, key), picture_us / 1_000)
    }

    /// Sends all frames up to a time.
    pub fn send_until(&mut self, ms: u64, publication: &Publication) -> Result<(), Stop> {
        loop {
            if self.pictures * self.habits.frame_us >= ms * 1_000 {
                return Ok(());
            }
            publication.push(self.next().0)?;
        }
    }
}
