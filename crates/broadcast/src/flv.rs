//! FLV tags, as RTMP carries them: H.264 and AAC in, tracks and frames out, and the other way. Also the newer form with
//! a four-letter code (Enhanced RTMP), as far as it carries H.264, and Opus, for which there is no other.

use bytes::{BufMut, Bytes, BytesMut};

use crate::media::{Codec, Frame, Kind, VIDEO_TIMESCALE, aac, avc, opus};
use crate::rtmp::amf;

/// Encoders send sound with whole milliseconds. Its own clock runs from packet to packet, without the jitter, and is
/// set anew only when the two are this far apart.
const SOUND_DRIFT_MS: u64 = 60;

/// A believable number of pictures a second.
const RATES: std::ops::RangeInclusive<f64> = 1.0..=240.0;

/// AAC, and as FLV has it always: 44 kHz, 16 bits, stereo, whatever it is.
const AAC_SOUND: u8 = 0xaf;
/// In the place of an encoding: a four-letter code follows.
const ENHANCED_SOUND: u8 = 9;
const OPUS: &[u8] = b"Opus";

/// What a tag says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Track(Codec),
    Frame(Frame),
    /// How long a picture usually lasts, in ticks of 90,000 a second.
    FrameTicks(u64),
    /// Nothing that matters here.
    Nothing,
}

/// The tag holds what browsers do not play, or is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlvError {
    #[error("an encoding other than H.264, AAC and Opus")]
    Encoding,
    #[error("a tag that ends too early or says nonsense")]
    Malformed,
}

/// Reads the tags of one connection or file, in order.
#[derive(Debug, Default)]
pub struct Demuxer {
    clock: Clock,
    /// Samples a second, once known.
    audio_rate: Option<u32>,
    next_audio: u64,
}

/// Milliseconds in 32 bits, which run over after 49 days, as milliseconds that do not.
#[derive(Debug, Default)]
struct Clock {
    last: Option<u32>,
    ms: u64,
}

impl Clock {
    fn unwrap(&mut self, timestamp: u32) -> u64 {
        let last = self.last.replace(timestamp).unwrap_or(0);
        let step = timestamp.wrapping_sub(last).cast_signed();
        self.ms = self.ms.saturating_add_signed(i64::from(step));
        self.ms
    }
}

impl Demuxer {
    pub fn video(&mut self, timestamp: u32, tag: &Bytes) -> Result<Said, FlvError> {
        let Some(&first) = tag.first() else { return Ok(Said::Nothing) };
        let key = first >> 4 & 7 == 1;
        // Bit 7 says that a four-letter code follows; then the low bits are the kind of packet.
        let (kind, body) = if first & 0x80 != 0 {
            if tag.get(1..5).ok_or(FlvError::Malformed)? != b"avc1" {
                return Err(FlvError::Encoding);
            }
            (first & 15, 5)
        } else {
            if first & 15 != 7 {
                return Err(FlvError::Encoding);
            }
            (*tag.get(1).ok_or(FlvError::Malformed)?, 2)
        };
        let is_short = first & 0x80 != 0 && matches!(kind, 0 | 3);
        let (cts, data) = if is_short { (0, body) } else { (signed_24(tag, body)?, body + 3) };
        match kind {
            0 => {
                let config = avc::Config::parse(tag.slice(data.min(tag.len())..));
                Ok(Said::Track(Codec::Avc(config.ok_or(FlvError::Malformed)?)))
            }
            1 | 3 if data < tag.len() => {
                let ticks_per_ms = u64::from(VIDEO_TIMESCALE / 1_000);
                Ok(Said::Frame(Frame {
                    kind: Kind::Video,
                    dts: self.clock.unwrap(timestamp) * ticks_per_ms,
                    cts: cts * (VIDEO_TIMESCALE / 1_000) as i32,
                    duration: 0,
                    key,
                    data: tag.slice(data..),
                }))
            }
            _ => Ok(Said::Nothing),
        }
    }

    pub fn audio(&mut self, timestamp: u32, tag: &Bytes) -> Result<Said, FlvError> {
        let Some(&first) = tag.first() else { return Ok(Said::Nothing) };
        if first >> 4 == ENHANCED_SOUND {
            return self.enhanced_audio(timestamp, first & 15, tag);
        }
        if first >> 4 != 10 {
            return Err(FlvError::Encoding);
        }
        let kind = *tag.get(1).ok_or(FlvError::Malformed)?;
        let data = tag.slice(2..);
        // ffmpeg, where it copies sound, says at first that it does not know its settings yet.
        if kind == 0 && data.is_empty() {
            return Ok(Said::Nothing);
        }
        if kind == 0 {
            let config = aac::Config::parse(data).ok_or(FlvError::Malformed)?;
            self.audio_rate = Some(config.rate);
            return Ok(Said::Track(Codec::Aac(config)));
        }
        Ok(self.sound(timestamp, aac::SAMPLES_PER_PACKET, data))
    }

