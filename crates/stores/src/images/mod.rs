//! Pictures that people upload. What is served is always made anew by us, in three sizes and without what a camera
//! wrote into the file; the uploaded bytes are not kept.

mod api;
mod form;
mod media;
mod remake;
mod rows;
#[cfg(test)]
mod tests;
mod upload;

use db::{Error, Read, row, text_enum};
use kernel::{AccountId, ImageId, Invalid, Problem, StoreId};

pub use form::{Sent, body_limit};
pub use media::may_see;
pub use remake::{SIZES, Unreadable, small};
pub use upload::{UPLOAD_BODY_MAX, UploadError, keep, read_field, upload};

pub(crate) use api::api;
pub(crate) use media::routes;

text_enum! {
    /// What a picture is for, and so who may see it.
    pub enum Kind {
        /// Goods and store pages: everyone.
        Picture = "picture",
        /// A licence or other proof of an application: who uploaded it, and the operator.
        Licence = "licence",
        /// What a buyer shows of a problem: who uploaded it, the store's staff, and the operator.
        Evidence = "evidence",
    }
}

row! {
    /// What is known of a picture.
    #[derive(Clone, Debug)]
    pub struct Image {
        pub id: ImageId,
        pub store_id: Option<StoreId>,
        pub account_id: AccountId,
        pub kind: Kind,
        pub width: i64,
        pub height: i64,
    }
}

/// A picture's record, whosever it is.
pub async fn get(read: &mut Read, image: ImageId) -> Result<Option<Image>, Error> {
    rows::get(read, image).await
}

/// The address of a public picture, in the smallest size that has so many pixels at its longer side.
pub fn address(image: ImageId, pixels: u32) -> String {
    let size = SIZES.into_iter().find(|size| *size >= pixels).unwrap_or(SIZES[SIZES.len() - 1]);
    format!("/media/{image}/{size}.webp")
}

/// Names each picture that is not a public one of this store, by its place: `gallery.2`.
pub(crate) async fn check_own(
    read: &mut Read,
    store: StoreId,
    field: &str,
    images: &[ImageId],
    invalid: &mut Invalid,
) -> Result<(), Error> {
    for (place, image) in images.iter().enumerate() {
        let own = rows::get(read, *image)
            .await?
            .is_some_and(|found| found.store_id == Some(store) && found.kind == Kind::Picture);
        if !own {
            invalid.add(format!("{field}.{place}"), Problem::NotFound);
        }
    }
    Ok(())
}
