//! Why a browser got no answer, so that its page can do the next best thing: RFC 9457 with a `code` to decide by.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::offer::OfferError;
use crate::contract::Refusal;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("a session description is expected, as application/sdp")]
    ContentType,
    #[error(transparent)]
    Offer(#[from] OfferError),
    #[error("a bearer token is expected")]
    NoKey,
    #[error("the token opens nothing")]
    WrongKey,
    #[error("there is no such room or session")]
    NotFound,
    #[error("this show is over")]
    Over,
    #[error("nobody publishes here at the moment")]
    NotLive,
    #[error("the room is full")]
    Full,
    #[error("too many connections wait to come about")]
    Busy,
    #[error("this cannot be decided now")]
    NotNow,
    #[error("the room's pictures do not come in the order they are shown in, which WebRTC cannot carry")]
    BFrames,
    #[error("the room's sound is AAC, which WebRTC cannot carry; an offer of video alone is taken")]
    NoOpus,
    #[error("WebRTC is not open on this server")]
    Closed,
    #[error("a session is made and ended, never changed: candidates belong into the offer")]
    NoChanges,
}

impl Problem {
    fn status(self) -> StatusCode {
        match self {
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Offer(OfferError::TooLong) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Offer(OfferError::Malformed) => StatusCode::BAD_REQUEST,
            Self::Offer(OfferError::NoH264) | Self::BFrames | Self::NoOpus => StatusCode::NOT_ACCEPTABLE,
            Self::Offer(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoKey | Self::WrongKey => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            // The draft of WHEP wants this of a room without a publisher.
            Self::Over | Self::NotLive => StatusCode::CONFLICT,
            Self::Full | Self::Busy | Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Closed => StatusCode::NOT_FOUND,
            // RFC 9725, 4.3.1: neither trickling nor restarts.
            Self::NoChanges => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// Stable, for programs.
    fn code(self) -> &'static str {
        match self {
            Self::ContentType => "content_type",
            Self::Offer(error) => error.code(),
            Self::NoKey | Self::WrongKey => "key",
            Self::NotFound => "not_found",
            Self::Over => "over",
            Self::NotLive => "not_live",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::NotNow => "not_now",
            Self::BFrames => "b_frames",
            Self::NoOpus => "no_opus",
            Self::Closed => "webrtc_off",
            Self::NoChanges => "no_changes",
        }
    }

    fn retry_after_seconds(self) -> Option<&'static str> {
        match self {
            Self::NotLive | Self::NotNow => Some("1"),
            Self::Full | Self::Busy => Some("5"),
            _ => None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAllowed => Self::NotFound,
            Refusal::NotNow => Self::NotNow,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        // No word of these needs escaping.
        let body = format!(
            "{{\"type\":\"about:blank\",\"title\":\"{self}\",\"status\":{},\"code\":\"{}\"}}",
            status.as_u16(),
            self.code()
        );
        let kind = (header::CONTENT_TYPE, "application/problem+json");
        let mut response = (status, [kind, (header::CACHE_CONTROL, "no-store")], body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        match self {
            Self::NoKey | Self::WrongKey => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::NoChanges => {
                headers.insert(header::ALLOW, HeaderValue::from_static("DELETE"));
            }
            Self::ContentType => {
                headers.insert("accept-post", HeaderValue::from_static("application/sdp"));
            }
            _ => {}
        }
        response
    }
}
