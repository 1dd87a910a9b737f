//! H.264 as a stream of NAL units between start codes (Annex B), as WebRTC hands it over, and with each unit behind
//! its length, as MP4 and RTMP carry it.

use bytes::{BufMut, Bytes, BytesMut};

use super::avc;

/// Kinds of NAL units (H.264 table 7-1).
pub const IDR: u8 = 5;
pub const SEI: u8 = 6;
pub const SPS: u8 = 7;
pub const PPS: u8 = 8;
pub const DELIMITER: u8 = 9;
pub const FILLER: u8 = 12;

/// What kind of unit begins with this byte.
pub fn kind(header: u8) -> u8 {
    header & 31
}

/// The units of a stream, without start codes and never empty.
pub fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(stream);
    std::iter::from_fn(move || {
        loop {
            let bytes = rest?;
            let (unit, next) = match find_start_code(bytes) {
                Some(at) => (&bytes[..at], Some(&bytes[at + 3..])),
                None => (bytes, None),
            };
            rest = next;
            // A start code may have more zeros before it; a unit never ends with one.
            let length = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            if length > 0 {
                return Some(&unit[..length]);
            }
        }
    })
}

fn after_start_code(stream: &[u8]) -> Option<&[u8]> {
    find_start_code(stream).map(|at| &stream[at + 3..])
}

fn find_start_code(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    while at < bytes.len() {
        match bytes[at] {
            1 if bytes[at - 1] == 0 && bytes[at - 2] == 0 => return Some(at - 2),
            // Neither this byte nor the two before can belong to a start code that ends within the next two.
            2.. => at += 3,
            _ => at += 1,
        }
    }
    None
}

/// A picture as MP4 wants it, and the configuration that came with it, if one did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub data: Bytes,
    pub key: bool,
    pub config: Option<avc::Config>,
}

impl Picture {
    /// Reads one picture of a stream. Parameter sets go into the configuration; delimiters and filler go nowhere.
    pub fn parse(stream: &[u8]) -> Self {
        let (mut sps, mut pps) = (None, None);
        let mut picture = Self::default();
        let mut data = BytesMut::with_capacity(stream.len() + 16);
        for unit in units(stream) {
            match kind(unit[0]) {
                SPS => sps = Some(unit),
                PPS => pps = pps.or(Some(unit)),
                SEI | DELIMITER | FILLER => {}
                other => {
                    picture.key |= other == IDR;
                    data.put_u32(unit.len() as u32);
                    data.put_slice(unit);
                }
            }
        }
        picture.data = data.freeze();
        picture.config = sps.zip(pps).and_then(|(sps, pps)| avc::Config::from_parameter_sets(sps, pps));
        picture
    }
}

/// The units of a picture that has each behind its length. Ends at the first that is cut short.
pub fn lengthed_units(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (unit, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after;
        (!unit.is_empty()).then_some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stand_between_start_codes_of_either_length() {
        let stream =
            [0, 0, 0, 1, 9, 16, 0, 0, 1, 0x67, 7, 0, 0, 0, 1, 0x65, 1, 0, 2, 0, 0, 1, 0, 0, 1, 0x41, 3];
        let found: Vec<&[u8]> = units(&stream).collect();
        assert_eq!(found, [&[9, 16][..], &[0x67, 7], &[0x65, 1, 0, 2], &[0x41, 3]]);
        assert_eq!(units(&[1, 2, 3]).count(), 0, "without a start code there is nothing");
        assert_eq!(units(&[0, 0, 1]).count() + units(&[]).count() + units(&[0, 0, 0, 0]).count(), 0);
    }

    #[test]
    fn start_codes_are_found_wherever_they_stand() {
        for before in 0..8 {
            for after in 0..4 {
                let stream = [vec![7; before], vec![0, 0, 1], vec![8; after]].concat();
                assert_eq!(find_start_code(&stream), Some(before));
            }
        }
    }

    #[test]
    fn a_picture_has_its_units_behind_their_lengths_and_its_parameters_apart() {
        let sps = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 0x08, 0x08];
        let start = [0, 0, 0, 1];
        let stream =
            [&start[..], &[9, 16], &start, &sps, &start, &[0x68, 0xce, 0x3c], &start, &[0x65, 1, 2]].concat();
        let picture = Picture::parse(&stream);
        assert!(picture.key);
        assert_eq!(picture.data.as_ref(), [0, 0, 0, 3, 0x65, 1, 2]);
        assert_eq!(picture.config.map(|config| config.width), Some(1_280));
        assert_eq!(lengthed_units(&picture.data).collect::<Vec<_>>(), [&[0x65, 1, 2][..]]);
        assert_eq!(Picture::parse(&[0, 0, 1, 0x41, 5]).config, None);
    }

    #[test]
    fn a_length_beyond_the_end_ends_the_picture() {
        assert_eq!(lengthed_units(&[0, 0, 0, 1, 7, 0, 0, 0, 9, 1]).count(), 1);
        assert_eq!(lengthed_units(&[0, 0, 0, 0, 7]).count(), 0);
    }
}
