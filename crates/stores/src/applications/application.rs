//! An application's life: draft → submitted → approved, or refused with reasons and submitted again. Pure rules.

use std::collections::BTreeMap;

use kernel::{AccountId, ApplicationId, Invalid, Problem, StoreId, Timestamp};

use super::form::{Field, Form};

/// What an operator says about the fields that cannot be accepted.
pub type Reasons = BTreeMap<Field, String>;

/// Columns of one reason.
pub const REASON_MAX: i64 = 300;

/// Where an application is, with what is known there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// Waiting for an operator.
    Submitted { at: Timestamp },
    /// Back at the applicant. A reason goes when its field is changed.
    Refused { at: Timestamp, by: AccountId, reasons: Reasons },
    /// The store is open.
    Approved { at: Timestamp, by: AccountId, store: StoreId },
}

db::text_enum! {
    /// The name of a state, as it is kept and filtered by.
    pub enum Status {
        Draft = "draft",
        Submitted = "submitted",
        Refused = "refused",
        Approved = "approved",
    }
}

/// The application is not where this can be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not possible while the application is {}", .0.as_str())]
pub struct NotAllowed(pub Status);

/// A request to open a store.
#[derive(Clone, Debug)]
pub struct Application {
    pub id: ApplicationId,
    pub account_id: AccountId,
    /// Counts changes, so that nobody decides about answers they have not seen.
    pub version: i64,
    pub form: Form,
    pub state: State,
    pub times_submitted: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl State {
    pub const fn status(&self) -> Status {
        match self {
            State::Draft => Status::Draft,
            State::Submitted { .. } => Status::Submitted,
            State::Refused { .. } => Status::Refused,
            State::Approved { .. } => Status::Approved,
        }
    }

    /// Whether the applicant may change the answers.
    pub const fn is_editable(&self) -> bool {
        matches!(self, State::Draft | State::Refused { .. })
    }

    /// The reasons that still stand.
    pub fn reasons(&self) -> Option<&Reasons> {
        match self {
            State::Refused { reasons, .. } => Some(reasons),
            _ => None,
        }
    }

    /// The applicant changed these fields.
    pub fn edit(self, changed: &[Field]) -> Result<State, NotAllowed> {
        match self {
            State::Draft => Ok(State::Draft),
            State::Refused { at, by, mut reasons } => {
                reasons.retain(|field, _| !changed.contains(field));
                Ok(State::Refused { at, by, reasons })
            }
            other => Err(NotAllowed(other.status())),
        }
    }

    /// The applicant hands it in.
    pub fn submit(self, at: Timestamp) -> Result<State, NotAllowed> {
        match self {
            State::Draft | State::Refused { .. } => Ok(State::Submitted { at }),
            other => Err(NotAllowed(other.status())),
        }
    }

    /// The applicant takes it back to change something.
    pub fn withdraw(self) -> Result<State, NotAllowed> {
        match self {
            State::Submitted { .. } => Ok(State::Draft),
            other => Err(NotAllowed(other.status())),
        }
    }

    /// An operator sends it back.
    pub fn refuse(self, at: Timestamp, by: AccountId, reasons: Reasons) -> Result<State, NotAllowed> {
        match self {
            State::Submitted { .. } => Ok(State::Refused { at, by, reasons }),
            other => Err(NotAllowed(other.status())),
        }
    }

    /// An operator accepts it, and the store is open.
    pub fn approve(self, at: Timestamp, by: AccountId, store: StoreId) -> Result<State, NotAllowed> {
        match self {
            State::Submitted { .. } => Ok(State::Approved { at, by, store }),
            other => Err(NotAllowed(other.status())),
        }
    }
}

/// Reads an operator's reasons: at least one, each about a field of the form, each saying something.
pub fn reasons(sent: impl IntoIterator<Item = (String, String)>) -> Result<Reasons, Invalid> {
    let mut invalid = Invalid::new();
    let mut reasons = Reasons::new();
    for (field, reason) in sent {
        match Field::from_text(&field) {
            None => invalid.add(format!("reasons.{field}"), Problem::NotAChoice),
            Some(known) => match kernel::paragraph(&reason, 1, REASON_MAX) {
                Ok(reason) => drop(reasons.insert(known, reason)),
                Err(problem) => invalid.add(format!("reasons.{field}"), problem),
            },
        }
    }
    if reasons.is_empty() && invalid.0.is_empty() {
        invalid.add("reasons", Problem::TooFew(1));
    }
    invalid.done()?;
    Ok(reasons)
}
