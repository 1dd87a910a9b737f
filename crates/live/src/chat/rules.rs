//! What becomes of a comment. Pure rules over what is known of the room and of who says it; no SQL, no clock.

use std::time::Duration;

use kernel::Timestamp;

/// Characters of a comment.
pub const TEXT_MAX: usize = 200;
/// The same words of one person again within this time are no comment.
pub const SAME_WITHIN: Duration = Duration::from_secs(30);
/// Nobody types faster, whatever way they came.
pub const FASTEST: Duration = Duration::from_millis(500);
/// An account younger than this shows no links before a moderator has seen them.
pub const NEW_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known when someone says something.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    pub now: Timestamp,
    /// Whether the room is one in which people talk now.
    pub open: bool,
    /// Whether the store says it, or someone whom it trusts: most rules do not hold for them.
    pub staff: bool,
    pub banned: bool,
    pub muted_until: Option<Timestamp>,
    pub shadowed: bool,
    pub slow_seconds: i64,
    /// What this person said last in this room, folded.
    pub last: Option<(Timestamp, &'f str)>,
    pub account_since: Timestamp,
    /// What nobody may say in this store, folded.
    pub words: &'f [String],
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everyone sees it.
    Show,
    /// A moderator decides.
    Hold,
    /// Who said it sees it, and nobody else; they are not told, so that they do not try other words.
    Hide,
}

/// Why someone was not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    #[error("nothing was said")]
    Empty,
    #[error("longer than {TEXT_MAX} characters")]
    TooLong,
    #[error("characters that cannot be shown")]
    Characters,
    #[error("nobody talks here now")]
    Closed,
    #[error("banned from this store's rooms")]
    Banned,
    #[error("muted")]
    Muted { until: Timestamp },
    #[error("the same again")]
    Same,
    #[error("too fast for this room")]
    Slow { wait_ms: i64 },
}

impl Unheard {
    /// The key of what is said about it.
    pub const fn key(self) -> &'static str {
        match self {
            Unheard::Empty => "chat-empty",
            Unheard::TooLong => "chat-too-long",
            Unheard::Characters => "chat-characters",
            Unheard::Closed => "chat-closed",
            Unheard::Banned => "chat-banned",
            Unheard::Muted { .. } => "chat-muted",
            Unheard::Same => "chat-same",
            Unheard::Slow { .. } => "chat-slow",
        }
    }
}

/// A comment as it was typed, made one line that can be shown.
pub fn read(text: &str) -> Result<String, Unheard> {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    if spaced.trim().chars().count() > TEXT_MAX {
        return Err(Unheard::TooLong);
    }
    kernel::line(&spaced, 1, 2 * TEXT_MAX as i64).map_err(|problem| match problem {
        kernel::Problem::Required | kernel::Problem::TooShort(_) => Unheard::Empty,
        kernel::Problem::TooLong(_) => Unheard::TooLong,
        _ => Unheard::Characters,
    })
}

/// Full-width letters, digits and signs as the common ones: they are the same to a reader.
pub fn narrow(text: &str) -> String {
    let narrow = |c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).collect()
}

