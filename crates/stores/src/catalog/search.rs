//! How text is found inside titles, in any script: every two neighbouring characters of a word are a *gram*, kept as
//! one number in an index. A text is looked for by its grams, and the hits are compared in full. Pure rules.

use std::collections::BTreeSet;

/// The longest text that is looked for, in characters; more would only cost time.
pub const QUERY_MAX: usize = 60;

/// A text as it is compared: lower case, full-width forms as plain ones, one space between words.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(plain_width).flat_map(char::to_lowercase) {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn plain_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A Unicode character needs 21 bits, so two fit into a bigint and keep their order.
const fn gram(first: char, second: u32) -> i64 {
    ((first as i64) << 21) | second as i64
}

/// The grams of a folded text that is kept: each pair within a word, and each word's last character alone.
pub fn grams(folded: &str) -> BTreeSet<i64> {
    let mut out = BTreeSet::new();
    for word in folded.split(' ') {
        let mut chars = word.chars().peekable();
        while let Some(c) = chars.next() {
            out.insert(gram(c, chars.peek().map_or(0, |next| *next as u32)));
        }
    }
    out
}

/// What must be looked for to find a folded text: ranges of grams, each of which a hit has at least one of.
pub fn needed(folded: &str) -> Vec<(i64, i64)> {
    let mut out = BTreeSet::new();
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        let mut chars = word.chars().peekable();
        let first = chars.peek().copied();
        let mut alone = true;
        while let Some(c) = chars.next() {
            if let Some(next) = chars.peek() {
                alone = false;
                out.insert((gram(c, *next as u32), gram(c, *next as u32)));
            }
        }
        if let (true, Some(c)) = (alone, first) {
            out.insert((gram(c, 0), gram(c, 0x1f_ffff)));
        }
    }
    out.into_iter().collect()
}

/// The pattern of LIKE for a text anywhere, with `\` before what means something there.
pub fn like(folded: &str) -> String {
    let mut out = String::from("%");
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_folded() {
        assert_eq!(fold("  Plum\u{3000}ＴＥＡ  梅子茶 "), "plum tea 梅子茶");
        assert_eq!(like("50%_\\"), "%50\\%\\_\\\\%");
        assert_eq!(grams("茶 ab").len(), 3);
        assert!(needed("").is_empty());
    }

    proptest! {
        /// Whatever is part of a title is found by its grams: the index never hides a hit.
        #[test]
        fn every_part_of_a_title_is_found(title in "[a-cA-C茶梅 ]{1,20}", from in 0usize..20, length in 1usize..8) {
            let folded = fold(&title);
            let part: String = folded.chars().skip(from).take(length).collect();
            let kept = grams(&folded);
            for (least, most) in needed(&fold(&part)) {
                prop_assert!(kept.range(least..=most).next().is_some(), "{:?} in {:?}", part, folded);
            }
        }
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,30}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
