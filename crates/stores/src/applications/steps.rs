//! The form as people walk through it: which questions stand on which step, and how each is asked.

use kernel::Invalid;
use web::{Page, Platform};

use super::{
    application::Application,
    form::{Field, Form, Subject},
    region::REGIONS,
};

db::text_enum! {
    /// One page of the form.
    pub enum Step {
        Who = "who",
        Licence = "licence",
        Store = "store",
        Address = "address",
        /// All answers on one page, to hand in.
        Check = "check",
    }
}

impl Step {
    pub fn fields(self, subject: Option<Subject>) -> &'static [Field] {
        use Field::*;
        match self {
            Step::Who => &[Subject, Region, ContactName, ContactPhone, ContactEmail],
            Step::Licence if subject == Some(super::Subject::Individual) => &[LegalName],
            Step::Licence => &[LegalName, LicenceNumber, LicenceImage],
            Step::Store => &[StoreName, Abbreviation, Handle, Intro, Currency, TimeZone],
            Step::Address => &[ReturnName, ReturnPhone, ReturnAddress],
            Step::Check => &[],
        }
    }

    pub fn next(self) -> Step {
        let place = Step::ALL.iter().position(|step| *step == self).unwrap_or(0);
        Step::ALL[(place + 1).min(Step::ALL.len() - 1)]
    }

    pub fn before(self) -> Option<Step> {
        let place = Step::ALL.iter().position(|step| *step == self)?;
        place.checked_sub(1).map(|before| Step::ALL[before])
    }

    /// The key of its name.
    pub fn label_key(self) -> String {
        format!("applications-step-{}", self.as_str())
    }

    /// The step on which a field is asked.
    pub fn of(field: Field) -> Step {
        let asks = |step: &&Step| step.fields(Some(Subject::Company)).contains(&field);
        Step::ALL.iter().find(asks).copied().unwrap_or(Step::Who)
    }
}

/// How an answer is given.
pub enum Control {
    Text {
        autocomplete: &'static str,
        inputmode: &'static str,
    },
    Area,
    Radios(Vec<Choice>),
    Select(Vec<Choice>),
    /// The address of the picture that is there, if one is.
    Picture(Option<String>),
}

/// One answer to choose.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub about: String,
    pub disabled: bool,
}

/// One question with its present answer.
pub struct Question {
    pub field: &'static str,
    pub label: String,
    pub hint: Option<String>,
    pub value: String,
    /// What is wrong with the answer, once it was looked at.
    pub problem: Option<String>,
    /// Why the operator refused it.
    pub reason: Option<String>,
    pub control: Control,
}

impl Question {
    pub fn is_wrong(&self) -> bool {
        self.problem.is_some() || self.reason.is_some()
    }
}

/// The questions of a step; `invalid` is empty until the answers are to be judged.
pub fn questions(
    page: &Page,
    platform: &Platform,
    application: &Application,
    step: Step,
    invalid: &Invalid,
) -> Vec<Question> {
    let form = &application.form;
    let reasons = application.state.reasons();
    step.fields(form.subject())
        .iter()
        .map(|field| Question {
            field: field.as_str(),
            label: label(page, form, *field),
            hint: hint_key(*field).map(|key| page.tr(key).to_string()),
            value: form.get(*field).to_owned(),
            problem: page.problem(invalid, field.as_str()),
            reason: reasons.and_then(|reasons| reasons.get(field)).cloned(),
            control: control(page, platform, form, *field),
        })
        .collect()
}

/// What a field is called on pages.
pub fn label(page: &Page, form: &Form, field: Field) -> String {
    if field == Field::LegalName && form.subject() == Some(Subject::Individual) {
        return page.tr("applications-own-name").to_string();
    }
    page.tr(&format!("applications-{}", field.as_str().replace('_', "-"))).to_string()
}

/// An answer as people read it.
pub fn answer(page: &Page, form: &Form, field: Field) -> String {
    let text = form.get(field);
    match field {
        Field::Subject => form.subject().map_or(String::new(), |subject| {
            page.tr(&format!("applications-subject-{}", subject.as_str())).to_string()
        }),
        Field::Region => match form.region() {
            Some(region) => page.tr(&region.name_key()).to_string(),
            None => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

fn hint_key(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::LegalName => "applications-hint-legal-name",
        Field::ContactPhone => "applications-hint-contact",
        Field::LicenceImage => "applications-hint-licence-image",
        Field::StoreName => "applications-hint-store-name",
        Field::Abbreviation => "applications-hint-abbreviation",
        Field::Handle => "applications-hint-handle",
        Field::Intro => "applications-hint-intro",
        Field::ReturnAddress => "applications-hint-return-address",
        _ => return None,
    })
}

fn control(page: &Page, platform: &Platform, form: &Form, field: Field) -> Control {
    let text = |autocomplete, inputmode| Control::Text { autocomplete, inputmode };
    match field {
        Field::Subject => Control::Radios(subjects(page, platform)),
        Field::Region => Control::Select(regions(page)),
        Field::Currency => Control::Select(plain(
            form.region().map(|region| region.currencies.iter().map(|c| c.code()).collect()),
        )),
        Field::TimeZone => Control::Select(plain(form.region().map(|region| region.time_zones.to_vec()))),
        Field::LicenceImage => {
            let image = form.get(field).parse::<kernel::ImageId>().ok();
            Control::Picture(image.map(|image| crate::images::address(image, 640)))
        }
        Field::Intro | Field::ReturnAddress => Control::Area,
        Field::ContactName => text("name", "text"),
        Field::ContactPhone => text("tel", "tel"),
        Field::ContactEmail => text("email", "email"),
        Field::ReturnPhone => text("section-return tel", "tel"),
        Field::ReturnName => text("section-return name", "text"),
        _ => text("off", "text"),
    }
}

fn subjects(page: &Page, platform: &Platform) -> Vec<Choice> {
    let choice = |subject: &Subject| Choice {
        value: subject.as_str().to_owned(),
        label: page.tr(&format!("applications-subject-{}", subject.as_str())).to_string(),
        about: page.tr(&format!("applications-subject-{}-about", subject.as_str())).to_string(),
        disabled: !subject.is_open(platform),
    };
    Subject::ALL.iter().map(choice).collect()
}

fn regions(page: &Page) -> Vec<Choice> {
    let choice = |region: &super::Region| Choice {
        value: region.code.to_owned(),
        label: page.tr(&region.name_key()).to_string(),
        about: String::new(),
        disabled: false,
    };
    REGIONS.iter().map(choice).collect()
}

fn plain(values: Option<Vec<&'static str>>) -> Vec<Choice> {
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        label: value.replace('_', " "),
        about: String::new(),
        disabled: false,
    };
    values.unwrap_or_default().into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_is_asked_on_exactly_one_step() {
        for field in Field::ALL {
            let steps = Step::ALL.iter().filter(|step| step.fields(Some(Subject::Company)).contains(field));
            assert_eq!(steps.count(), 1, "{field:?}");
        }
        assert_eq!(Step::Who.before(), None);
        assert_eq!(Step::Check.next(), Step::Check);
    }

    #[test]
    fn an_individual_is_not_asked_for_a_licence() {
        assert_eq!(Step::Licence.fields(Some(Subject::Individual)), [Field::LegalName]);
    }
}