/// Words without case, spaces and punctuation, so that `B a d!` is `bad`.
pub fn fold(text: &str) -> String {
    narrow(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What becomes of a comment.
pub fn judge(text: &str, facts: &Facts<'_>) -> Result<Verdict, Unheard> {
    if !facts.open {
        return Err(Unheard::Closed);
    }
    if facts.banned {
        return Err(Unheard::Banned);
    }
    if facts.staff {
        return Ok(Verdict::Show);
    }
    if let Some(until) = facts.muted_until.filter(|until| *until > facts.now) {
        return Err(Unheard::Muted { until });
    }
    let folded = fold(text);
    if let Some((at, said)) = facts.last {
        let since = facts.now.duration_since(at);
        if said == folded && since.unsigned_abs() < SAME_WITHIN {
            return Err(Unheard::Same);
        }
        let distance_ms = (facts.slow_seconds * 1_000).max(FASTEST.as_millis() as i64);
        let wait_ms = distance_ms - i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        if wait_ms > 0 {
            return Err(Unheard::Slow { wait_ms });
        }
    }
    if facts.shadowed || facts.words.iter().any(|word| !word.is_empty() && folded.contains(word.as_str())) {
        return Ok(Verdict::Hide);
    }
    let is_new = facts.now.duration_since(facts.account_since).unsigned_abs() < NEW_FOR;
    if is_new && has_link(text) {
        return Ok(Verdict::Hold);
    }
    Ok(Verdict::Show)
}

/// Something that a reader would take for an address: `http://…`, or words joined by a dot that end like one.
pub fn has_link(text: &str) -> bool {
    const ENDINGS: [&str; 22] = [
        "com", "net", "org", "cn", "sg", "io", "me", "co", "xyz", "top", "shop", "site", "online", "vip",
        "cc", "info", "biz", "app", "link", "click", "live", "ru",
    ];
    let text = text.to_lowercase();
    if text.contains("://") || text.contains("www.") {
        return true;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    text.split(|c: char| !is_part(c)).any(|word| {
        let word = word.trim_matches('.');
        word.rsplit_once('.').is_some_and(|(name, ending)| {
            ENDINGS.contains(&ending) && name.chars().any(|c| c.is_ascii_alphabetic())
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_503_200 + second).unwrap()
    }

    fn facts() -> Facts<'static> {
        Facts {
            now: at(0),
            open: true,
            staff: false,
            banned: false,
            muted_until: None,
            shadowed: false,
            slow_seconds: 0,
            last: None,
            account_since: at(-1_000_000),
            words: &[],
        }
    }

    #[test]
    fn a_comment_is_one_line_of_at_most_200_characters() {
        assert_eq!(read("  how\n much? ").as_deref(), Ok("how  much?"));
        assert_eq!(read(&"多".repeat(200)).map(|text| text.chars().count()), Ok(200));
        assert_eq!(read(&"x".repeat(201)), Err(Unheard::TooLong));
        assert_eq!(read(" \n "), Err(Unheard::Empty));
        assert_eq!(read("a\u{202e}b"), Err(Unheard::Characters));
        assert!(read("👩‍👩‍👧 nice").is_ok(), "joined emoji are one picture");
    }

    #[test]
    fn the_same_again_and_too_fast_are_not_heard() {
        let last = |second, said| Facts { last: Some((at(second), said)), ..facts() };
        assert_eq!(judge("Hello!", &last(-29, "hello")), Err(Unheard::Same));
        assert_eq!(judge("Hello!", &last(-30, "hello")), Ok(Verdict::Show));
        assert_eq!(judge("Hello?", &last(-1, "other")), Ok(Verdict::Show));
        assert_eq!(judge("Hello?", &last(0, "other")), Err(Unheard::Slow { wait_ms: 500 }));
        let slow = Facts { slow_seconds: 10, ..last(-4, "other") };
        assert_eq!(judge("Hello", &slow), Err(Unheard::Slow { wait_ms: 6_000 }));
        assert_eq!(judge("Hello", &Facts { slow_seconds: 10, ..last(-10, "other") }), Ok(Verdict::Show));
    }

    #[test]
    fn a_mute_ends_by_itself_and_a_ban_does_not() {
        let muted = Facts { muted_until: Some(at(5)), ..facts() };
        assert_eq!(judge("hi", &muted), Err(Unheard::Muted { until: at(5) }));
        assert_eq!(judge("hi", &Facts { now: at(5), ..muted }), Ok(Verdict::Show));
        assert_eq!(judge("hi", &Facts { banned: true, ..facts() }), Err(Unheard::Banned));
        assert_eq!(judge("hi", &Facts { open: false, ..facts() }), Err(Unheard::Closed));
    }

    #[test]
    fn blocked_words_are_found_however_they_are_dressed() {
        let words = ["badword".to_owned(), "加微信".to_owned()];
        let blocked = Facts { words: &words, ..facts() };
        for text in ["b a d w o r d", "BADWORD!!", "ｂａｄｗｏｒｄ", "加-微-信 123"] {
            assert_eq!(judge(text, &blocked), Ok(Verdict::Hide), "{text}");
        }
        assert_eq!(judge("a bad day, word", &blocked), Ok(Verdict::Show));
        assert_eq!(
            judge("badword", &Facts { staff: true, ..blocked }),
            Ok(Verdict::Show),
            "staff are trusted"
        );
        assert_eq!(judge("nice", &Facts { shadowed: true, ..facts() }), Ok(Verdict::Hide));
    }

    #[test]
    fn a_new_account_shows_no_links() {
        let new = Facts { account_since: at(-100), ..facts() };
        for text in ["see https://evil.example", "cheap at deals.shop now", "www.x", "Visit Foo-Bar.CN!"] {
            assert_eq!(judge(text, &new), Ok(Verdict::Hold), "{text}");
            assert_eq!(judge(text, &facts()), Ok(Verdict::Show), "an older account may: {text}");
        }
        for text in ["3.50 is fine", "great.thanks", "e.g. this", "no. 2"] {
            assert_eq!(judge(text, &new), Ok(Verdict::Show), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_judged_without_a_fault(text in "\\PC{0,300}") {
            if let Ok(text) = read(&text) {
                prop_assert!(text.chars().count() <= TEXT_MAX);
                prop_assert!(judge(&text, &facts()).is_ok());
                let folded = fold(&text);
                prop_assert_eq!(fold(&folded), folded.clone());
            }
        }
    }
}
