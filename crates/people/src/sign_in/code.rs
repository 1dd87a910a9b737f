//! One-time codes. A code is computed from its id under the platform's secret, so the database holds nothing
//! that its reader could sign in with, not even a hash that six digits could be tried against.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use kernel::{Invalid, Problem, SignInCodeId};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::throttle::Limit;

pub const DIGITS: usize = 6;
pub const TRIES: i64 = 5;
pub const GOOD_FOR: Duration = Duration::from_secs(10 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Codes sent to one contact.
pub const PER_CONTACT: Limit = Limit { times: 5, within: HOUR };
/// Codes asked for, and tried, from one network address: a household or a shop, not a farm.
pub const PER_ADDRESS: Limit = Limit { times: 30, within: HOUR };

/// The code of this id.
pub fn code(secret: &[u8], id: SignInCodeId) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { unreachable!("HMAC takes any key") };
    mac.update(b"sign-in code\0");
    mac.update(id.uuid().as_bytes());
    let digest = mac.finalize().into_bytes();
    let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    // 2^64 is so much more than a million that no digit is favoured noticeably.
    format!("{:0width$}", number % 10u64.pow(DIGITS as u32), width = DIGITS)
}

/// Whether this is the code, in a time that does not tell how much of it was right.
pub fn is(secret: &[u8], id: SignInCodeId, typed: &str) -> bool {
    code(secret, id).as_bytes().ct_eq(typed.as_bytes()).into()
}

/// Reads a code as people type it: with spaces, hyphens or full-width digits.
pub fn read(typed: &str) -> Result<String, Invalid> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
            _ => c,
        })
        .take(100)
        .collect();
    match plain {
        plain if plain.is_empty() => Err(Invalid::field("code", Problem::Required)),
        plain if plain.len() != DIGITS || !plain.bytes().all(|b| b.is_ascii_digit()) => {
            Err(Invalid::field("code", Problem::Rule("people-code-shape")))
        }
        plain => Ok(plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_belongs_to_its_id_and_its_platform() {
        let (one, other) = (SignInCodeId::new(), SignInCodeId::new());
        let right = code(b"a secret", one);
        assert!(is(b"a secret", one, &right));
        // One pair in a million is equal by chance; two ids and two secrets never all are.
        let same = code(b"a secret", other) == right && code(b"another", one) == right;
        assert!(!same);
        assert!(!is(b"a secret", one, ""));
        assert!(!is(b"a secret", one, &format!("{right}0")));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(read(" 482 913").as_deref(), Ok("482913"));
        assert_eq!(read("４８２-９１３").as_deref(), Ok("482913"));
        assert_eq!(read("  "), Err(Invalid::field("code", Problem::Required)));
        for wrong in ["12345", "1234567", "12345a", "１２３４５", "٤٨٢٩١٣"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_code_has_six_digits(bits: u128, secret: Vec<u8>) {
            let code = code(&secret, SignInCodeId::from_uuid(uuid::Uuid::from_u128(bits)));
            prop_assert_eq!(read(&code), Ok(code));
        }
    }
}
