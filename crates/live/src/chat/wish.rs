//! A comment that says what its author wants of the shelf: `3`, `#3`, `3 x2`, `+3`, `要3`, `3号2件`. Pure; whether there is
//! such a product is for others to know.

use serde::Serialize;
use utoipa::ToSchema;

use super::rules;

/// What a comment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wish {
    /// The product's number on the shelf.
    pub number: i64,
    pub pieces: i64,
}

/// More pieces than this nobody orders by a comment.
const PIECES_MAX: i64 = 99;
const BEFORE: [&str; 11] = ["i want", "want", "buy", "number", "no.", "我要", "要", "买", "来", "扣", "+"];
const TIMES: [&str; 4] = ["x", "×", "*", "要"];
const PIECES: [&str; 7] = ["pieces", "pcs", "pc", "件", "个", "份", "只"];

/// Reads a whole comment; words around the number are talk, and no wish.
pub fn read(text: &str) -> Option<Wish> {
    let text = rules::narrow(text).to_lowercase();
    let text = text.trim().trim_end_matches(['!', '.', '~', '。', '～']);
    let text = skip(text, &BEFORE).unwrap_or(text);
    let text = skip(text, &["#"]).unwrap_or(text);
    let (number, text) = count(text)?;
    let (is_named, text) = after(text, &["号"]);
    if text.is_empty() {
        return Some(Wish { number, pieces: 1 });
    }
    let (is_times, text) = after(text, &TIMES);
    let (pieces, text) = count(text)?;
    let (is_pieces, text) = after(text, &PIECES);
    // Two numbers alone are no order: `7 30` is a time.
    (text.is_empty() && (is_named || is_times || is_pieces) && (1..=PIECES_MAX).contains(&pieces))
        .then_some(Wish { number, pieces })
}

fn skip<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| text.strip_prefix(word)).map(str::trim_start)
}

fn after<'t>(text: &'t str, words: &[&str]) -> (bool, &'t str) {
    skip(text, words).map_or((false, text), |rest| (true, rest))
}

/// At most three digits, and what comes after them.
fn count(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.len() <= 3).then(|| digits.parse().ok()).flatten().map(|number| (number, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_a_wish_however_it_is_written() {
        for text in [
            "3",
            " 3 ",
            "#3",
            "# 3",
            "+3",
            "No.3",
            "no. 3",
            "number 3",
            "I want 3",
            "buy 3!",
            "３",
            "＃３",
            "要3",
            "我要3号",
            "3号",
            "扣3",
            "要#3。",
        ] {
            assert_eq!(read(text), Some(Wish { number: 3, pieces: 1 }), "{text}");
        }
        for text in [
            "3 x2",
            "3x2",
            "3 X 2",
            "3×2",
            "3*2",
            "#3 x2",
            "+3 ×2",
            "３ｘ２",
            "要3 x2",
            "3号2件",
            "3号要2件",
            "3要2",
            "3 2件",
            "buy 3 x2 pcs",
        ] {
            assert_eq!(read(text), Some(Wish { number: 3, pieces: 2 }), "{text}");
        }
    }

    #[test]
    fn talk_is_no_wish() {
        let talk = [
            "",
            "#",
            "+",
            "x2",
            "7 30",
            "3 2",
            "3.50",
            "3 is nice",
            "is 3 there?",
            "1234",
            "3 x0",
            "3 x100",
            "3x",
            "3号x",
            "-3",
            "要",
            "我要",
            "3 x 2 x 2",
            "2026",
            "3件2号",
        ];
        for text in talk {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_read_without_a_fault(text in "\\PC{0,60}") {
            if let Some(wish) = read(&text) {
                prop_assert!((0..=999).contains(&wish.number) && (1..=PIECES_MAX).contains(&wish.pieces));
            }
        }
    }
}
