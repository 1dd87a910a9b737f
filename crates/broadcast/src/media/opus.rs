//! Opus: how long a packet plays is written in its first bytes (RFC 6716, 3.1).

/// Samples a second that time is counted in, whatever was recorded.
pub const RATE: u32 = 48_000;

/// The longest that a packet may play: 120 ms.
const SAMPLES_MAX: u32 = RATE / 1_000 * 120;

/// How many samples a packet holds; `None` for what is no packet.
pub fn samples(packet: &[u8]) -> Option<u32> {
    let first = *packet.first()?;
    let frame = match first >> 3 {
        // Speech, both, then music, each with its own lengths.
        config @ 0..12 => [480, 960, 1_920, 2_880][usize::from(config % 4)],
        config @ 12..16 => [480, 960][usize::from(config % 2)],
        config => [120, 240, 480, 960][usize::from(config % 4)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3f),
    };
    Some(frame * frames).filter(|samples| (1..=SAMPLES_MAX).contains(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_tells_how_long_a_packet_plays() {
        // 20 ms of music, as browsers send; silence; two of 2.5 ms; three of 20 ms.
        assert_eq!(samples(&[0xfc, 0xff, 0xfe]), Some(960));
        assert_eq!(samples(&[0x78]), Some(960));
        assert_eq!(samples(&[0x81, 0]), Some(240));
        assert_eq!(samples(&[0xfb, 3]), Some(2_880));
        for wrong in [&[][..], &[0xfb], &[0xfb, 0], &[0xfb, 63]] {
            assert_eq!(samples(wrong), None, "{wrong:?}");
        }
    }
}
