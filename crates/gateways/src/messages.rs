//! Messages to a person's phone or mailbox.

use std::sync::{Arc, Mutex, PoisonError};

/// How messages leave.
#[derive(Clone, Debug)]
pub enum Messages {
    /// To the log: for demo mode, and for an operator who has not set up a sender yet.
    Log,
    /// Kept, for tests to read.
    Kept(Arc<Mutex<Vec<Message>>>),
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// An e-mail address or a phone number, normalised.
    pub to: String,
    pub text: String,
}

impl Messages {
    /// Sends `text` to `to`.
    pub async fn send(&self, to: &str, text: &str) {
        match self {
            Messages::Log => tracing::info!(to, text, "message"),
            Messages::Kept(kept) => {
                let message = Message { to: to.into(), text: text.into() };
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(message);
            }
        }
    }
}
