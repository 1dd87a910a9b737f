//! What is connected to what: every route, every event's listeners, every deadline's verb.

use axum::Router;
use db::{deadlines::Due, outbox::Pending};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use web::{App, Error};

use crate::docs;

/// The API's document without its routes.
#[derive(OpenApi)]
#[openapi(info(
    title = "Ministore",
    description = "Everything a store's pages do, for programs. Sign in with an API token from your account page: `Authorization: Bearer …`. \
        A POST with an `Idempotency-Key` is done once, however often it is sent. Amounts are integers in the currency's minor unit, \
        times are RFC 3339. Errors are problem details (RFC 9457) that name each field."
))]
struct Api;

fn api() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (routes, mut document) = OpenApiRouter::with_openapi(Api::openapi())
        .merge(people::api())
        .merge(stores::api())
        .merge(trade::api())
        .merge(live::api())
        .merge(operator::api())
        .split_for_parts();
    name_operations(&mut document);
    (routes, document)
}

/// Names each operation by its method and path, such as `post_stores_handle_orders`: OpenAPI wants the names to be
/// unique, and the handlers' own are so only within their module.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let words = path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '-'], "_");
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{words}"));
            }
        }
    }
}

/// The OpenAPI document as it is checked in.
pub fn openapi_json() -> String {
    api().1.to_pretty_json().unwrap_or_default()
}

/// The whole server.
pub fn router(app: App) -> Router {
    let (api, document) = api();
    let pages = Router::new()
        .merge(people::routes())
        .merge(stores::routes())
        .merge(trade::routes())
        .merge(live::routes())
        .merge(operator::routes());
    let routes = pages.merge(web::routes()).merge(docs::routes(document)).merge(api);
    // Video stands outside the layers: it must not be compressed again, and is asked for ten times a second.
    let video = live::video(&app);
    web::finish(routes, app).merge(video)
}

/// Tells an event to everyone who listens. Each may hear it twice.
pub async fn deliver(app: &App, event: &Pending) -> Result<(), Error> {
    trade::orders::on_event(app, event).await?;
    live::on_event(app, event).await
}

/// Does what a deadline stands for.
pub async fn meet(app: &App, due: &Due) -> Result<(), Error> {
    if trade::due(app, due).await? || live::due(app, due).await? {
        Ok(())
    } else {
        Err(Error::Internal(format!("no verb for the deadline {}", due.kind).into()))
    }
}

/// What a visitor takes along when signing in.
pub fn sign_in_hooks() -> Vec<web::SignInHook> {
    vec![trade::basket::carry_over]
}

/// How many pieces are in a basket, for the pages of stores.
pub fn basket_count() -> Option<web::BasketCount> {
    Some(|app, store, owner| {
        Box::pin(async move {
            let pieces = trade::basket::pieces(&mut app.db.read().await?, store, owner).await?;
            Ok(u32::try_from(pieces).unwrap_or(u32::MAX))
        })
    })
}
