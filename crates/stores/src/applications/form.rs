//! The answers of an application. A draft takes almost anything; [`check`] says what is still missing or wrong.

use std::collections::BTreeMap;

use kernel::{Currency, ImageId, Invalid, Problem};
use people::Contact;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Platform;

use super::region::{self, Region};
use crate::{branches::ADDRESS_MAX, store};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $field:ident $text:literal;)*) => {
        db::text_enum! {
            /// One question of the form; operators give their reasons by it.
            #[derive(PartialOrd, Ord)]
            pub enum Field { $($(#[$doc])* $variant = $text),* }
        }

        /// Answers as they are sent: those that are there replace what was saved, an empty one clears it.
        #[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Answers {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<String>,)*
        }

        impl Answers {
            fn given(self) -> Vec<(Field, String)> {
                let mut given = Vec::new();
                $(if let Some(answer) = self.$field { given.push((Field::$variant, answer)) })*
                given
            }
        }

        impl From<&Form> for Answers {
            fn from(form: &Form) -> Self {
                Self { $($field: form.0.get(&Field::$variant).cloned(),)* }
            }
        }
    };
}

fields! {
    /// `company`, `self-employed` or `individual`.
    Subject subject "subject";
    /// ISO 3166 code of the region the store sells in.
    Region region "region";
    /// Who answers questions about the store.
    ContactName contact_name "contact_name";
    /// With its country code. A phone number or an e-mail address is needed.
    ContactPhone contact_phone "contact_phone";
    ContactEmail contact_email "contact_email";
    /// As on the licence, or on an individual's identity document; 2 to 100 columns.
    LegalName legal_name "legal_name";
    /// For companies and the self-employed.
    LicenceNumber licence_number "licence_number";
    /// The id of an uploaded picture of the licence; for companies and the self-employed.
    LicenceImage licence_image "licence_image";
    /// 4 to 30 columns, unique on the platform.
    StoreName store_name "store_name";
    /// 4 to 10 columns.
    Abbreviation abbreviation "abbreviation";
    /// The store's place in addresses: lower-case letters, digits and hyphens.
    Handle handle "handle";
    /// 4 to 120 columns.
    Intro intro "intro";
    /// ISO 4217 code, one of the region's.
    Currency currency "currency";
    /// IANA name, one of the region's.
    TimeZone time_zone "time_zone";
    /// Who receives goods that come back.
    ReturnName return_name "return_name";
    ReturnPhone return_phone "return_phone";
    ReturnAddress return_address "return_address";
}

db::text_enum! {
    /// Who opens a store.
    pub enum Subject {
        /// A company with a business licence.
        Company = "company",
        /// A seller with a licence of their own.
        SelfEmployed = "self-employed",
        /// Identity only.
        Individual = "individual",
    }
}

impl Subject {
    pub const fn has_licence(self) -> bool {
        !matches!(self, Subject::Individual)
    }

    /// Whether the platform takes applications of this kind.
    pub fn is_open(self, platform: &Platform) -> bool {
        match self {
            Subject::Company => platform.companies_may_apply,
            Subject::SelfEmployed => platform.self_employed_may_apply,
            Subject::Individual => platform.individuals_may_apply,
        }
    }
}

/// Columns of any answer while it is a draft; what it may be in the end is checked when it is submitted.
const DRAFT_MAX: i64 = 600;
const LEGAL_NAME: (i64, i64) = (2, 100);
const LICENCE_NUMBER: std::ops::RangeInclusive<usize> = 4..=40;
const PERSON_NAME: (i64, i64) = (1, 60);
const INTRO: (i64, i64) = (4, 120);
const ADDRESS_MIN: i64 = 6;
/// Handles that stand for pages of the console itself.
const RESERVED_HANDLES: [&str; 3] = ["applications", "stores", "waiting"];

/// The saved answers. Empty ones are not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form(BTreeMap<Field, String>);

impl Form {
    /// The answer, empty if there is none.
    pub fn get(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }

    pub fn subject(&self) -> Option<Subject> {
        Subject::from_text(self.get(Field::Subject))
    }

    pub fn region(&self) -> Option<&'static Region> {
        region::by_code(self.get(Field::Region))
    }

    /// Puts the given answers in; answers with the fields that changed. Only what could not be kept is refused.
    pub fn merge(&mut self, answers: Answers) -> Result<Vec<Field>, Invalid> {
        let mut invalid = Invalid::new();
        let mut changed = Vec::new();
        let mut next = self.clone();
        for (field, answer) in answers.given() {
            let answer = invalid.take(field.as_str(), kernel::paragraph(&answer, 0, DRAFT_MAX));
            next.put(field, answer, &mut changed);
        }
        invalid.done()?;
        if let Some(region) = next.region().filter(|_| changed.contains(&Field::Region)) {
            next.follow(region, &mut changed);
        }
        *self = next;
        Ok(changed)
    }

    fn put(&mut self, field: Field, answer: String, changed: &mut Vec<Field>) {
        if self.get(field) == answer {
            return;
        }
        changed.push(field);
        if answer.is_empty() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, answer);
        }
    }

    /// Another region brings its own money and clocks.
    fn follow(&mut self, region: &Region, changed: &mut Vec<Field>) {
        if !region.currencies.iter().any(|currency| currency.code() == self.get(Field::Currency)) {
            let first = region.currencies.first().map_or("", |currency| currency.code());
            self.put(Field::Currency, first.to_owned(), changed);
        }
        if !region.time_zones.contains(&self.get(Field::TimeZone)) {
            self.put(Field::TimeZone, region.time_zones[0].to_owned(), changed);
        }
    }
}

