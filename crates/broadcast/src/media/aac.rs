//! AAC's configuration, as RTMP sends it and MP4 keeps it (ISO 14496-3, AudioSpecificConfig).

use bytes::Bytes;

use super::bits::Bits;

/// Samples in one packet: what every encoder for streaming uses.
pub const SAMPLES_PER_PACKET: u32 = 1024;

/// Longer ones belong to codecs that browsers do not play.
const RECORD_BYTES_MAX: usize = 64;

const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The configuration as it came: it goes into the MP4 unchanged.
    pub record: Bytes,
    pub object_type: u8,
    pub rate: u32,
    pub channels: u8,
}

impl Config {
    /// Reads a configuration; `None` for what is not AAC or not playable in a browser.
    pub fn parse(record: Bytes) -> Option<Self> {
        if record.len() > RECORD_BYTES_MAX {
            return None;
        }
        let mut bits = Bits::new(&record);
        let object_type = match bits.read(5)? {
            31 => 32 + bits.read(6)?,
            short => short,
        };
        let rate = match bits.read(4)? {
            15 => bits.read(24)?,
            index => *RATES.get(index as usize)?,
        };
        let channels = bits.read(4)?;
        // Main, LC, SSR, LTP, SBR, PS; a rate that a phone or a studio has; up to 7.1.
        let playable = matches!(object_type, 1..=5 | 29)
            && (7_350..=96_000).contains(&rate)
            && (1..=7).contains(&channels);
        let (object_type, channels) = (u8::try_from(object_type).ok()?, u8::try_from(channels).ok()?);
        playable.then_some(Self { record, object_type, rate, channels })
    }

    pub fn name(&self) -> String {
        format!("mp4a.40.{}", self.object_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_configuration_is_read_and_kept_as_it_came() {
        let config = Config::parse(Bytes::from_static(&[0x11, 0x90, 0x56, 0xe5, 0x00])).unwrap();
        assert_eq!((config.rate, config.channels, config.name().as_str()), (48_000, 2, "mp4a.40.2"));
        assert_eq!(config.record.len(), 5);
    }

    #[test]
    fn what_cannot_be_played_is_no_configuration() {
        for wrong in [&[][..], &[0x11], &[0x17, 0x90], &[0x11, 0x80], &[0xf8, 0x00, 0x00], &[0x11; 65]] {
            assert_eq!(Config::parse(Bytes::copy_from_slice(wrong)), None, "{wrong:x?}");
        }
    }
}
