//! Randomness for tokens and codes, from the operating system.

/// A token that cannot be guessed: 32 random bytes as 52 letters of Crockford's base 32.
pub fn random_token() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    random_bytes::<52>().iter().map(|byte| ALPHABET[(byte & 31) as usize] as char).collect()
}

/// `count` random decimal digits, each equally likely.
pub fn random_digits(count: usize) -> String {
    let mut digits = String::with_capacity(count);
    while digits.len() < count {
        // 250 is the largest multiple of ten in a byte: above it the remainder would favour small digits.
        digits.extend(random_bytes::<32>().iter().filter(|b| **b < 250).map(|b| (b'0' + b % 10) as char));
    }
    digits.truncate(count);
    digits
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Going on with predictable secrets would be worse than stopping.
        panic!("the system gives no randomness: {error}");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_length_and_differ() {
        assert_eq!(random_digits(12).len(), 12);
        assert!(random_digits(12).bytes().all(|b| b.is_ascii_digit()));
        assert_ne!(random_token(), random_token());
        assert_eq!(random_token().len(), 52);
    }
}