/// A form that holds: what a store can be opened with.
#[derive(Clone, Debug)]
pub struct Details {
    pub subject: Subject,
    pub region: &'static Region,
    pub legal_name: String,
    /// Of companies and the self-employed, in its compared form.
    pub licence_number: Option<String>,
    pub licence_image: Option<ImageId>,
    pub contact_name: String,
    pub contact_phone: String,
    pub contact_email: String,
    pub store_name: String,
    pub abbreviation: String,
    pub handle: String,
    pub intro: String,
    pub currency: Currency,
    pub time_zone: &'static str,
    pub return_name: String,
    pub return_phone: String,
    pub return_address: String,
}

/// Reads the whole form, or says everything that is wrong with it at once. Whether names are taken, and whose the
/// picture is, only the database knows.
pub fn check(form: &Form, platform: &Platform) -> Result<Details, Invalid> {
    let mut invalid = Invalid::new();
    let subject = required(&mut invalid, Field::Subject, subject(form, platform));
    let region = required(&mut invalid, Field::Region, region(form));
    let mut line = |field: Field, (min, max): (i64, i64)| {
        invalid.take(field.as_str(), kernel::line(form.get(field), min, max))
    };
    let legal_name = line(Field::LegalName, LEGAL_NAME);
    let contact_name = line(Field::ContactName, PERSON_NAME);
    let abbreviation = line(Field::Abbreviation, (store::ABBREVIATION_MIN, store::ABBREVIATION_MAX));
    let intro = line(Field::Intro, INTRO);
    let return_name = line(Field::ReturnName, PERSON_NAME);
    let mut take = |field: Field, value: Result<String, Problem>| invalid.take(field.as_str(), value);
    let store_name = take(Field::StoreName, store::name(form.get(Field::StoreName)));
    let handle = take(Field::Handle, handle(form.get(Field::Handle)));
    let return_phone = take(Field::ReturnPhone, phone(form.get(Field::ReturnPhone)));
    let return_address = take(
        Field::ReturnAddress,
        kernel::line(&one_line(form.get(Field::ReturnAddress)), ADDRESS_MIN, ADDRESS_MAX),
    );
    let (contact_phone, contact_email) = contacts(form, &mut invalid);
    let (licence_number, licence_image) = licence(form, subject, &mut invalid);
    let (currency, time_zone) = locality(form, region, &mut invalid);
    invalid.done()?;
    // All of these are there when nothing was wrong; the literal keeps the types honest without a panic.
    let missing = || Invalid::field(Field::Subject.as_str(), Problem::Required);
    Ok(Details {
        subject: subject.ok_or_else(missing)?,
        region: region.ok_or_else(missing)?,
        legal_name,
        licence_number,
        licence_image,
        contact_name,
        contact_phone,
        contact_email,
        store_name,
        abbreviation,
        handle,
        intro,
        currency: currency.ok_or_else(missing)?,
        time_zone: time_zone.ok_or_else(missing)?,
        return_name,
        return_phone,
        return_address,
    })
}

fn required<T>(invalid: &mut Invalid, field: Field, value: Result<T, Problem>) -> Option<T> {
    value.map_err(|problem| invalid.add(field.as_str(), problem)).ok()
}

