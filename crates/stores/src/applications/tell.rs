//! Telling an applicant what became of their application.

use kernel::{AccountId, Locale};
use people::accounts;
use web::App;

/// Sends the words of `key` to the applicant's first contact. The decision stands whether or not it arrives, and the
/// applicant's pages show it, so a failure is only logged.
pub(super) async fn tell(app: &App, applicant: AccountId, key: &str, path: &str) {
    let contacts = match app.db.read().await {
        Ok(mut read) => accounts::contacts(&mut read, applicant).await,
        Err(error) => Err(error),
    };
    match contacts {
        Ok(contacts) => {
            if let Some(first) = contacts.first() {
                let address = format!("{}{path}", app.platform.base_url);
                // The applicant's language is known only while they look at a page; each message has both.
                let words =
                    |locale| web::i18n::message(locale, key).with("address", address.clone()).to_string();
                let text = format!("{}\n{}", words(Locale::English), words(Locale::Chinese));
                app.messages.send(first.contact.as_str(), &text).await;
            }
        }
        Err(error) => tracing::warn!(%error, %applicant, "an applicant could not be told"),
    }
}
