//! The document of a store's page and its limits. Pure rules.

use kernel::{ImageId, Invalid, Problem};
use serde::{Deserialize, Serialize};

use crate::hours::Hours;

/// Columns.
pub const INTRO_MAX: i64 = 120;
pub const ANNOUNCEMENT_MAX: i64 = 200;
pub const PHONE_MAX: i64 = 30;
pub const EMAIL_MAX: i64 = 120;
pub const GALLERY_MAX: usize = 9;
/// Minor units; far above any parcel, far below what sums could overflow.
pub const FREIGHT_MAX: i64 = 1_000_000_000;
/// The colour of a store that chose none.
pub const ACCENT: &str = "#c2410c";

/// What a delivery costs the buyer, in the store's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freight {
    pub fee: i64,
    /// Goods of at least this much are sent free.
    pub free_above: Option<i64>,
}

impl Freight {
    /// The fee for goods worth `goods`.
    pub fn of(self, goods: i64) -> i64 {
        if self.free_above.is_some_and(|least| goods >= least) { 0 } else { self.fee }
    }
}

/// Everything the page says. Old documents must still be read: new fields need a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StorePage {
    pub intro: String,
    pub announcement: String,
    pub phone: String,
    pub email: String,
    pub hours: Hours,
    pub cover: Option<ImageId>,
    pub gallery: Vec<ImageId>,
    /// `#rrggbb`.
    pub accent: String,
    pub freight: Freight,
}

impl Default for StorePage {
    fn default() -> Self {
        StorePage {
            intro: String::new(),
            announcement: String::new(),
            phone: String::new(),
            email: String::new(),
            hours: Hours::default(),
            cover: None,
            gallery: Vec::new(),
            accent: ACCENT.to_owned(),
            freight: Freight::default(),
        }
    }
}

impl StorePage {
    /// The page of a store that has just been opened.
    pub fn first(intro: &str, phone: &str, email: &str) -> Result<Self, Invalid> {
        let page =
            StorePage { intro: intro.into(), phone: phone.into(), email: email.into(), ..Default::default() };
        page.checked()
    }

    /// The page with every text trimmed, or all that is wrong with it. Whose pictures they are is not known here.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        self.intro = invalid.take("intro", kernel::paragraph(&self.intro, 0, INTRO_MAX));
        self.announcement =
            invalid.take("announcement", kernel::paragraph(&self.announcement, 0, ANNOUNCEMENT_MAX));
        self.phone = invalid.take("phone", phone(&self.phone));
        self.email = invalid.take("email", email(&self.email));
        self.accent = invalid.take("accent", accent(&self.accent));
        if let Err(errors) = self.hours.check() {
            invalid.0.extend(errors.0);
        }
        if self.gallery.len() > GALLERY_MAX {
            invalid.add("gallery", Problem::TooMany(GALLERY_MAX as i64));
        }
        invalid.take("freight.fee", amount(self.freight.fee, 0));
        if let Some(least) = self.freight.free_above {
            invalid.take("freight.free_above", amount(least, 1));
        }
        invalid.done()?;
        Ok(self)
    }

    /// Every picture it names.
    pub fn images(&self) -> Vec<ImageId> {
        self.cover.iter().chain(&self.gallery).copied().collect()
    }
}

fn amount(minor: i64, least: i64) -> Result<(), Problem> {
    match minor {
        _ if minor < least => Err(Problem::TooSmall(least)),
        _ if minor > FREIGHT_MAX => Err(Problem::TooLarge(FREIGHT_MAX)),
        _ => Ok(()),
    }
}

/// A phone number as it is printed on a door; at least three digits. Empty is none.
pub fn phone(text: &str) -> Result<String, Problem> {
    let text = kernel::line(text, 0, PHONE_MAX)?;
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if text.is_empty() || (plain && digits >= 3) { Ok(text) } else { Err(Problem::Rule("stores-phone-form")) }
}

/// An address that a mail program would take; whether mail arrives is not known here. Empty is none.
fn email(text: &str) -> Result<String, Problem> {
    let text = kernel::line(text, 0, EMAIL_MAX)?;
    let good = match text.split_once('@') {
        Some((name, host)) => {
            !name.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
                && !text.chars().any(|c| c.is_whitespace() || "<>\"'()[]\\,;:".contains(c))
        }
        None => text.is_empty(),
    };
    if good { Ok(text) } else { Err(Problem::Rule("stores-email-form")) }
}

/// `#rrggbb`, in lower case. Nothing else may stand where a style is written.
fn accent(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix('#').unwrap_or_default();
    let good = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if good { Ok(text) } else { Err(Problem::Rule("stores-accent-form")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freight_is_free_from_the_threshold_on() {
        let freight = Freight { fee: 500, free_above: Some(5_000) };
        assert_eq!((freight.of(4_999), freight.of(5_000), freight.of(0)), (500, 0, 500));
        assert_eq!(Freight { fee: 500, free_above: None }.of(1_000_000), 500);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let page = StorePage {
            intro: "茶".repeat(61),
            announcement: "a\0".into(),
            phone: "call me".into(),
            email: "a@b".into(),
            accent: "red;background:url(x)".into(),
            gallery: vec![ImageId::new(); 10],
            freight: Freight { fee: -1, free_above: Some(0) },
            ..Default::default()
        };
        let invalid = page.checked().unwrap_err();
        let fields: Vec<_> = invalid.0.iter().map(|e| e.field.as_ref()).collect();
        assert_eq!(
            fields,
            [
                "intro",
                "announcement",
                "phone",
                "email",
                "accent",
                "gallery",
                "freight.fee",
                "freight.free_above"
            ]
        );
    }

    #[test]
    fn a_document_of_an_older_version_is_read() {
        let page: StorePage = serde_json::from_str("{\"intro\":\"hi\"}").unwrap();
        assert_eq!((page.intro.as_str(), page.accent.as_str()), ("hi", ACCENT));
    }

    #[test]
    fn contacts_are_what_they_say() {
        assert!(phone("+65 6123-4567").is_ok() && phone("").is_ok());
        assert!(email("tea@plum.example").is_ok() && email("").is_ok());
        for wrong in ["a@b@c.d", "@b.c", "a@.c", "a b@c.d", "a@c.", "javascript:alert(1)@a.b"] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }
}
