//! Taking in a picture.

use std::sync::LazyLock;

use bytes::{Bytes, BytesMut};
use db::{Db, Error, LaneKey};
use gateways::files::{Files, Key};
use kernel::{AccountId, ImageId, Invalid, Problem, StoreId, Timestamp};
use tokio::sync::Semaphore;

use super::{
    Image, Kind, SIZES, Unreadable,
    remake::{Remade, dimensions, remake},
    rows,
};

/// The largest file that is taken.
pub const FILE_MAX: usize = 10 * 1024 * 1024;
/// The largest body of a form with pictures: a few photos at once, and its other fields.
pub const UPLOAD_BODY_MAX: usize = 4 * FILE_MAX + 1024 * 1024;
/// Pictures being decoded at once. Each may need some hundred megabytes for a moment.
static DECODING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// Why a picture was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the file is larger than {FILE_MAX} bytes")]
    TooLarge,
    #[error("the file store: {0}")]
    Files(#[from] std::io::Error),
    #[error("the work stopped: {0}")]
    Stopped(String),
    #[error(transparent)]
    Db(#[from] Error),
}

impl UploadError {
    /// What is wrong with the field that held the file, if it is the file's fault.
    pub fn problem(&self) -> Option<Problem> {
        Some(match self {
            UploadError::Unreadable(Unreadable::Format) => Problem::Rule("stores-image-format"),
            UploadError::Unreadable(Unreadable::TooManyPixels) => Problem::Rule("stores-image-pixels"),
            UploadError::Unreadable(Unreadable::Broken) => Problem::Rule("stores-image-broken"),
            UploadError::TooLarge => Problem::Rule("stores-image-too-large"),
            _ => return None,
        })
    }

    /// The error of a request whose field `field` held the file.
    pub fn of_field(self, field: &'static str) -> web::Error {
        match (self.problem(), self) {
            (Some(problem), _) => Invalid::field(field, problem).into(),
            (None, UploadError::Db(error)) => error.into(),
            (None, other) => web::Error::internal(other),
        }
    }
}

/// Makes the picture anew and keeps it; `store` is whose goods or page it is for. A picture without a store is its
/// uploader's own.
pub async fn upload(
    db: &Db,
    files: &Files,
    now: Timestamp,
    actor: AccountId,
    store: Option<StoreId>,
    kind: Kind,
    bytes: Bytes,
) -> Result<ImageId, UploadError> {
    if bytes.len() > FILE_MAX {
        return Err(UploadError::TooLarge);
    }
    keep_sizes(db, files, now, actor, store, kind, remade(bytes).await?).await
}

/// Keeps a picture of our own as it is, in every size: it is a small WebP already, and nobody could have put anything
/// into it. For the demo town, which would else spend its start on making 130 pictures anew.
pub async fn keep(
    db: &Db,
    files: &Files,
    now: Timestamp,
    actor: AccountId,
    store: Option<StoreId>,
    kind: Kind,
    webp: &[u8],
) -> Result<ImageId, UploadError> {
    let (width, height) = dimensions(webp)?;
    let remade = Remade { width, height, files: vec![webp.to_vec(); SIZES.len()] };
    keep_sizes(db, files, now, actor, store, kind, remade).await
}

async fn keep_sizes(
    db: &Db,
    files: &Files,
    now: Timestamp,
    actor: AccountId,
    store: Option<StoreId>,
    kind: Kind,
    remade: Remade,
) -> Result<ImageId, UploadError> {
    let image = Image {
        id: ImageId::new(),
        store_id: store,
        account_id: actor,
        kind,
        width: remade.width.into(),
        height: remade.height.into(),
    };
    // Files first: a row never names a picture that is not there. A crash between leaves files nobody knows.
    for (size, file) in SIZES.iter().zip(&remade.files) {
        files.put(&key(image.id, kind, *size)?, file).await?;
    }
    let lane = store.map_or(LaneKey::from(actor), LaneKey::from);
    db.write(lane, async |tx| rows::insert(tx, &image, now).await).await?;
    Ok(image.id)
}

async fn remade(bytes: Bytes) -> Result<Remade, UploadError> {
    let stopped = |reason: String| UploadError::Stopped(reason);
    // The place is held inside the work, so that a caller who goes away does not free it too early.
    let place = DECODING.acquire().await.map_err(|error| stopped(error.to_string()))?;
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        remake(&bytes)
    });
    Ok(work.await.map_err(|error| stopped(error.to_string()))??)
}

/// Where a size of a picture is kept. What not everyone may see has a name of its own, so that the public address can
/// never reach it.
pub(super) fn key(image: ImageId, kind: Kind, size: u32) -> std::io::Result<Key> {
    let text = match kind {
        Kind::Picture => format!("{image}-{size}.webp"),
        Kind::Licence | Kind::Evidence => format!("private-{image}-{size}.webp"),
    };
    Key::new(text).map_err(std::io::Error::other)
}

/// Reads one file of a form, never more of it than [`FILE_MAX`].
pub async fn read_field(mut field: axum::extract::multipart::Field<'_>) -> Result<Bytes, web::Error> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = field.chunk().await? {
        if bytes.len() + chunk.len() > FILE_MAX {
            return Err(web::Error::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}
