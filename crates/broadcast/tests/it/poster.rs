//! Posters, and rooms that are watched elsewhere.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use broadcast::{POSTED_BYTES_MAX, Poster};
use bytes::Bytes;

use crate::support::encoder::{Encoder, Habits};
use crate::support::{KEY, Studio, name};

async fn live(studio: &Studio) -> broadcast::Publication {
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(1_500, &publication).unwrap();
    publication
}

async fn post(studio: &Studio, key: &str, picture: &[u8]) -> StatusCode {
    let request = Request::post("/stall/poster")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(Body::from(picture.to_vec()));
    studio.viewer.ask(request.unwrap()).await.status
}

#[tokio::test(start_paused = true)]
async fn a_posted_picture_is_shown_as_it_was_made_anew() {
    let studio = Studio::new();
    assert_eq!(post(&studio, KEY, b"picture").await, StatusCode::NOT_FOUND, "there is no room yet");
    let publication = live(&studio).await;
    assert_eq!(studio.viewer.get("/stall/poster").await.status, StatusCode::NOT_FOUND);
    assert_eq!(post(&studio, "wrong", b"picture").await, StatusCode::NOT_FOUND);
    assert_eq!(post(&studio, KEY, b"rubbish").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(post(&studio, KEY, b"picture").await, StatusCode::TOO_MANY_REQUESTS);
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    assert_eq!(post(&studio, KEY, b"picture").await, StatusCode::NO_CONTENT);
    let shown = studio.viewer.get("/stall/poster").await;
    assert_eq!(
        (shown.body.as_ref(), &shown.headers[header::CONTENT_TYPE]),
        (&b"anew: picture"[..], &"image/webp".parse().unwrap())
    );
    let large = post(&studio, KEY, &vec![0; POSTED_BYTES_MAX + 1]).await;
    assert_eq!(large, StatusCode::PAYLOAD_TOO_LARGE);
    studio
        .broadcast
        .set_poster(&name("stall"), Poster { kind: "image/jpeg", bytes: Bytes::from_static(b"ours") });
    assert_eq!(studio.viewer.bytes("/stall/poster").await, Bytes::from_static(b"ours"));
    let stranger = Request::get("/stall/poster").header("stranger", "yes").body(Body::empty()).unwrap();
    assert_eq!(studio.viewer.ask(stranger).await.status, StatusCode::NOT_FOUND);
    drop(publication);
    studio.broadcast.end(&name("stall"));
    assert_eq!(post(&studio, KEY, b"picture").await, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_watched_elsewhere_sends_players_there() {
    let studio = Studio::new();
    let elsewhere = "https://video.example/stall/index.m3u8";
    studio.broadcast.set_external_hls(name("stall"), Some(elsewhere));
    for _ in 0..2 {
        let answer = studio.viewer.get("/stall/index.m3u8").await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(answer.headers[header::LOCATION], elsewhere);
        let stranger =
            Request::get("/stall/index.m3u8").header("stranger", "yes").body(Body::empty()).unwrap();
        assert_eq!(studio.viewer.ask(stranger).await.status, StatusCode::NOT_FOUND);
        // The same whether someone publishes here or not.
        std::mem::forget(live(&studio).await);
    }
    studio.viewer.text("/stall/show-1/live.m3u8").await;
    studio.broadcast.set_external_hls(name("stall"), None);
    studio.viewer.text("/stall/index.m3u8").await;
}
