//! A form with pictures, read whole: its texts and its files, within limits.

use axum::extract::DefaultBodyLimit;
use bytes::Bytes;
use kernel::{AccountId, ImageId, StoreId, Timestamp};
use web::{App, Error, Multipart};

use super::{Kind, UPLOAD_BODY_MAX, read_field, upload};

/// Fields of one form; an editor with 200 variants has some 1,500.
const FIELDS_MAX: usize = 3_000;
/// Files of one form.
const FILES_MAX: usize = 12;
const TEXT_MAX: usize = 64 * 1024;

/// What a form sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    texts: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

/// The layer that lets such a form through.
pub fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(UPLOAD_BODY_MAX)
}

impl Sent {
    pub async fn read(Multipart(mut form): Multipart) -> Result<Sent, Error> {
        let mut sent = Sent::default();
        while let Some(field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            if sent.texts.len() >= FIELDS_MAX || sent.files.len() >= FILES_MAX {
                return Err(Error::TooLarge);
            }
            let is_file = field.file_name().is_some();
            let bytes = read_field(field).await?;
            if is_file {
                // A file field that was left alone comes as an empty file.
                if !bytes.is_empty() {
                    sent.files.push((name, bytes));
                }
                continue;
            }
            if bytes.len() > TEXT_MAX {
                return Err(Error::TooLarge);
            }
            let text = String::from_utf8(bytes.into()).map_err(|_| Error::BadRequest("error-not-utf8"))?;
            sent.texts.push((name, text));
        }
        Ok(sent)
    }

    /// The first text of this name, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(sent, _)| sent == name).map_or("", |(_, text)| text.as_str())
    }
    /// Every text of this name, in order.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.texts.iter().filter(move |(sent, _)| sent == name).map(|(_, text)| text.as_str())
    }
    /// Every id of this name; what is none is left out.
    pub fn images(&self, name: &str) -> Vec<ImageId> {
        self.all(name).filter_map(|text| text.parse().ok()).collect()
    }

    /// Keeps the files of this name as public pictures of the store.
    pub async fn keep(
        &self,
        app: &App,
        now: Timestamp,
        actor: AccountId,
        store: StoreId,
        name: &'static str,
    ) -> Result<Vec<ImageId>, Error> {
        let mut kept = Vec::new();
        for (_, bytes) in self.files.iter().filter(|(sent, _)| sent == name) {
            let bytes = bytes.clone();
            let id = upload(&app.db, &app.files, now, actor, Some(store), Kind::Picture, bytes).await;
            kept.push(id.map_err(|error| error.of_field(name))?);
        }
        Ok(kept)
    }
}
