//! The clock in the picture: what the wall's clock showed when a picture was drawn, as black and white bars across its
//! top that survive every encoder. Who reads them on the screen knows how old the picture is.

/// Bars side by side: 24 bits of milliseconds, most significant first, and 8 that check them.
pub const BARS: usize = 32;
/// Darker than the one is black, brighter than the other white; a picture between them was not decoded well.
const BLACK_BELOW: u8 = 90;
const WHITE_ABOVE: u8 = 165;
/// So many milliseconds, some four hours, are told apart.
const TURN: u64 = 1 << 24;
/// So that a picture that is all black or all white shows no time.
const CHECK: u8 = 0x5a;

/// Which bars are white at this time, in milliseconds. `bench/web/pages.mjs` draws the same in a browser.
pub fn bars(now: u64) -> [bool; BARS] {
    let shown = ((now % TURN) << 8) | u64::from(check(now % TURN));
    std::array::from_fn(|bar| shown >> (BARS - 1 - bar) & 1 == 1)
}

fn check(shown: u64) -> u8 {
    let [.., high, middle, low] = shown.to_be_bytes();
    high ^ middle.rotate_left(1) ^ low.rotate_left(2) ^ CHECK
}

/// How old a picture is in milliseconds whose bars were this bright at this time; `None` if they cannot be read.
pub fn age(brightness: &[u8], now: u64) -> Option<u64> {
    if brightness.len() != BARS {
        return None;
    }
    let mut read = 0;
    for &bar in brightness {
        read = read << 1
            | match bar {
                dark if dark < BLACK_BELOW => 0,
                bright if bright > WHITE_ABOVE => 1,
                _ => return None,
            };
    }
    let (shown, check_read) = (read >> 8, read & 0xff);
    if u64::from(check(shown)) != check_read {
        return None;
    }
    // No picture is from the future: such a one would be hours old.
    let age = (now % TURN + TURN - shown) % TURN;
    (age < TURN / 2).then_some(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brightness(now: u64) -> Vec<u8> {
        bars(now).map(|white| if white { 230 } else { 20 }).to_vec()
    }

    #[test]
    fn what_was_drawn_is_read_as_its_age() {
        for drawn in [0, 1, TURN - 1, TURN, 1_764_000_000_123] {
            for age_then in [0, 33, 570, 20_000] {
                assert_eq!(age(&brightness(drawn), drawn + age_then), Some(age_then), "{drawn} + {age_then}");
            }
        }
    }

    #[test]
    fn what_was_not_decoded_well_is_not_read() {
        let now = 1_764_000_000_123;
        let clear = brightness(now);
        for bar in 0..BARS {
            let mut grey = clear.clone();
            grey[bar] = 128;
            assert_eq!(age(&grey, now), None);
            let mut flipped = clear.clone();
            flipped[bar] = 255 - flipped[bar];
            assert_eq!(age(&flipped, now), None, "bar {bar} tells something else");
        }
        assert_eq!(age(&[0; BARS], now), None);
        assert_eq!(age(&[255; BARS], now), None);
        assert_eq!(age(&clear[1..], now), None);
        assert_eq!(age(&brightness(now + 5), now), None, "from the future");
    }
}
