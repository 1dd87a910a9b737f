//! One clock for a publisher's picture and sound. Each RTP stream counts from a number of its own; the sender's reports
//! (RFC 3550, 6.4.1) say which numbers belong to the same moment. Until the first have come, the moment at which packets
//! arrive must do.

use std::time::{Instant, SystemTime};

use crate::media::{VIDEO_TIMESCALE, opus};

/// Where a publisher's time begins, so that nothing is ever before it.
const BEGINNING_MS: i64 = 10_000;

/// Nearer than this nobody sees that lips and voice are apart, and the sound's clock may run on in peace.
const APART_MS: i64 = 20;

/// A report that contradicts the moments of arrival by this much is wrong, or its sender's clock was set.
const BELIEVABLE_MS: i64 = 2_000;

/// A stream whose count jumps by this much, as after a change of its source, is placed anew.
const JUMP_MS: i64 = 1_000;

/// What a sender reported: this count of the stream at this moment of its own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) at: SystemTime,
    pub(super) ticks: u32,
}

#[derive(Debug, Default)]
pub(super) struct Clocks {
    epoch: Option<Instant>,
    video: Stream,
    audio: Stream,
}

#[derive(Debug, Default)]
struct Stream {
    /// Added to the stream's count it gives the publisher's time, in the stream's own ticks.
    offset: Option<i64>,
    report: Option<Report>,
    /// The last count, and when it arrived.
    last: Option<(i64, Instant)>,
}

impl Clocks {
    /// The publisher's time of a picture, in ticks of 90,000 a second.
    pub(super) fn picture(&mut self, ticks: u64, arrived: Instant, report: Option<Report>) -> u64 {
        let epoch = *self.epoch.get_or_insert(arrived);
        let placed = self.video.place(ticks, arrived, epoch, VIDEO_TIMESCALE);
        self.video.report = report.or(self.video.report);
        placed
    }

    /// The publisher's time of a packet of sound, in samples.
    pub(super) fn sound(&mut self, ticks: u64, arrived: Instant, report: Option<Report>) -> u64 {
        let epoch = *self.epoch.get_or_insert(arrived);
        let placed = self.audio.place(ticks, arrived, epoch, opus::RATE);
        self.audio.report = report.or(self.audio.report);
        let Some(wanted) = self.moved_onto_picture(ticks) else { return placed };
        let apart_ms = wanted.saturating_sub(placed as i64) / i64::from(opus::RATE / 1_000);
        if apart_ms.abs() <= APART_MS || apart_ms.abs() > BELIEVABLE_MS {
            return placed;
        }
        self.audio.offset = Some(wanted.saturating_sub(ticks as i64));
        wanted.max(0) as u64
    }

    /// Where a count of the sound belongs by what both streams' reports say.
    fn moved_onto_picture(&self, ticks: u64) -> Option<i64> {
        let (video, audio) = (self.video.report?, self.audio.report?);
        let offset = self.video.offset?;
        let rate = i64::from(opus::RATE);
        // The moment of the count on the sender's clock, in samples after the picture's report.
        let since_report = i64::from((ticks as u32).wrapping_sub(audio.ticks).cast_signed());
        let between = match audio.at.duration_since(video.at) {
            Ok(after) => i64::try_from(after.as_micros()).ok()?,
            Err(before) => -i64::try_from(before.duration().as_micros()).ok()?,
        };
        let after_video = since_report.checked_add(between.checked_mul(rate)? / 1_000_000)?;
        // The picture's report on the publisher's time; its 32 bits are those of a count near the last one.
        let at_report = self.video.near(video.ticks)?.checked_add(offset)?;
        at_report.checked_mul(rate)?.checked_div(i64::from(VIDEO_TIMESCALE))?.checked_add(after_video)
    }
}

