//! H.264's configuration: the record that RTMP sends and MP4 keeps (ISO 14496-15), and the picture size inside it.

use bytes::{BufMut, Bytes, BytesMut};

use super::bits::Bits;

/// The largest side that any level of H.264 allows.
const SIDE_MAX: u32 = 8_192;

/// A record holds a few parameter sets of some dozen bytes each.
const RECORD_BYTES_MAX: usize = 2_048;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The record as it came: it goes into the MP4 unchanged.
    pub record: Bytes,
    pub width: u16,
    pub height: u16,
}

impl Config {
    /// Reads an `AVCDecoderConfigurationRecord`; `None` for what no decoder could use.
    pub fn parse(record: Bytes) -> Option<Self> {
        let plausible = (8..=RECORD_BYTES_MAX).contains(&record.len())
            && record[0] == 1
            && record[4] & 3 == 3
            && record[5] & 31 >= 1;
        if !plausible {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([record[6], record[7]]));
        let (width, height) = picture_size(record.get(8..8 + length)?)?;
        Some(Self { record, width, height })
    }

    /// Makes the record from bare parameter sets, as WebRTC sends them within the stream.
    pub fn from_parameter_sets(sps: &[u8], pps: &[u8]) -> Option<Self> {
        let (sps_length, pps_length) = (u16::try_from(sps.len()).ok()?, u16::try_from(pps.len()).ok()?);
        let mut record = BytesMut::with_capacity(11 + sps.len() + pps.len());
        record.put_slice(&[1, *sps.get(1)?, *sps.get(2)?, *sps.get(3)?, 0xff, 0xe1]);
        record.put_u16(sps_length);
        record.put_slice(sps);
        record.put_u8(1);
        record.put_u16(pps_length);
        record.put_slice(pps);
        Self::parse(record.freeze())
    }

    /// The bare parameter sets within the record: sequence first, as a decoder needs them.
    pub fn parameter_sets(&self) -> Vec<&[u8]> {
        let mut sets = Vec::with_capacity(2);
        let mut rest = self.record.get(6..).unwrap_or_default();
        let mut count = self.record[5] & 31;
        // The number of picture sets stands behind the sequence sets.
        for is_sequence in [true, false] {
            for _ in 0..count {
                let Some((length, after)) = rest.split_first_chunk::<2>() else { return sets };
                let length = usize::from(u16::from_be_bytes(*length));
                let Some((set, after)) = after.split_at_checked(length) else { return sets };
                sets.extend((!set.is_empty()).then_some(set));
                rest = after;
            }
            if is_sequence {
                let Some((pictures, after)) = rest.split_first() else { return sets };
                (count, rest) = (*pictures, after);
            }
        }
        sets
    }

    /// Profile, constraints and level, as CODECS wants them.
    pub fn name(&self) -> String {
        format!("avc1.{:02x}{:02x}{:02x}", self.record[1], self.record[2], self.record[3])
    }
}

/// Width and height from a sequence parameter set (H.264 7.3.2.1.1), with its header byte.
fn picture_size(nal: &[u8]) -> Option<(u16, u16)> {
    let plain = without_emulation_prevention(nal);
    let mut bits = Bits::new(&plain);
    bits.read(8)?;
    let profile = bits.read(8)?;
    bits.read(16)?;
    bits.exp_golomb()?;
    let has_chroma = matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128);
    let chroma = if has_chroma { skip_chroma(&mut bits)? } else { 1 };
    bits.exp_golomb()?;
    skip_picture_order(&mut bits)?;
    bits.exp_golomb()?;
    bits.flag()?;
    let width = bits.exp_golomb()?.checked_add(1)?.checked_mul(16)?;
    let map_units = bits.exp_golomb()?.checked_add(1)?;
    let fields = if bits.flag()? { 1 } else { 2 };
    if fields == 2 {
        bits.flag()?;
    }
    let height = map_units.checked_mul(16 * fields)?;
    bits.flag()?;
    let (mut cut_width, mut cut_height) = (0, 0);
    if bits.flag()? {
        let unit_x = if matches!(chroma, 1 | 2) { 2 } else { 1 };
        let unit_y = if chroma == 1 { 2 } else { 1 } * fields;
        cut_width = bits.exp_golomb()?.checked_add(bits.exp_golomb()?)?.checked_mul(unit_x)?;
        cut_height = bits.exp_golomb()?.checked_add(bits.exp_golomb()?)?.checked_mul(unit_y)?;
    }
    let (width, height) = (width.checked_sub(cut_width)?, height.checked_sub(cut_height)?);
    let sensible = (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height);
    sensible.then(|| u16::try_from(width).ok().zip(u16::try_from(height).ok()))?
}

/// The fields that only the high profiles have. Gives the chroma format.
fn skip_chroma(bits: &mut Bits<'_>) -> Option<u32> {
    let chroma = bits.exp_golomb()?;
    if chroma == 3 {
        bits.flag()?;
    }
    bits.exp_golomb()?;
    bits.exp_golomb()?;
    bits.flag()?;
    if bits.flag()? {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.flag()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(chroma)
}

fn skip_scaling_list(bits: &mut Bits<'_>, length: u32) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..length {
        if next != 0 {
            next = (last + bits.signed_exp_golomb()?).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

fn skip_picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.exp_golomb()? {
        0 => {
            bits.exp_golomb()?;
        }
        1 => {
            bits.flag()?;
            bits.signed_exp_golomb()?;
            bits.signed_exp_golomb()?;
            for _ in 0..bits.exp_golomb()?.min(255) {
                bits.signed_exp_golomb()?;
            }
        }
        _ => {}
    }
    Some(())
}

/// A 3 after two zeros was put in so that no start code appears by chance.
fn without_emulation_prevention(nal: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(nal.len());
    let mut zeros = 0;
    for byte in nal {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        plain.push(*byte);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x264's parameter sets for 640×360 in High and a browser's for 1280×720 in Constrained Baseline.
    const HIGH: &[u8] = &[
        0x67, 0x64, 0x00, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0x70, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01,
        0x00, 0x00, 0x03, 0x00, 0x3c, 0x0f, 0x16, 0x2d, 0x96,
    ];
    const BASELINE: &[u8] = &[0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 0x08, 0x08];

    #[test]
    fn the_size_is_read_from_the_parameter_set() {
        assert_eq!(picture_size(HIGH), Some((640, 360)));
        assert_eq!(picture_size(BASELINE).map(|size| size.0), Some(1280));
    }

    #[test]
    fn a_record_made_from_parameter_sets_is_read_again() {
        let config = Config::from_parameter_sets(HIGH, &[0x68, 0xeb, 0xe3, 0xcb]).unwrap();
        assert_eq!((config.width, config.height, config.name().as_str()), (640, 360, "avc1.64001e"));
        assert_eq!(config.parameter_sets(), [HIGH, &[0x68, 0xeb, 0xe3, 0xcb]]);
        assert_eq!(Config::parse(config.record.clone()), Some(config));
    }

    #[test]
    fn a_broken_record_is_refused() {
        for wrong in [&[][..], &[1, 2, 3], &[1, 0x64, 0, 0x1e, 0xff, 0xe1, 0xff, 0xff, 0x67], &[0; 4_096]] {
            assert_eq!(Config::parse(Bytes::copy_from_slice(wrong)), None);
        }
    }
}
