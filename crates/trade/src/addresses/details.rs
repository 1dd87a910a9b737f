//! What an address must hold. Pure rules.

use kernel::{Invalid, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Columns; a CJK character counts two.
const NAME_MAX: i64 = 40;
const REGION_MAX: i64 = 60;
const LINES_MAX: i64 = 200;
const POSTCODE_MAX: i64 = 12;
/// Digits of a phone number (ITU-T E.164 allows fifteen).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;
const PHONE_MAX: i64 = 24;

/// Who receives or fetches the goods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    pub name: String,
    pub phone: String,
}

/// A postal address with the person there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    pub name: String,
    pub phone: String,
    /// City, district or state.
    pub region: String,
    /// Street, house, unit; several lines.
    pub lines: String,
    #[serde(default)]
    pub postcode: String,
}

impl Recipient {
    /// With every text trimmed, or all that is wrong.
    pub fn checked(self) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        let checked = Recipient {
            name: invalid.take("name", kernel::line(&self.name, 1, NAME_MAX)),
            phone: invalid.take("phone", phone(&self.phone)),
        };
        invalid.done()?;
        Ok(checked)
    }
}

impl Details {
    /// With every text trimmed, or all that is wrong.
    pub fn checked(self) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        let checked = Details {
            name: invalid.take("name", kernel::line(&self.name, 1, NAME_MAX)),
            phone: invalid.take("phone", phone(&self.phone)),
            region: invalid.take("region", kernel::line(&self.region, 1, REGION_MAX)),
            lines: invalid.take("lines", kernel::paragraph(&self.lines, 1, LINES_MAX)),
            postcode: invalid.take("postcode", kernel::line(&self.postcode, 0, POSTCODE_MAX)),
        };
        invalid.done()?;
        Ok(checked)
    }
}

/// A number that a courier can call, as the person wrote it.
fn phone(text: &str) -> Result<String, Problem> {
    let text = kernel::line(text, 1, PHONE_MAX)?;
    let known = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if known && PHONE_DIGITS.contains(&digits) { Ok(text) } else { Err(Problem::Rule("checkout-phone-form")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_named_at_once() {
        let wrong = Details { phone: "call me".into(), postcode: "1".repeat(13), ..Details::default() };
        let invalid = wrong.checked().unwrap_err();
        let fields: Vec<_> = invalid.0.iter().map(|e| e.field.as_ref()).collect();
        assert_eq!(fields, ["name", "phone", "region", "lines", "postcode"]);
    }

    #[test]
    fn phone_numbers_are_kept_as_written() {
        assert_eq!(phone(" +65 8123 4567 ").as_deref(), Ok("+65 8123 4567"));
        for wrong in ["12345", "1234567890123456", "8123 456x", "８１２３４５６７"] {
            assert!(phone(wrong).is_err(), "{wrong}");
        }
    }
}
