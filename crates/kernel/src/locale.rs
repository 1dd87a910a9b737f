//! The languages people read.

use serde::{Deserialize, Serialize};

/// A language the pages are complete in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl Locale {
    pub const ALL: [Locale; 2] = [Locale::English, Locale::Chinese];

    /// The BCP 47 tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Locale::English => "en",
            Locale::Chinese => "zh-CN",
        }
    }

    /// The language's own name, for the switch.
    pub const fn name(self) -> &'static str {
        match self {
            Locale::English => "English",
            Locale::Chinese => "简体中文",
        }
    }

    /// Reads a tag such as `zh`, `zh-Hans-SG` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next()?;
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Locale::English),
            "zh" => Some(Locale::Chinese),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that we have, by weight (RFC 9110 §12.5.4).
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Locale)> = None;
        for part in header.split(',').take(32) {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let thousandths =
                weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
            let weight = (thousandths.clamp(0.0, 1.0) * 1000.0) as u32;
            if let Some(locale) = Locale::from_tag(tag)
                && weight > 0
                && best.is_none_or(|(heaviest, _)| weight > heaviest)
            {
                best = Some((weight, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        let read = Locale::from_accept_language;
        assert_eq!(read("fr, en;q=0.3, zh-SG;q=0.8"), Some(Locale::Chinese));
        assert_eq!(read("en-GB,zh"), Some(Locale::English));
        assert_eq!(read("fr"), None);
        assert_eq!(read("zh;q=0"), None);
    }
}
