//! Numbers that look drawn by chance and are the same in every town, so that tests and screenshots can rely on it.

/// SplitMix64 (Steele, Lea and Flood, 2014): tiny, and good enough to make a town look alive.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` up to, and not including, `end`.
    pub(super) fn between(&mut self, least: i64, end: i64) -> i64 {
        least + (self.next() % (end - least).max(1) as u64) as i64
    }

    /// One of `all`; of nothing, nothing.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.between(0, all.len() as i64) as usize)
    }

    /// A piece of text of so many digits, such as a tracking number.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.between(0, 10) as u8)).collect()
    }
}
