//! What nobody may say in the rooms of a store.

use std::collections::BTreeSet;

use db::{Error, Read};
use kernel::{AccountId, Invalid, Problem, StoreId};
use people::audit;
use web::App;

use super::{ModerateError, rows, rules};

/// Words of one store.
pub const WORDS_MAX: usize = 500;
/// Columns of one.
pub const WORD_MAX: i64 = 40;

/// The words, as they are compared: without case, spaces and punctuation.
pub async fn words(read: &mut Read, store: StoreId) -> Result<Vec<String>, Error> {
    rows::words(read, store).await
}

/// These words and no others from now on. Comments that were said before stay.
pub async fn set_words(
    app: &App,
    store: StoreId,
    actor: AccountId,
    wanted: &[String],
) -> Result<(), ModerateError> {
    if wanted.len() > WORDS_MAX {
        return Err(Invalid::field("words", Problem::TooMany(WORDS_MAX as i64)).into());
    }
    let mut invalid = Invalid::new();
    let mut words = BTreeSet::new();
    for (place, word) in wanted.iter().enumerate() {
        let word = invalid.take(format!("words.{place}"), kernel::line(word, 0, WORD_MAX));
        let folded = rules::fold(&word);
        if !folded.is_empty() {
            words.insert(folded);
        }
    }
    invalid.done()?;
    let now = app.clock.now();
    app.db
        .write(store, async |tx| {
            rows::clear_words(tx, store).await?;
            for word in &words {
                rows::insert_word(tx, store, word).await?;
            }
            audit::record(tx, actor, store, "live.words", store, words.len(), now).await?;
            Ok(())
        })
        .await
}
