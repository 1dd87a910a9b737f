//! Reading single bits, as codec configurations are written. Every read may find the end and says so.

pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next `count` bits, at most 32, as a number.
    pub(super) fn read(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.position / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.position % 8) & 1);
            self.position += 1;
        }
        Some(value)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        self.read(1).map(|bit| bit == 1)
    }

    /// An Exp-Golomb number, `ue(v)` in H.264 9.1.
    pub(super) fn exp_golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let value = (1_u64 << zeros) - 1 + u64::from(self.read(zeros)?);
        u32::try_from(value).ok()
    }

    /// A signed Exp-Golomb number, `se(v)`.
    pub(super) fn signed_exp_golomb(&mut self) -> Option<i64> {
        let code = i64::from(self.exp_golomb()?);
        Some(if code % 2 == 1 { (code + 1) / 2 } else { -code / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_codes_are_those_of_the_standards_table() {
        // 1 010 011 00100 00101 → 0 1 2 3 4
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        for wanted in 0..5 {
            assert_eq!(bits.exp_golomb(), Some(wanted));
        }
        let mut signed = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        for wanted in [0, 1, -1, 2, -2] {
            assert_eq!(signed.signed_exp_golomb(), Some(wanted));
        }
        assert_eq!(Bits::new(&[0; 8]).exp_golomb(), None, "a code without an end");
    }
}
