//! The HTTP toolkit: what a page or an API route needs, and nothing about shops.
//!
//! A handler takes [`Page`] (language, viewer, session) or [`ApiViewer`], reads input with [`Form`] or [`Json`],
//! calls a verb, and answers with a template or with [`Error`], which becomes a page for people and problem+json
//! (RFC 9457) for programs.
//!
//! Every capability's crate has `pub fn routes() -> axum::Router<App>` for its pages, and
//! `pub fn api() -> utoipa_axum::router::OpenApiRouter<App>` for its API (`routes!(handler)` with `#[utoipa::path]`
//! giving the full path, `/api/v1/…`), so that a route and its documentation cannot part. The binary merges them.

pub mod api;
mod app;
mod assets;
mod body;
mod csrf;
mod design;
mod error;
mod error_page;
mod frames;
pub mod i18n;
mod idempotency;
mod layers;
pub mod metrics;
mod page;
mod query;
pub mod session;
pub mod sse;

pub use api::ApiViewer;
pub use app::{App, BasketCount, Platform, Secret, Shared, SignInHook, Stage};
pub use assets::asset_address;
pub use body::{Form, Json, Multipart};
pub use error::{Error, FieldProblem, ProblemDetails};
pub use frames::{ConsoleFrame, ConsoleLink, LiveCard, LiveDoor, ShopFrame};
pub use i18n::Message;
pub use idempotency::sweep as sweep_idempotency_keys;
pub use layers::{content_security_policy_with, finish, own_path, routes};
pub use page::{Page, Viewer};
pub use query::{Path, Query};

/// Renders a template into an answer.
pub fn html<T: askama::Template>(template: &T) -> Result<axum::response::Html<String>, Error> {
    #[cfg(debug_assertions)]
    rendered::note(std::any::type_name::<T>());
    template.render().map(axum::response::Html).map_err(|error| Error::Internal(Box::new(error)))
}

/// Which templates this process has rendered, so that a test can find one that no test renders.
#[cfg(debug_assertions)]
pub mod rendered {
    use std::{
        collections::BTreeSet,
        sync::{Mutex, PoisonError},
    };

    static NAMES: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

    pub(crate) fn note(name: &'static str) {
        NAMES.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }
    /// The names of the templates' types, with their paths.
    pub fn names() -> Vec<&'static str> {
        NAMES.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

/// Sends the browser on with GET after a form was accepted.
pub fn see_other(address: &str) -> axum::response::Redirect {
    axum::response::Redirect::to(address)
}
