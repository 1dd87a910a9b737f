//! `Idempotency-Key` on every POST of the API: the same key with the same request gets the same answer, once
//! it has been given, and the work is done once. Keys belong to an account and are kept for a day.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use db::row;
use kernel::{AccountId, Invalid, Problem, Timestamp};
use sha2::{Digest, Sha256};

use crate::{ApiViewer, App, Error};

const LONGEST_KEY: usize = 255;
/// The largest body that is read to be compared; image uploads fit.
const LARGEST_BODY: usize = 12 * 1024 * 1024;
/// After this long without an answer the first try is taken for dead, and the next does the work.
const GIVEN_UP_AFTER: std::time::Duration = std::time::Duration::from_secs(60);
/// The status of a request that is being worked on.
const UNDER_WAY: i64 = 0;

row! {
    struct Kept {
        request_hash: String,
        status: i64,
        body: String,
        at: Timestamp,
    }
}

pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key("idempotency-key") {
        return next.run(request).await;
    }
    answer(app, request, next).await.unwrap_or_else(Error::into_response)
}

async fn answer(app: App, request: Request, next: Next) -> Result<Response, Error> {
    let (mut parts, body) = request.into_parts();
    let key = parts
        .headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Invalid::field("Idempotency-Key", Problem::TooLong(LONGEST_KEY as i64)).into());
    }
    let ApiViewer(viewer) = ApiViewer::from_request_parts(&mut parts, &app).await?;
    let bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| Error::TooLarge)?;
    let hash = request_hash(parts.uri.path(), &bytes);
    if let Some(kept) = begin(&app, viewer.account_id, &key, &hash).await? {
        return replay(kept, &hash);
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    finish(&app, viewer.account_id, &key, response).await
}

fn request_hash(path: &str, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes the key for this request; answers with what is kept if it was taken before.
async fn begin(app: &App, account: AccountId, key: &str, hash: &str) -> Result<Option<Kept>, Error> {
    let now = app.clock.now();
    let given_up: Timestamp = now - GIVEN_UP_AFTER;
    let kept = app
        .db
        .write(account, async |tx| {
            let taken = tx
                .execute(
                    "insert into idempotent_answers (account_id, idempotency_key, request_hash, status, body, at)
                     values ($1, $2, $3, $4, '', $5)
                     on conflict (account_id, idempotency_key) do update set at = $5
                     where idempotent_answers.status = $4 and idempotent_answers.request_hash = $3 and idempotent_answers.at <= $6",
                    &[&account, &key, &hash, &UNDER_WAY, &now, &given_up],
                )
                .await?;
            if taken == 1 {
                return Ok::<_, db::Error>(None);
            }
            tx.query_opt(
                "select request_hash, status, body, at from idempotent_answers where account_id = $1 and idempotency_key = $2",
                &[&account, &key],
            )
            .await
        })
        .await?;
    Ok(kept)
}

fn replay(kept: Kept, hash: &str) -> Result<Response, Error> {
    if kept.request_hash != hash {
        return Err(Invalid::field("Idempotency-Key", Problem::Rule("field-key-reused")).into());
    }
    if kept.status == UNDER_WAY {
        tracing::debug!(since = %kept.at, "the same request is still being worked on");
        return Err(Error::Conflict("error-under-way"));
    }
    let status = u16::try_from(kept.status).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let json = [
        (header::CONTENT_TYPE, "application/json"),
        (header::HeaderName::from_static("idempotent-replayed"), "true"),
    ];
    Ok((status.unwrap_or(StatusCode::OK), json, kept.body).into_response())
}

/// Keeps a good answer. Anything else lets the key go: nothing was changed, and the caller may mend and try again.
async fn finish(app: &App, account: AccountId, key: &str, response: Response) -> Result<Response, Error> {
    if !response.status().is_success() {
        app.db
            .write(account, async |tx| {
                tx.execute(
                    "delete from idempotent_answers where account_id = $1 and idempotency_key = $2",
                    &[&account, &key],
                )
                .await
            })
            .await?;
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY).await.map_err(Error::internal)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = i64::from(parts.status.as_u16());
    app.db
        .write(account, async |tx| {
            tx.execute(
                "update idempotent_answers set status = $3, body = $4 where account_id = $1 and idempotency_key = $2",
                &[&account, &key, &status, &text],
            )
            .await
        })
        .await?;
    parts.headers.insert("idempotent-replayed", HeaderValue::from_static("false"));
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Forgets keys older than a day; called now and then.
pub async fn sweep(app: &App) -> Result<u64, Error> {
    let before: Timestamp = app.clock.now() - std::time::Duration::from_secs(24 * 60 * 60);
    Ok(app
        .db
        .write(db::LaneKey::PLATFORM, async |tx| {
            tx.execute("delete from idempotent_answers where at <= $1", &[&before]).await
        })
        .await?)
}