    fn enhanced_audio(&mut self, timestamp: u32, kind: u8, tag: &Bytes) -> Result<Said, FlvError> {
        if tag.get(1..5).ok_or(FlvError::Malformed)? != OPUS {
            return Err(FlvError::Encoding);
        }
        let data = tag.slice(5..);
        match kind {
            0 => {
                // `OpusHead`, a version, the channels (RFC 7845, 5.1).
                let channels = *data.get(9).ok_or(FlvError::Malformed)?;
                if !data.starts_with(b"OpusHead") || !(1..=2).contains(&channels) {
                    return Err(FlvError::Encoding);
                }
                self.audio_rate = Some(opus::RATE);
                Ok(Said::Track(Codec::Opus { channels }))
            }
            1 => match opus::samples(&data) {
                Some(samples) => Ok(self.sound(timestamp, samples, data)),
                None => Ok(Said::Nothing),
            },
            _ => Ok(Said::Nothing),
        }
    }

    fn sound(&mut self, timestamp: u32, duration: u32, data: Bytes) -> Said {
        let Some(rate) = self.audio_rate.filter(|_| !data.is_empty()) else { return Said::Nothing };
        let rate = u64::from(rate);
        let wanted = self.clock.unwrap(timestamp) * rate / 1_000;
        if self.next_audio.abs_diff(wanted) > rate * SOUND_DRIFT_MS / 1_000 {
            self.next_audio = wanted;
        }
        let dts = self.next_audio;
        self.next_audio += u64::from(duration);
        Said::Frame(Frame { kind: Kind::Audio, dts, cts: 0, duration, key: true, data })
    }

    /// The script tag, of which only the frame rate matters.
    pub fn script(&mut self, tag: &[u8]) -> Said {
        let values = amf::read_all(tag).unwrap_or_default();
        let rate = values.iter().find_map(|value| value.member("framerate")).and_then(amf::Value::number);
        match rate.filter(|rate| RATES.contains(rate)) {
            Some(rate) => Said::FrameTicks((f64::from(VIDEO_TIMESCALE) / rate) as u64),
            None => Said::Nothing,
        }
    }
}

/// The tag that a track begins with.
pub fn track_tag(codec: &Codec) -> Bytes {
    let mut tag = BytesMut::with_capacity(64);
    match codec {
        Codec::Avc(config) => {
            tag.put_slice(&[0x17, 0, 0, 0, 0]);
            tag.put_slice(&config.record);
        }
        Codec::Aac(config) => {
            tag.put_slice(&[AAC_SOUND, 0]);
            tag.put_slice(&config.record);
        }
        Codec::Opus { channels } => {
            tag.put_u8(ENHANCED_SOUND << 4);
            tag.put_slice(OPUS);
            // Nothing to skip at the beginning, the usual rate, no gain, one stream.
            tag.put_slice(b"OpusHead");
            tag.put_slice(&[1, *channels, 0, 0]);
            tag.put_u32_le(opus::RATE);
            tag.put_slice(&[0, 0, 0]);
        }
    }
    tag.freeze()
}

/// A frame's tag.
pub fn frame_tag(codec: &Codec, frame: &Frame) -> Bytes {
    let mut tag = BytesMut::with_capacity(frame.data.len() + 5);
    match codec {
        Codec::Avc(_) => {
            tag.put_slice(&[if frame.key { 0x17 } else { 0x27 }, 1]);
            tag.put_int(i64::from(frame.cts) / i64::from(VIDEO_TIMESCALE / 1_000), 3);
        }
        Codec::Aac(_) => tag.put_slice(&[AAC_SOUND, 1]),
        Codec::Opus { .. } => {
            tag.put_u8(ENHANCED_SOUND << 4 | 1);
            tag.put_slice(OPUS);
        }
    }
    tag.put_slice(&frame.data);
    tag.freeze()
}

