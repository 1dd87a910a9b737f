//! Text that people typed, checked at the door.

use unicode_width::UnicodeWidthChar;

use crate::Problem;

/// How many columns the text takes: a CJK character counts two, as in the field's own limits.
pub fn columns(text: &str) -> i64 {
    text.chars().map(|c| c.width().unwrap_or(0) as i64).sum()
}

/// One line of `min` to `max` columns, trimmed. With `min` 0 it may be empty.
pub fn line(text: &str, min: i64, max: i64) -> Result<String, Problem> {
    checked(text, min, max, |c| c.is_control())
}

/// Several lines of `min` to `max` columns in all, trimmed; line ends become `\n`.
pub fn paragraph(text: &str, min: i64, max: i64) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    checked(&text, min, max, |c| c.is_control() && c != '\n' && c != '\t')
}

fn checked(text: &str, min: i64, max: i64, refused: impl Fn(char) -> bool) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().any(|c| refused(c) || is_invisible(c)) {
        return Err(Problem::Characters);
    }
    match columns(text) {
        0 if min > 0 => Err(Problem::Required),
        width if width < min => Err(Problem::TooShort(min)),
        // Zero-width characters are bounded too: an endless pile of accents takes no columns.
        width if width > max || text.chars().count() as i64 > max * 2 => Err(Problem::TooLong(max)),
        _ => Ok(text.to_owned()),
    }
}

/// Characters that reorder or hide text, with which one name can be made to look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_is_counted_in_columns() {
        assert_eq!(columns("茶馆 tea"), 8);
        assert_eq!(line("  茶馆 ", 4, 30).as_deref(), Ok("茶馆"));
        assert_eq!(line("茶", 4, 30), Err(Problem::TooShort(4)));
        assert_eq!(line("  ", 4, 30), Err(Problem::Required));
        assert_eq!(line("茶馆茶馆", 1, 7), Err(Problem::TooLong(7)));
    }

    #[test]
    fn text_that_cannot_be_shown_is_refused() {
        for wrong in ["a\0b", "a\nb", "a\u{202e}b", "a\u{feff}b", "a\u{1b}[2J"] {
            assert_eq!(line(wrong, 1, 30), Err(Problem::Characters), "{wrong:?}");
        }
        assert_eq!(paragraph("a\r\nb", 1, 30).as_deref(), Ok("a\nb"));
        let zalgo = format!("e{}", "\u{301}".repeat(100));
        assert_eq!(line(&zalgo, 1, 30), Err(Problem::TooLong(30)));
    }
}
