//! Every rule of the form, without a database.

use kernel::{ImageId, Invalid, Problem};
use proptest::prelude::*;
use web::Platform;

use super::form::{Answers, Field, Form, check, licence_number};

fn platform() -> Platform {
    Platform::new("http://localhost", Vec::new())
}

fn set(form: &mut Form, field: Field, text: &str) {
    let answers: Answers = serde_json::from_value(serde_json::json!({ field.as_str(): text })).unwrap();
    form.merge(answers).unwrap();
}

fn complete() -> Form {
    let mut form = Form::default();
    let image = ImageId::new().to_string();
    for (field, text) in [
        (Field::Subject, "company"),
        (Field::Region, "SG"),
        (Field::ContactName, "Rose Tan"),
        (Field::ContactEmail, "rose@example.com"),
        (Field::LegalName, "Rose Tan Foods"),
        (Field::LicenceNumber, "53312345X"),
        (Field::LicenceImage, image.as_str()),
        (Field::StoreName, "茶馆"),
        (Field::Abbreviation, "茶馆"),
        (Field::Handle, "tea-house"),
        (Field::Intro, "好茶"),
        (Field::ReturnName, "Rose"),
        (Field::ReturnPhone, "+6561234567"),
        (Field::ReturnAddress, "231 Bain Street"),
    ] {
        set(&mut form, field, text);
    }
    form
}

fn errors(form: &Form) -> Invalid {
    check(form, &platform()).err().unwrap_or_default()
}

#[test]
fn a_complete_form_holds_and_widths_are_columns() {
    let details = check(&complete(), &platform()).unwrap();
    assert_eq!((details.store_name.as_str(), details.time_zone), ("茶馆", "Asia/Singapore"));
    assert_eq!(details.contact_email, "rose@example.com");
}

#[test]
fn every_field_says_what_is_wrong_with_it() {
    let (long, rule) = ("x".repeat(301), |key| Problem::Rule(key));
    for (field, text, problem) in [
        (Field::Subject, "", Problem::Required),
        (Field::Subject, "bank", Problem::NotAChoice),
        (Field::Region, "", Problem::Required),
        (Field::Region, "XX", Problem::NotAChoice),
        (Field::Region, "IN", rule("applications-region-closed")),
        (Field::ContactName, "", Problem::Required),
        (Field::ContactPhone, "91234567", rule("people-contact-country")),
        (Field::ContactPhone, "a@b.co", rule("people-contact-phone")),
        (Field::ContactEmail, "+6591234567", rule("people-contact-email")),
        (Field::LegalName, "x", Problem::TooShort(2)),
        (Field::LegalName, &long, Problem::TooLong(100)),
        (Field::LicenceNumber, "", Problem::Required),
        (Field::LicenceNumber, "123", Problem::TooShort(4)),
        (Field::LicenceNumber, "12345_", rule("applications-licence-characters")),
        (Field::LicenceImage, "", Problem::Required),
        (Field::LicenceImage, "../../etc/passwd", Problem::NotFound),
        (Field::StoreName, "茶", Problem::TooShort(4)),
        (Field::StoreName, "茶茶茶茶茶茶茶茶茶茶茶茶茶茶茶茶", Problem::TooLong(30)),
        (Field::Abbreviation, "Tea", Problem::TooShort(4)),
        (Field::Abbreviation, "Elevenwords", Problem::TooLong(10)),
        (Field::Handle, "Tea", rule("stores-handle-characters")),
        (Field::Handle, "applications", Problem::Taken),
        (Field::Intro, "Tea", Problem::TooShort(4)),
        (Field::Intro, &"x".repeat(121), Problem::TooLong(120)),
        (Field::Currency, "EUR", Problem::NotAChoice),
        (Field::TimeZone, "Mars/Olympus", Problem::NotAChoice),
        (Field::ReturnName, "", Problem::Required),
        (Field::ReturnPhone, "", Problem::Required),
        (Field::ReturnAddress, "here", Problem::TooShort(6)),
        (Field::ReturnAddress, &long, Problem::TooLong(160)),
    ] {
        let mut form = complete();
        set(&mut form, field, text);
        let errors = errors(&form);
        assert_eq!(errors.of(field.as_str()), Some(&problem), "{field:?} {text:?}: {errors:?}");
        assert_eq!(errors.0.len(), 1, "and nothing else: {errors:?}");
    }
}

#[test]
fn an_empty_form_tells_all_that_is_missing_at_once() {
    let errors = errors(&Form::default());
    for field in Field::ALL {
        // One contact is enough, and money and clocks come with the region.
        let comes_with_another = matches!(field, Field::ContactEmail | Field::Currency | Field::TimeZone);
        assert_eq!(errors.of(field.as_str()).is_none(), comes_with_another, "{field:?}");
    }
}

#[test]
fn an_individual_needs_no_licence_and_each_kind_has_its_switch() {
    let mut form = complete();
    for (field, text) in
        [(Field::Subject, "individual"), (Field::LicenceNumber, ""), (Field::LicenceImage, "")]
    {
        set(&mut form, field, text);
    }
    let details = check(&form, &platform()).unwrap();
    assert_eq!((details.licence_number, details.licence_image), (None, None));
    let closed = Platform { individuals_may_apply: false, ..platform() };
    let errors = check(&form, &closed).unwrap_err();
    assert_eq!(errors.of("subject"), Some(&Problem::Rule("applications-subject-closed")));
}

#[test]
fn another_region_brings_its_own_money_and_clocks() {
    let mut form = complete();
    set(&mut form, Field::Region, "JP");
    assert_eq!((form.get(Field::Currency), form.get(Field::TimeZone)), ("JPY", "Asia/Tokyo"));
    set(&mut form, Field::Region, "IN");
    assert_eq!(form.get(Field::Currency), "", "nobody takes payments there");
    set(&mut form, Field::Region, "US");
    set(&mut form, Field::TimeZone, "America/Denver");
    set(&mut form, Field::StoreName, "Tea House");
    assert_eq!(form.get(Field::TimeZone), "America/Denver", "what was chosen stays");
}

#[test]
fn one_licence_is_not_two_by_its_spelling() {
    assert_eq!(licence_number(" 5331 2345x "), licence_number("53312345X"));
}

#[test]
fn a_draft_refuses_only_what_cannot_be_kept() {
    let mut form = Form::default();
    let before = form.clone();
    for text in ["a\u{0}b", "a\u{202e}b", &"x".repeat(601)] {
        let answers =
            Answers { intro: Some(text.to_owned()), store_name: Some("Tea".into()), ..Answers::default() };
        assert!(form.merge(answers).unwrap_err().of("intro").is_some());
        assert_eq!(form, before, "nothing was changed");
    }
}

proptest! {
    #[test]
    fn any_saved_form_can_be_judged_and_read_back(
        answers in proptest::collection::vec((0..Field::ALL.len(), "\\PC{0,80}"), 0..20)
    ) {
        let mut form = Form::default();
        for (place, text) in answers {
            let one = serde_json::json!({ Field::ALL[place].as_str(): text });
            let _ = form.merge(serde_json::from_value(one).unwrap());
        }
        let _ = check(&form, &platform());
        let kept = serde_json::to_string(&form).unwrap();
        prop_assert_eq!(serde_json::from_str::<Form>(&kept).unwrap(), form);
    }
}