impl Stream {
    fn place(&mut self, ticks: u64, arrived: Instant, epoch: Instant, scale: u32) -> u64 {
        let ticks = ticks as i64;
        let in_ticks = |ms: i64| ms.saturating_mul(i64::from(scale / 1_000));
        let since = |moment: Instant| {
            let after = arrived.saturating_duration_since(moment).as_micros();
            i64::try_from(after).unwrap_or(i64::MAX).saturating_mul(i64::from(scale / 1_000)) / 1_000
        };
        // A network that stops for a while and then delivers everything at once is no jump.
        let jumps = self.last.is_some_and(|(last, at)| {
            let step = ticks.saturating_sub(last);
            step < -in_ticks(JUMP_MS) || step > since(at).saturating_add(in_ticks(JUMP_MS))
        });
        if jumps {
            (self.offset, self.report) = (None, None);
        }
        self.last = Some((ticks, arrived));
        let offset = *self.offset.get_or_insert_with(|| {
            let begun = in_ticks(BEGINNING_MS).saturating_add(since(epoch));
            begun.saturating_sub(ticks)
        });
        ticks.saturating_add(offset).max(0) as u64
    }

    /// The count nearest to the last one that ends with these 32 bits.
    fn near(&self, ticks: u32) -> Option<i64> {
        let (last, _) = self.last?;
        last.checked_add(i64::from(ticks.wrapping_sub(last as u32).cast_signed()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// A sender whose streams begin at numbers of their own and whose sound arrives late.
    struct Sender {
        began: Instant,
        clock: SystemTime,
    }

    impl Sender {
        fn new() -> Self {
            Self { began: Instant::now(), clock: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000) }
        }

        fn picture(&self, clocks: &mut Clocks, at: u64, report: bool) -> u64 {
            let ticks = 4_294_900_000 + at * 90;
            let report = report.then(|| Report { at: self.clock + ms(at), ticks: ticks as u32 });
            clocks.picture(ticks, self.began + ms(at + 40), report)
        }

        fn sound(&self, clocks: &mut Clocks, at: u64, delay: u64, report: bool) -> u64 {
            let ticks = 17 + at * 48;
            let report = report.then(|| Report { at: self.clock + ms(at), ticks: ticks as u32 });
            clocks.sound(ticks, self.began + ms(at + delay), report)
        }
    }

    /// How much later the sound is than the picture of the same moment.
    fn apart_ms(picture: u64, sound: u64) -> i64 {
        (sound / 48) as i64 - (picture / 90) as i64
    }

    #[test]
    fn reports_bring_sound_and_picture_together() {
        let (sender, mut clocks) = (Sender::new(), Clocks::default());
        let before = (sender.picture(&mut clocks, 0, false), sender.sound(&mut clocks, 0, 340, false));
        assert_eq!(apart_ms(before.0, before.1), 300, "by arrival alone the sound is late");
        sender.picture(&mut clocks, 1_000, true);
        let half = sender.sound(&mut clocks, 1_000, 340, false);
        assert_eq!(apart_ms(before.0, half), 1_300, "one report alone says nothing");
        let sound = sender.sound(&mut clocks, 2_000, 340, true);
        let picture = sender.picture(&mut clocks, 2_000, false);
        assert!(apart_ms(picture, sound).abs() <= 1, "{}", apart_ms(picture, sound));
        // From here on packets follow each other without a step.
        assert_eq!(sender.sound(&mut clocks, 2_020, 340, false) - sound, 960);
    }

    #[test]
    fn a_report_from_another_world_is_not_believed() {
        let (sender, mut clocks) = (Sender::new(), Clocks::default());
        sender.picture(&mut clocks, 0, true);
        let first = sender.sound(&mut clocks, 0, 40, true);
        let wrong = Report { at: SystemTime::UNIX_EPOCH, ticks: 5 };
        let next = clocks.sound(17 + 960, sender.began + ms(60), Some(wrong));
        assert_eq!(next - first, 960);
    }

    #[test]
    fn a_count_that_jumps_is_placed_by_its_arrival_and_a_late_burst_is_not() {
        let (began, mut clocks) = (Instant::now(), Clocks::default());
        let first = clocks.picture(900_000, began, None);
        // Three seconds of silence on the network, then all at once.
        let late = clocks.picture(900_000 + 2_970, began + ms(3_000), None);
        assert_eq!(late - first, 2_970);
        let last = clocks.picture(900_000 + 270_000, began + ms(3_000), None);
        assert_eq!(last - first, 270_000);
        let elsewhere = clocks.picture(5, began + ms(3_033), None);
        assert_eq!(elsewhere - first, 3_033 * 90);
        assert!(clocks.picture(u64::MAX, began + ms(3_066), None) > 0, "nothing runs over");
    }
}