fn signed_24(tag: &[u8], at: usize) -> Result<i32, FlvError> {
    let bytes = tag.get(at..at + 3).ok_or(FlvError::Malformed)?;
    Ok(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], 0]) >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AAC: &[u8] = &[0xaf, 0, 0x11, 0x90];

    fn dts(said: Result<Said, FlvError>) -> u64 {
        match said {
            Ok(Said::Frame(frame)) => frame.dts,
            other => panic!("{other:?} is no frame"),
        }
    }

    #[test]
    fn sound_runs_on_its_own_clock_and_is_set_anew_after_a_gap() {
        let mut demuxer = Demuxer::default();
        demuxer.audio(0, &Bytes::from_static(AAC)).unwrap();
        let packet = Bytes::from_static(&[0xaf, 1, 0x21]);
        // 1,024 samples of 48,000 a second are 21.33 ms; RTMP says 0, 21, 43, 64.
        let times = [0, 21, 43, 64].map(|ms| dts(demuxer.audio(ms, &packet)));
        assert_eq!(times, [0, 1_024, 2_048, 3_072]);
        assert_eq!(dts(demuxer.audio(1_000, &packet)), 48_000);
    }

    #[test]
    fn settings_that_come_late_are_waited_for() {
        let mut demuxer = Demuxer::default();
        assert_eq!(demuxer.audio(0, &Bytes::from_static(&[0xaf, 0])), Ok(Said::Nothing));
        assert!(matches!(demuxer.audio(0, &Bytes::from_static(AAC)), Ok(Said::Track(Codec::Aac(_)))));
        assert_eq!(demuxer.audio(0, &Bytes::from_static(&[0xaf, 0, 0x11])), Err(FlvError::Malformed));
    }

    #[test]
    fn pictures_keep_their_order_when_the_milliseconds_run_over() {
        let mut demuxer = Demuxer::default();
        let picture = Bytes::from_static(&[0x17, 1, 0xff, 0xff, 0xfe, 0, 0, 0, 1, 0x65]);
        let before = dts(demuxer.video(u32::MAX - 9, &picture));
        let after = dts(demuxer.video(30, &picture));
        assert_eq!(after.wrapping_sub(before), 40 * 90);
        let Ok(Said::Frame(frame)) = demuxer.video(70, &picture) else { panic!("no frame") };
        assert_eq!((frame.cts, frame.key, frame.data.len()), (-180, true, 5));
    }

    #[test]
    fn other_encodings_are_named_as_such() {
        let mut demuxer = Demuxer::default();
        for other in [&[0x12, 0, 0][..], &[0x90, b'h', b'v', b'c', b'1', 0], &[0x1c, 0, 0, 0, 0]] {
            assert_eq!(demuxer.video(0, &Bytes::copy_from_slice(other)), Err(FlvError::Encoding));
        }
        assert_eq!(demuxer.audio(0, &Bytes::from_static(&[0x2f, 0])), Err(FlvError::Encoding), "MP3");
        assert_eq!(demuxer.video(0, &Bytes::from_static(&[0x17])), Err(FlvError::Malformed));
        assert_eq!(demuxer.video(0, &Bytes::new()), Ok(Said::Nothing));
    }

    #[test]
    fn what_is_written_is_read() {
        let sps = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 0x08, 0x08];
        let video = Codec::Avc(avc::Config::from_parameter_sets(&sps, &[0x68, 0xce, 0x3c, 0x80]).unwrap());
        let picture = Frame {
            kind: Kind::Video,
            dts: 3_600,
            cts: -180,
            duration: 0,
            key: false,
            data: Bytes::from_static(&[0, 0, 0, 1, 0x41]),
        };
        let mut demuxer = Demuxer::default();
        assert_eq!(demuxer.video(0, &track_tag(&video)), Ok(Said::Track(video.clone())));
        assert_eq!(demuxer.video(40, &frame_tag(&video, &picture)), Ok(Said::Frame(picture)));
        let aac = Codec::Aac(aac::Config::parse(Bytes::from_static(&[0x11, 0x90])).unwrap());
        let sounds = [(aac, 1_024, vec![0x21]), (Codec::Opus { channels: 2 }, 960, vec![0xfc, 0xff, 0xfe])];
        for (codec, duration, data) in sounds {
            let packet = Frame { kind: Kind::Audio, dts: 0, cts: 0, duration, key: true, data: data.into() };
            let mut demuxer = Demuxer::default();
            assert_eq!(demuxer.audio(0, &track_tag(&codec)), Ok(Said::Track(codec.clone())));
            assert_eq!(demuxer.audio(0, &frame_tag(&codec, &packet)), Ok(Said::Frame(packet)));
        }
    }

    #[test]
    fn the_newer_form_of_sound_is_opus_or_nothing() {
        let mut demuxer = Demuxer::default();
        for (tag, error) in [
            (&b"\x90mp4a\x11\x90"[..], FlvError::Encoding),
            (b"\x90Opu", FlvError::Malformed),
            (b"\x90OpusOpusHead\x01", FlvError::Malformed),
            (b"\x90OpusOpusHead\x01\x08\0\0", FlvError::Encoding),
        ] {
            assert_eq!(demuxer.audio(0, &Bytes::from_static(tag)), Err(error));
        }
        assert_eq!(
            demuxer.audio(0, &Bytes::from_static(b"\x91Opus\xfc\xff\xfe")),
            Ok(Said::Nothing),
            "no track yet"
        );
        assert_eq!(demuxer.audio(0, &Bytes::from_static(b"\x91Opus")), Ok(Said::Nothing));
        assert_eq!(demuxer.audio(0, &Bytes::from_static(b"\x92Opus")), Ok(Said::Nothing));
    }
}
