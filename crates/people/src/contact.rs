//! An e-mail address or phone number, in the one form in which it is kept and compared.

use std::fmt;

use kernel::Problem;

/// How something is sent to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Email,
    Phone,
}

/// A normalised contact: `mei@example.com` in lower case, or `+6591234567`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Contact(String);

/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const EMAIL_MAX: usize = 254;
/// RFC 5321 §4.5.3.1.1.
const LOCAL_PART_MAX: usize = 64;
/// The shortest international number in use and the longest that E.164 allows.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

impl Contact {
    /// Reads what a person typed. Phone numbers need their country code: there is no default country, so a
    /// number without one would be a guess about whose phone gets the code.
    pub fn parse(text: &str) -> Result<Contact, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::Required);
        }
        if text.len() > EMAIL_MAX {
            return Err(Problem::TooLong(EMAIL_MAX as i64));
        }
        if text.contains('@') { email(text) } else { phone(text) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn channel(&self) -> Channel {
        if self.0.starts_with('+') { Channel::Phone } else { Channel::Email }
    }

    pub fn is_phone(&self) -> bool {
        self.channel() == Channel::Phone
    }

    /// The name of a new account, until its owner writes another: the first letters before the @, or the last digits. It
    /// is seen by everyone in a live room's talk, and must not be enough to write to.
    pub fn first_name(&self) -> String {
        match self.0.split_once('@') {
            Some((local, _)) => {
                let shown = (local.chars().count() / 2).clamp(1, 3);
                format!("{}…", local.chars().take(shown).collect::<String>())
            }
            None => format!("…{}", &self.0[self.0.len() - 4..]),
        }
    }

    /// For pages that others see: enough to recognise one's own, too little to write to.
    pub fn masked(&self) -> String {
        match self.0.split_once('@') {
            Some((local, domain)) => format!("{}…@{domain}", &local[..1]),
            None => format!("{}…{}", &self.0[..3], &self.0[self.0.len() - 2..]),
        }
    }
}

fn email(text: &str) -> Result<Contact, Problem> {
    let wrong = Problem::Rule("people-contact-email");
    let (local, domain) = text.rsplit_once('@').ok_or(wrong.clone())?;
    let local_fits = !local.is_empty()
        && local.len() <= LOCAL_PART_MAX
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b));
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
    // The local part may in theory tell cases apart; no provider people use does, and two accounts that
    // differ in a capital letter would be a trap.
    if local_fits && domain_fits { Ok(Contact(text.to_ascii_lowercase())) } else { Err(wrong) }
}

fn phone(text: &str) -> Result<Contact, Problem> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
    let international = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"));
    let digits = international.unwrap_or(&plain);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::Rule("people-contact-shape"));
    }
    if international.is_none() {
        return Err(Problem::Rule("people-contact-country"));
    }
    if PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0') {
        Ok(Contact(format!("+{digits}")))
    } else {
        Err(Problem::Rule("people-contact-phone"))
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl db::ToCell for Contact {
    fn to_cell(&self) -> db::Cell<'_> {
        db::Cell::Text(self.0.as_str().into())
    }
}
impl db::FromCell for Contact {
    fn from_cell(cell: db::Cell<'_>) -> Result<Self, String> {
        String::from_cell(cell).map(Contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<String, Problem> {
        Contact::parse(text).map(|contact| contact.0)
    }

    #[test]
    fn one_person_writes_their_contact_in_many_ways() {
        for text in ["+65 9123 4567", "0065-9123-4567", "+65 (9123) 4567", "+6591234567"] {
            assert_eq!(parsed(text).as_deref(), Ok("+6591234567"), "{text}");
        }
        for text in ["Mei.Tan@Example.COM", " mei.tan@example.com "] {
            assert_eq!(parsed(text).as_deref(), Ok("mei.tan@example.com"));
        }
    }

    #[test]
    fn what_cannot_be_reached_is_refused_with_its_reason() {
        let rule = |key| Err(Problem::Rule(key));
        assert_eq!(parsed("  "), Err(Problem::Required));
        assert_eq!(parsed("91234567"), rule("people-contact-country"));
        assert_eq!(parsed("+0123456789"), rule("people-contact-phone"));
        assert_eq!(parsed("+123456"), rule("people-contact-phone"));
        assert_eq!(parsed("++6591234567"), rule("people-contact-shape"));
        assert_eq!(parsed("+"), rule("people-contact-shape"));
        assert_eq!(parsed("mei"), rule("people-contact-shape"));
        assert_eq!(parsed("+٦٥٩١٢٣٤٥٦٧"), rule("people-contact-shape"), "digits of another script");
        for text in
            ["@b.co", "a@b", "a@b..co", "a b@c.co", "a@-b.co", "a..b@c.co", "a@b.co\r\nBcc: x@y.z", "é@b.co"]
        {
            assert_eq!(parsed(text), rule("people-contact-email"), "{text}");
        }
        assert_eq!(parsed(&format!("{}@b.co", "a".repeat(300))), Err(Problem::TooLong(254)));
    }

    #[test]
    fn a_masked_contact_tells_little() {
        assert_eq!(Contact::parse("mei@example.com").unwrap().masked(), "m…@example.com");
        assert_eq!(Contact::parse("+6591234567").unwrap().masked(), "+65…67");
    }

    proptest! {
        #[test]
        fn what_is_accepted_reads_back_as_itself(text in "\\PC*|[+0-9 -]{6,20}|[a-zA-Z.]{1,9}@[a-z.-]{1,12}") {
            if let Ok(contact) = Contact::parse(&text) {
                prop_assert_eq!(Contact::parse(contact.as_str()), Ok(contact.clone()));
                prop_assert!(contact.as_str().bytes().all(|b| b.is_ascii_graphic()));
                contact.masked();
                contact.first_name();
            }
        }
    }
}
