//! What strangers send, by the thousand: good conversations with something wrong in them. Nothing may panic, run for
//! ever or hold more than its limits. The cases come from a seed, so a failure comes back; `FUZZ_CASES=1000000` runs
//! as many.

use bytes::{BufMut, Bytes, BytesMut};

use crate::flv::{Demuxer, frame_tag, track_tag};
use crate::hls::request::{File, Reload};
use crate::media::annex_b::Picture;
use crate::media::packets::Packets;
use crate::media::{Codec, Frame, Kind, aac, avc, opus};
use crate::rtmp::amf::{self, Value};
use crate::rtmp::session::{Event, Session};

/// In every run of the tests.
const CASES: u64 = 20_000;

pub(crate) fn cases() -> u64 {
    std::env::var("FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

/// Numbers that look random and are always the same (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(case: u64) -> Self {
        Self(case.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `limit`, which is at least one.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Bytes with one to eight things wrong in them.
    pub(crate) fn spoil(&mut self, good: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..=self.below(8) {
            self.spoil_once(&mut bytes);
        }
        bytes
    }

    fn spoil_once(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = (at + self.below(40)).min(bytes.len());
        match self.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = self.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            4 => {
                let noise: Vec<u8> = (0..self.below(20)).map(|_| self.next() as u8).collect();
                bytes.splice(at..at, noise);
            }
            5 => bytes.truncate(at),
            _ => bytes[at..end].fill(0xff),
        }
    }

    /// A text with lines that are missing, doubled, exchanged, or with something wrong in them.
    pub(crate) fn spoil_text(&mut self, good: &str) -> Vec<u8> {
        if self.below(4) == 0 {
            return self.spoil(good.as_bytes());
        }
        let mut lines: Vec<Vec<u8>> = good.lines().map(|line| line.as_bytes().to_vec()).collect();
        for _ in 0..=self.below(6) {
            let (at, other) = (self.below(lines.len()), self.below(lines.len()));
            match self.below(5) {
                0 if lines.len() > 1 => drop(lines.remove(at)),
                1 => lines.insert(other, lines[at].clone()),
                2 => lines.swap(at, other),
                3 => {
                    let digits = ["0", "-1", "65536", "4294967296", "99999999999999999999"][self.below(5)];
                    let line = String::from_utf8_lossy(&lines[at]).into_owned();
                    let number = line.find(|letter: char| letter.is_ascii_digit());
                    if let Some(number) = number {
                        let rest = line[number..].trim_start_matches(|letter: char| letter.is_ascii_digit());
                        lines[at] = format!("{}{digits}{rest}", &line[..number]).into_bytes();
                    }
                }
                _ => lines[at] = self.spoil(&lines[at].clone()),
            }
        }
        lines.join(&b"\r\n"[..])
    }
}

fn message(chunk_stream: u8, kind: u8, timestamp: u32, body: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    out.put_u8(chunk_stream);
    out.put_uint(u64::from(timestamp), 3);
    out.put_uint(body.len() as u64, 3);
    out.put_u8(kind);
    out.put_u32_le(1);
    for (index, piece) in body.chunks(128).enumerate() {
        if index > 0 {
            out.put_u8(0xc0 | chunk_stream);
        }
        out.put_slice(piece);
    }
    out.to_vec()
}

fn avc_record() -> Bytes {
    let sps = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4];
    avc::Config::from_parameter_sets(&sps, &[0x68, 0xce, 0x3c, 0x80]).unwrap().record
}

