//! Names of rooms and of shows. They stand in addresses and in the names of files, so they hold nothing else.

use std::fmt;
use std::sync::Arc;

/// One to 64 lower-case letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

/// The text cannot be the name of a room or a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 64 lower-case letters, digits, - and _")]
pub struct NameError;

const NAME_MAX: usize = 64;

impl Name {
    pub fn new(text: &str) -> Result<Self, NameError> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let good = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(plain);
        if good { Ok(Self(text.into())) } else { Err(NameError) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_nothing_but_a_name() {
        assert!(Name::new("room_01jdqz8p5fe9kadz3m4xh6w2cr").is_ok());
        for wrong in ["", ".", "a/b", "A", "a b", "é", "index.m3u8", &"a".repeat(65)] {
            assert_eq!(Name::new(wrong), Err(NameError), "{wrong:?}");
        }
    }
}
