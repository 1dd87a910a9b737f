//! What a store may be called, and its place in addresses. Pure rules.

use kernel::Problem;

/// A handle's length, in characters.
pub const HANDLE_MIN: usize = 3;
pub const HANDLE_MAX: usize = 30;
/// A name's width, in columns.
pub const NAME_MIN: i64 = 4;
pub const NAME_MAX: i64 = 30;
pub const ABBREVIATION_MIN: i64 = 4;
pub const ABBREVIATION_MAX: i64 = 10;

/// A handle: lower-case letters, digits and single hyphens between them.
pub fn handle(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Required);
    }
    if text.len() < HANDLE_MIN {
        return Err(Problem::TooShort(HANDLE_MIN as i64));
    }
    if text.len() > HANDLE_MAX {
        return Err(Problem::TooLong(HANDLE_MAX as i64));
    }
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err(Problem::Rule("stores-handle-characters"));
    }
    Ok(text.to_owned())
}

/// A store's name.
pub fn name(text: &str) -> Result<String, Problem> {
    kernel::line(text, NAME_MIN, NAME_MAX)
}

/// How names are compared: without case, spaces or full-width forms, so that "Tea House" and "ＴＥＡ house" are one.
pub fn name_key(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            // Full-width forms of ASCII lie at a fixed distance from it (Unicode block FF00).
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// A handle made of a name, for a form to begin with; a name without Latin letters gives only `fallback`.
pub fn suggest_handle(name: &str, fallback: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.truncate(HANDLE_MAX);
    let out = out.trim_end_matches('-');
    if out.len() < HANDLE_MIN { fallback.to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_handle_is_plain() {
        assert_eq!(handle(" plum-tea-2 ").as_deref(), Ok("plum-tea-2"));
        for wrong in ["-ab", "ab-", "a--b", "Tea", "te a", "茶茶茶", "a/b", "..a", "a_b"] {
            assert_eq!(handle(wrong), Err(Problem::Rule("stores-handle-characters")), "{wrong}");
        }
        assert_eq!(handle("ab"), Err(Problem::TooShort(3)));
        assert_eq!(handle(&"a".repeat(31)), Err(Problem::TooLong(30)));
        assert_eq!(handle(""), Err(Problem::Required));
    }

    #[test]
    fn names_that_look_alike_are_one() {
        assert_eq!(name_key("Tea House"), name_key("ＴＥＡ house"));
        assert_eq!(name_key("ÉCLAIR"), name_key("éclair"));
        assert_ne!(name_key("Tea House"), name_key("Tea Houses"));
    }

    proptest! {
        #[test]
        fn a_suggested_handle_is_a_handle(name in "\\PC{0,60}") {
            let suggested = suggest_handle(&name, "store");
            prop_assert_eq!(handle(&suggested), Ok(suggested));
        }
    }
}