/// An encoder from the first byte to the goodbye, with this sound.
fn conversation(sound: &Codec) -> Vec<u8> {
    let data = if matches!(sound, Codec::Opus { .. }) { &[0xfc, 0xff, 0xfe][..] } else { &[0x21, 0x10] };
    let packet =
        Frame { kind: Kind::Audio, dts: 0, cts: 0, duration: 0, key: true, data: Bytes::from_static(data) };
    let object = Value::Object(vec![("app".into(), "live".into()), ("tcUrl".into(), "rtmp://x/live".into())]);
    let command = |values: &[Value]| message(3, 20, 0, &amf::write_all(values));
    let meta = Value::Object(vec![("framerate".into(), 30.0.into()), ("width".into(), 1_280.0.into())]);
    let mut greeting = vec![3];
    greeting.extend([7; 2 * 1_536]);
    let mut all = vec![
        greeting,
        command(&["connect".into(), 1.0.into(), object]),
        message(2, 1, 0, &[0, 0, 0, 128]),
        command(&["createStream".into(), 2.0.into(), Value::Null]),
        command(&["publish".into(), 3.0.into(), Value::Null, "key".into(), "live".into()]),
        message(4, 18, 0, &amf::write_all(&["@setDataFrame".into(), "onMetaData".into(), meta])),
        message(6, 9, 0, &[&[0x17, 0, 0, 0, 0], &avc_record()[..]].concat()),
        message(4, 8, 0, &track_tag(sound)),
    ];
    for index in 0..3_u32 {
        let picture = [&[0x17, 1, 0, 0, 0, 0, 0, 1, 44, 0x65][..], &[index as u8; 299]].concat();
        all.push(message(6, 9, index * 33, &picture));
        all.push(message(4, 8, index * 21, &frame_tag(sound, &packet)));
    }
    all.push(command(&["deleteStream".into(), 4.0.into(), Value::Null, 1.0.into()]));
    all.concat()
}

#[test]
fn spoilt_rtmp_conversations_end_in_peace() {
    let aac = aac::Config::parse(Bytes::from_static(&[0x11, 0x90])).unwrap();
    let good = [Codec::Aac(aac), Codec::Opus { channels: 2 }].map(|sound| conversation(&sound));
    for case in 0..cases() {
        let mut dice = Dice::of(case);
        let sound = dice.below(2);
        let bytes = dice.spoil(&good[sound]);
        let (mut session, mut demuxer) = (Session::default(), Demuxer::default());
        for piece in bytes.chunks(1 + dice.below(4_000)) {
            session.buffer().extend_from_slice(piece);
            if session.advance(piece.len()).is_err() {
                break;
            }
            while let Some(event) = session.next_event() {
                let _ = match event {
                    Event::Publish { .. } => {
                        let _ = session.accept();
                        continue;
                    }
                    Event::Video { timestamp, tag } => demuxer.video(timestamp, &tag),
                    Event::Audio { timestamp, tag } => demuxer.audio(timestamp, &tag),
                    Event::Script(tag) => Ok(demuxer.script(&tag)),
                    Event::Finished => break,
                };
            }
            assert!(session.take_outgoing().len() < 64 * 1_024, "case {case} is answered at length");
        }
    }
}

#[test]
fn spoilt_codecs_and_pictures_are_read_without_harm() {
    let record = avc_record();
    let config = avc::Config::parse(record.clone()).unwrap();
    let sets = config.parameter_sets();
    let start = [0, 0, 0, 1];
    let stream =
        [&start[..], sets[0], &start, sets[1], &start, &[0x65, 1, 2, 3, 4], &start[1..], &[0x41, 9]].concat();
    for case in 0..cases() {
        let mut dice = Dice::of(case);
        let spoilt = Bytes::from(dice.spoil(&record));
        if let Some(config) = avc::Config::parse(spoilt) {
            assert!(config.parameter_sets().len() <= 31 + 255);
        }
        let _ = aac::Config::parse(dice.spoil(&[0x11, 0x90, 0x56, 0xe5, 0x00]).into());
        let _ = opus::samples(&dice.spoil(&[0xfc, 0xff, 0xfe]));
        let picture = Picture::parse(&dice.spoil(&stream));
        assert!(picture.data.len() <= 4 * stream.len() + 2_000);
        let data = Bytes::from(dice.spoil(&picture.data));
        let frame = Frame { kind: Kind::Video, dts: u64::MAX - 3, cts: 7, duration: 0, key: true, data };
        let payloads = Packets::of_picture(&frame, &config).payloads;
        assert!(payloads.iter().all(|payload| !payload.is_empty()));
    }
}

#[test]
fn spoilt_addresses_are_no_files() {
    for case in 0..cases() {
        let mut dice = Dice::of(case);
        let names = ["live.m3u8", "init1.mp4", "p17.3.m4s", "s17.m4s", "replay-init1.mp4", "replay0.m4s"];
        let chosen = names[dice.below(names.len())];
        let name = dice.spoil(chosen.as_bytes());
        let _ = File::parse(&String::from_utf8_lossy(&name));
        let query = dice.spoil(b"_HLS_msn=1795514400&_HLS_part=3&_HLS_skip=YES");
        let _ = Reload::parse(&String::from_utf8_lossy(&query));
    }
}