fn subject(form: &Form, platform: &Platform) -> Result<Subject, Problem> {
    match form.get(Field::Subject) {
        "" => Err(Problem::Required),
        text => match Subject::from_text(text) {
            None => Err(Problem::NotAChoice),
            Some(subject) if !subject.is_open(platform) => Err(Problem::Rule("applications-subject-closed")),
            Some(subject) => Ok(subject),
        },
    }
}

fn region(form: &Form) -> Result<&'static Region, Problem> {
    match form.get(Field::Region) {
        "" => Err(Problem::Required),
        code => match region::by_code(code) {
            None => Err(Problem::NotAChoice),
            Some(region) if !region.has_stores() => Err(Problem::Rule("applications-region-closed")),
            Some(region) => Ok(region),
        },
    }
}

fn handle(text: &str) -> Result<String, Problem> {
    let handle = store::handle(text)?;
    if RESERVED_HANDLES.contains(&handle.as_str()) { Err(Problem::Taken) } else { Ok(handle) }
}

fn phone(text: &str) -> Result<String, Problem> {
    let contact = Contact::parse(text)?;
    if contact.is_phone() { Ok(contact.to_string()) } else { Err(Problem::Rule("people-contact-phone")) }
}

fn email(text: &str) -> Result<String, Problem> {
    let contact = Contact::parse(text)?;
    if contact.is_phone() { Err(Problem::Rule("people-contact-email")) } else { Ok(contact.to_string()) }
}

/// A parcel's label has lines; an address that is kept is one.
fn one_line(address: &str) -> String {
    let lines: Vec<&str> = address.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(", ")
}

/// One of the two must be there; what is there must be right.
fn contacts(form: &Form, invalid: &mut Invalid) -> (String, String) {
    let (phone_text, email_text) = (form.get(Field::ContactPhone), form.get(Field::ContactEmail));
    if phone_text.is_empty() && email_text.is_empty() {
        invalid.add(Field::ContactPhone.as_str(), Problem::Rule("applications-contact-one"));
    }
    let mut read = |field: Field, text: &str, read: fn(&str) -> Result<String, Problem>| {
        if text.is_empty() { String::new() } else { invalid.take(field.as_str(), read(text)) }
    };
    (read(Field::ContactPhone, phone_text, phone), read(Field::ContactEmail, email_text, email))
}

fn licence(
    form: &Form,
    subject: Option<Subject>,
    invalid: &mut Invalid,
) -> (Option<String>, Option<ImageId>) {
    if subject.is_some_and(|subject| !subject.has_licence()) {
        return (None, None);
    }
    let number = licence_number(form.get(Field::LicenceNumber));
    let image = match form.get(Field::LicenceImage) {
        "" => Err(Problem::Required),
        text => text.parse::<ImageId>().map_err(|_| Problem::NotFound),
    };
    (required(invalid, Field::LicenceNumber, number), required(invalid, Field::LicenceImage, image))
}

/// As it is compared: without spaces and in capital letters, so that one licence is not two.
pub fn licence_number(text: &str) -> Result<String, Problem> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    match plain.chars().count() {
        0 => Err(Problem::Required),
        n if n < *LICENCE_NUMBER.start() => Err(Problem::TooShort(*LICENCE_NUMBER.start() as i64)),
        n if n > *LICENCE_NUMBER.end() => Err(Problem::TooLong(*LICENCE_NUMBER.end() as i64)),
        _ if !plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-/.()".contains(&b)) => {
            Err(Problem::Rule("applications-licence-characters"))
        }
        _ => Ok(plain),
    }
}

fn locality(
    form: &Form,
    region: Option<&'static Region>,
    invalid: &mut Invalid,
) -> (Option<Currency>, Option<&'static str>) {
    // Without a region there is nothing to choose from, and the region's own error says so.
    let Some(region) = region else { return (None, None) };
    let currency = Currency::from_code(form.get(Field::Currency))
        .filter(|currency| region.currencies.contains(currency))
        .ok_or(Problem::NotAChoice);
    let zone = form.get(Field::TimeZone);
    let time_zone = region.time_zones.iter().copied().find(|known| *known == zone).ok_or(Problem::NotAChoice);
    (required(invalid, Field::Currency, currency), required(invalid, Field::TimeZone, time_zone))
}
