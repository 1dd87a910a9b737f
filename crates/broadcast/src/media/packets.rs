//! Frames cut into RTP's payloads: H.264 after RFC 6184, Opus after RFC 7587. They are cut once for a room; what
//! differs from viewer to viewer is only the header around them.

use std::sync::Arc;

use super::annex_b::lengthed_units;
use super::{Frame, Kind, avc};

/// With RTP's header, its extensions and the encryption around it a packet stays below 1,200 bytes, which every way
/// through the internet lets through.
const PAYLOAD_BYTES_MAX: usize = 1_120;

/// A unit in pieces (FU-A), and where the first and the last are marked.
const PIECE: u8 = 28;
const FIRST: u8 = 0x80;
const LAST: u8 = 0x40;

/// One frame's payloads.
#[derive(Debug, PartialEq, Eq)]
pub struct Packets {
    pub kind: Kind,
    /// When it is shown, in the ticks of its track, as RTP writes it.
    pub time: u32,
    /// Whether a decoder can begin here.
    pub key: bool,
    /// The last ends the frame.
    pub payloads: Vec<Arc<[u8]>>,
}

impl Packets {
    pub fn of_picture(frame: &Frame, config: &avc::Config) -> Self {
        let mut payloads = Vec::with_capacity(frame.data.len() / PAYLOAD_BYTES_MAX + 3);
        if frame.key {
            // A viewer may begin at any of them, so the parameter sets go along.
            for set in config.parameter_sets() {
                payloads.push(set.into());
            }
        }
        for unit in lengthed_units(&frame.data) {
            cut(unit, &mut payloads);
        }
        // RTP's time runs over by design.
        let time = frame.dts.saturating_add_signed(i64::from(frame.cts)) as u32;
        Self { kind: Kind::Video, time, key: frame.key, payloads }
    }

    pub fn of_sound(frame: &Frame) -> Self {
        let payloads = vec![frame.data.as_ref().into()];
        Self { kind: frame.kind, time: frame.dts as u32, key: true, payloads }
    }
}

/// Pieces of about the same length: then one call to the system sends them all.
fn cut(unit: &[u8], payloads: &mut Vec<Arc<[u8]>>) {
    if unit.len() <= PAYLOAD_BYTES_MAX {
        payloads.push(unit.into());
        return;
    }
    let (header, body) = (unit[0], &unit[1..]);
    let pieces = body.len().div_ceil(PAYLOAD_BYTES_MAX - 2);
    let length = body.len().div_ceil(pieces);
    for (index, piece) in body.chunks(length).enumerate() {
        let first = if index == 0 { FIRST } else { 0 };
        let last = if index + 1 == pieces { LAST } else { 0 };
        let mut payload = Vec::with_capacity(piece.len() + 2);
        payload.extend([header & 0xe0 | PIECE, first | last | header & 31]);
        payload.extend_from_slice(piece);
        payloads.push(payload.into());
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn config() -> avc::Config {
        let sps = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 0x08, 0x08];
        avc::Config::from_parameter_sets(&sps, &[0x68, 0xce, 0x3c, 0x80]).unwrap()
    }

    fn picture(key: bool, bytes: usize) -> Frame {
        let header = if key { 0x65 } else { 0x41 };
        let unit = std::iter::once(header).chain((1..bytes).map(|index| index as u8));
        let data: Bytes = (bytes as u32).to_be_bytes().into_iter().chain(unit).collect();
        Frame { kind: Kind::Video, dts: (1 << 32) + 7, cts: 0, duration: 0, key, data }
    }

    #[test]
    fn a_unit_in_pieces_is_the_unit_again_when_put_together() {
        for bytes in [1_119, 1_120, 1_121, 1_122, 5_000, 250_000] {
            let frame = picture(false, bytes);
            let packets = Packets::of_picture(&frame, &config());
            assert!(packets.payloads.iter().all(|payload| payload.len() <= PAYLOAD_BYTES_MAX), "{bytes}");
            let [rest @ .., last] = packets.payloads.as_slice() else { panic!("nothing") };
            assert!(rest.iter().all(|payload| payload.len() == rest[0].len() && last.len() <= payload.len()));
            let whole: Vec<u8> = match packets.payloads.as_slice() {
                [single] => single.to_vec(),
                pieces => {
                    assert_eq!((pieces[0][1] & FIRST, last[1] & LAST), (FIRST, LAST));
                    let body = pieces.iter().flat_map(|piece| &piece[2..]).copied();
                    std::iter::once(pieces[0][0] & 0xe0 | pieces[0][1] & 31).chain(body).collect()
                }
            };
            assert_eq!(whole, frame.data[4..]);
        }
    }

    #[test]
    fn a_key_frame_brings_its_parameter_sets() {
        let packets = Packets::of_picture(&picture(true, 100), &config());
        let kinds: Vec<u8> = packets.payloads.iter().map(|payload| payload[0] & 31).collect();
        assert_eq!((kinds.as_slice(), packets.key, packets.time), (&[7, 8, 5][..], true, 7));
        assert_eq!(Packets::of_picture(&picture(false, 100), &config()).payloads.len(), 1);
    }
}
