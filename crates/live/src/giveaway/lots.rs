//! The draw, so that anyone can do it again. Pure rules; `giveaway-lots.js` does the same in a visitor's browser.
//!
//! 1. Before anyone enters, a random seed is made and the SHA-256 of its text published.
//! 2. At the draw everyone who entered stands on a list, a line each (number, entry, masked name); the SHA-256 of
//!    that text is published, and the seed.
//! 3. The tickets are HMAC-SHA256 with the seed as its key, of the list's hash, a colon and 0, 1, 2, …; of each the first 12
//!    hexadecimal digits count as a number.
//! 4. With `n` entries left, a number below the largest multiple of `n` that 12 digits hold draws the entry at the number
//!    modulo `n`, counted from 0; a higher one is left out, so that no entry has a better chance. Who was drawn leaves
//!    the list.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// 12 hexadecimal digits hold numbers below this. A browser calculates with them exactly.
const NUMBERS: u64 = 1 << 48;

/// SHA-256 of a text, in hexadecimal digits.
pub fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One line of the list.
pub fn line(number: i64, entry: impl std::fmt::Display, name: &str) -> String {
    format!("{number} {entry} {name}\n")
}

/// The places, counted from 0, of those who win among `entries`, in the order in which they are drawn.
pub fn draw(seed: &str, list_hash: &str, entries: usize, winners: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..entries).collect();
    let mut drawn = Vec::new();
    let mut tickets = (0u64..).map(|count| ticket(seed, list_hash, count));
    while drawn.len() < winners && !left.is_empty() {
        let among = left.len() as u64;
        let fair = NUMBERS - NUMBERS % among;
        let Some(number) = tickets.find(|number| *number < fair) else { break };
        drawn.push(left.remove((number % among) as usize));
    }
    drawn
}

fn ticket(seed: &str, list_hash: &str, count: u64) -> u64 {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(seed.as_bytes()) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(format!("{list_hash}:{count}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Ten entries of which three win: `giveaway-lots.test.mjs` holds the same.
    #[test]
    fn the_browser_draws_the_same() {
        let list: String = (1..=10).map(|number| line(number, format!("ent_{number}"), "林**")).collect();
        assert_eq!(hash("seed"), "19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b");
        assert_eq!(hash(&list), "1196559bede7ad49e5bbd90b95609e397b2d0448443721809a5cd581d06aeb35");
        assert_eq!(draw("seed", &hash(&list), 10, 3), [4, 0, 7]);
    }

    #[test]
    fn every_entry_has_the_same_chance_at_every_place() {
        const SEEDS: usize = 4_000;
        const ENTRIES: usize = 10;
        let mut won = [[0u32; ENTRIES]; 3];
        for seed in 0..SEEDS {
            for (place, entry) in draw(&format!("seed {seed}"), "list", ENTRIES, 3).into_iter().enumerate() {
                won[place][entry] += 1;
            }
        }
        let expected = (SEEDS / ENTRIES) as f64;
        for counts in won {
            let chi_square: f64 =
                counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
            // Nine degrees of freedom: a fair draw is above this once in a thousand.
            assert!(chi_square < 27.9, "{chi_square} of {counts:?}");
        }
    }

    proptest! {
        #[test]
        fn so_many_win_as_can_and_nobody_twice(seed in "[a-z0-9]{1,60}", entries in 0usize..200, winners in 1usize..100) {
            let drawn = draw(&seed, "list", entries, winners);
            prop_assert_eq!(drawn.len(), winners.min(entries));
            let different: std::collections::BTreeSet<_> = drawn.iter().collect();
            prop_assert_eq!(different.len(), drawn.len());
            prop_assert!(drawn.iter().all(|place| *place < entries));
            prop_assert_eq!(draw(&seed, "list", entries, winners), drawn, "the same again");
        }
    }
}
