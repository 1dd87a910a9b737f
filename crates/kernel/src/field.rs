//! What is wrong with what a person or a program sent, field by field.

use std::borrow::Cow;

/// Why a value is refused. Pages and the API turn it into words in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    Required,
    /// Fewer than so many columns or characters.
    TooShort(i64),
    TooLong(i64),
    TooSmall(i64),
    TooLarge(i64),
    /// Fewer items than so many.
    TooFew(i64),
    TooMany(i64),
    NotANumber,
    /// Someone has it already.
    Taken,
    /// It names nothing that is there.
    NotFound,
    /// It is not one of the values that can be chosen.
    NotAChoice,
    /// Characters that cannot be kept or shown, such as control characters.
    Characters,
    /// A rule of one field alone; the word is the key of its message.
    Rule(&'static str),
}

impl Problem {
    /// The key of its message, and the number in it if it has one.
    pub fn message(&self) -> (&'static str, Option<i64>) {
        match self {
            Problem::Required => ("field-required", None),
            Problem::TooShort(min) => ("field-too-short", Some(*min)),
            Problem::TooLong(max) => ("field-too-long", Some(*max)),
            Problem::TooSmall(min) => ("field-too-small", Some(*min)),
            Problem::TooLarge(max) => ("field-too-large", Some(*max)),
            Problem::TooFew(min) => ("field-too-few", Some(*min)),
            Problem::TooMany(max) => ("field-too-many", Some(*max)),
            Problem::NotANumber => ("field-not-a-number", None),
            Problem::Taken => ("field-taken", None),
            Problem::NotFound => ("field-not-found", None),
            Problem::NotAChoice => ("field-not-a-choice", None),
            Problem::Characters => ("field-characters", None),
            Problem::Rule(key) => (key, None),
        }
    }
}

/// One field and what is wrong with it. Nested fields are written with dots: `skus.3.price`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: Cow<'static, str>,
    pub problem: Problem,
}

/// Everything that is wrong with one request. Nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} of the fields cannot be accepted", .0.len())]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    pub fn new() -> Self {
        Self::default()
    }
    /// A refusal for one field.
    pub fn field(field: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        Self(vec![FieldError { field: field.into(), problem }])
    }
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, problem: Problem) {
        self.0.push(FieldError { field: field.into(), problem });
    }
    /// Keeps a good value, or notes what is wrong and goes on, so that all errors are told at once.
    pub fn take<T: Default>(&mut self, field: impl Into<Cow<'static, str>>, value: Result<T, Problem>) -> T {
        value.unwrap_or_else(|problem| {
            self.add(field, problem);
            T::default()
        })
    }
    /// `Ok` if nothing is wrong.
    pub fn done(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
    /// What is wrong with this field, if anything.
    pub fn of(&self, field: &str) -> Option<&Problem> {
        self.0.iter().find(|error| error.field == field).map(|error| &error.problem)
    }
}
