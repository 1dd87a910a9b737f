//! The sandbox's signature: HMAC-SHA256 over the time, a dot and the raw bytes of the body.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A message older or newer than this is refused, so that a recorded one cannot be used for ever.
const TOLERANCE_SECONDS: i64 = 300;

fn mac(secret: &str, time: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The header's value: `t=1772503200,v1=…`.
pub(super) fn sign(secret: &str, body: &[u8], now: Timestamp) -> String {
    let time = now.as_second().to_string();
    // HMAC takes keys of any length; an empty signature would be refused by `verify`.
    let signature = mac(secret, &time, body).unwrap_or_default();
    format!("t={time},v1={signature}")
}

/// Whether the header's signature belongs to these bytes and is fresh; says what is wrong if not.
pub(super) fn verify(secret: &str, header: &str, body: &[u8], now: Timestamp) -> Result<(), &'static str> {
    let (time, signature) = header
        .strip_prefix("t=")
        .and_then(|rest| rest.split_once(",v1="))
        .ok_or("the signature cannot be read")?;
    let at: i64 = time.parse().map_err(|_| "the signature's time cannot be read")?;
    let wanted = mac(secret, time, body).ok_or("the key cannot be used")?;
    if !bool::from(wanted.as_bytes().ct_eq(signature.as_bytes())) {
        return Err("the signature does not match");
    }
    if now.as_second().abs_diff(at) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err("the signature is too old");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signed_bytes_pass_and_only_for_a_while() {
        let now: Timestamp = "2026-03-03T02:00:00Z".parse().unwrap();
        let header = sign("secret", b"{\"a\":1}", now);
        assert_eq!(verify("secret", &header, b"{\"a\":1}", now), Ok(()));
        assert!(verify("secret", &header, b"{\"a\": 1}", now).is_err(), "one more byte");
        assert!(verify("another", &header, b"{\"a\":1}", now).is_err(), "another key");
        assert!(verify("secret", "", b"{\"a\":1}", now).is_err(), "no signature");
        assert!(verify("secret", "t=1772503200,v1=", b"{\"a\":1}", now).is_err(), "an empty signature");
        let later = now + jiff_seconds(301);
        assert_eq!(verify("secret", &header, b"{\"a\":1}", later), Err("the signature is too old"));
        let moved = header.replace("t=1772503200", "t=1772503400");
        assert!(verify("secret", &moved, b"{\"a\":1}", later).is_err(), "the time is signed too");
    }

    fn jiff_seconds(seconds: u64) -> std::time::Duration {
        std::time::Duration::from_secs(seconds)
    }
}
