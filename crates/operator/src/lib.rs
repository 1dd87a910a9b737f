//! The platform's own pages: its front, its fees, the demo's doors, and the console of those who run it.

mod alpha;
mod applications;
mod audit;
mod desk;
mod front;
mod home;
mod jobs;
mod stores;
#[cfg(test)]
mod tests;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

/// The pages of this crate.
pub fn routes() -> Router<App> {
    front::routes()
        .merge(home::routes())
        .merge(applications::routes())
        .merge(stores::routes())
        .merge(alpha::routes())
        .merge(jobs::routes())
        .merge(audit::routes())
}

/// The API of this crate.
pub fn api() -> OpenApiRouter<App> {
    applications::api()
}
