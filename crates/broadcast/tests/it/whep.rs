//! A browser that watches without a playlist between: it sees what was sent, at once, or hears why it cannot.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use broadcast::{Audience, Limits};

use crate::support::browser::{Browser, Role, code, open, post};
use crate::support::encoder::{Encoder, Habits};
use crate::support::{Studio, name};

#[tokio::test]
async fn a_viewer_gets_what_the_camera_sends() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(1_000).await;
    let keys_before = camera.keys_on_request;
    let watching = studio.clone();
    let viewer = tokio::spawn(async move {
        let mut viewer = Browser::watch(&watching).await;
        viewer
            .until("pictures and sound", |viewer| {
                viewer.received_of(viewer.video).len() >= 40 && viewer.received_of(viewer.audio).len() >= 60
            })
            .await;
        viewer
    });
    while !viewer.is_finished() {
        camera.film(100).await;
    }
    let viewer = viewer.await.unwrap();
    assert_eq!(studio.broadcast.viewers(&name("stall")), 1);
    assert!(camera.keys_on_request > keys_before, "a key frame was asked for as soon as someone came");
    let pictures = viewer.received_of(viewer.video);
    assert!(pictures[0].is_keyframe(), "it begins with a picture that can be decoded");
    assert!(pictures.iter().all(|picture| picture.contiguous), "and nothing is missing");
    let steps: Vec<u64> =
        pictures.windows(2).map(|pair| pair[1].time.numer().wrapping_sub(pair[0].time.numer())).collect();
    assert!(steps.iter().all(|step| *step == 33 * 90), "{steps:?}");
    // Bytes are those that the camera made, behind its parameter sets.
    let (key, other) = (&pictures[0].data, &pictures[1].data);
    assert!(key.len() > 9_000 && key.ends_with(&camera.body(9_000)), "{} bytes", key.len());
    assert!((2_005..2_013).contains(&other.len()), "{} bytes", other.len());
    let packets = viewer.received_of(viewer.audio);
    assert!(packets.iter().all(|packet| packet.data.as_ref() == [0xfc, 0xff, 0xfe]));
    assert_eq!(viewer.leave(&studio).await, StatusCode::OK);
    while studio.broadcast.viewers(&name("stall")) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_end_of_the_show_is_a_goodbye() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(1_000).await;
    let mut viewer = Browser::watch(&studio).await;
    studio.broadcast.end(&name("stall"));
    viewer.until("goodbye", |viewer| viewer.closed).await;
}

#[tokio::test]
async fn a_viewer_stays_while_the_host_is_away_and_sees_what_follows() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(1_000).await;
    let mut viewer = Browser::watch(&studio).await;
    camera.film(300).await;
    assert_eq!(camera.leave(&studio).await, StatusCode::OK);
    let mut back = Browser::publish(&studio).await;
    let before = viewer.received.len();
    let filming = tokio::spawn(async move { back.film(2_500).await });
    viewer.until("pictures again", |viewer| viewer.received.len() >= before + 30).await;
    assert!(!viewer.closed);
    filming.await.unwrap();
}

async fn encode(studio: &Studio, sound: bool, cts: i32) -> broadcast::Publication {
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits { sound, ..Habits::obs() });
    encoder.begin(&publication).unwrap();
    if !sound {
        publication.expect_no_sound().unwrap();
    }
    for _ in 0..60 {
        let (mut frame, _) = encoder.next();
        frame.cts = if frame.dts / 3_000 % 2 == 0 { cts } else { 0 };
        publication.push(frame).unwrap();
    }
    publication
}

/// What a page is told before it tries.
async fn ways(studio: &Studio) -> String {
    studio.viewer.text("/stall/ways").await
}

const NONE: &str = r#"{"hls":false,"whep":false}"#;
const PLAYLIST_ALONE: &str = r#"{"hls":true,"whep":false}"#;
const BOTH: &str = r#"{"hls":true,"whep":true}"#;

async fn refusal(studio: &Studio, role: Role) -> (StatusCode, String) {
    let (_, offer) = Browser::new(role).await;
    let answer = post(studio, "/stall/whep", None, &offer).await;
    if answer.status == StatusCode::CREATED {
        (answer.status, String::new())
    } else {
        (answer.status, code(&answer))
    }
}

#[tokio::test]
async fn a_page_is_told_when_it_has_to_take_the_playlist() {
    let studio = Studio::new();
    let _open = open(&studio);
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::NOT_FOUND, "not_found".into()));
    assert_eq!(ways(&studio).await, NONE);
    let waiting = studio.publish().await;
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::CONFLICT, "not_live".into()));
    assert_eq!(ways(&studio).await, NONE);
    drop(waiting);
    // AAC cannot be carried; the picture alone can.
    let publication = encode(&studio, true, 0).await;
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::NOT_ACCEPTABLE, "no_opus".into()));
    assert_eq!(ways(&studio).await, PLAYLIST_ALONE);
    assert_eq!(refusal(&studio, Role::ViewerWithoutSound).await, (StatusCode::CREATED, String::new()));
    drop(publication);
    assert_eq!(ways(&studio).await, NONE, "the host is away");
    let publication = encode(&studio, false, 0).await;
    assert_eq!(ways(&studio).await, BOTH);
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::CREATED, String::new()));
    drop(publication);
    let publication = encode(&studio, true, 3_000).await;
    assert_eq!(
        refusal(&studio, Role::ViewerWithoutSound).await,
        (StatusCode::NOT_ACCEPTABLE, "b_frames".into())
    );
    assert_eq!(ways(&studio).await, PLAYLIST_ALONE);
    drop(publication);
    studio.broadcast.end(&name("stall"));
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::CONFLICT, "over".into()));
    assert_eq!(ways(&studio).await, NONE);
}

#[tokio::test]
async fn b_frames_that_come_later_send_viewers_to_the_playlist() {
    let studio = Studio::new();
    let _open = open(&studio);
    let publication = encode(&studio, false, 0).await;
    let mut viewer = Browser::watch(&studio).await;
    drop(publication);
    let _publication = encode(&studio, false, 3_000).await;
    viewer.until("goodbye", |viewer| viewer.closed).await;
}

#[tokio::test]
async fn who_may_not_watch_finds_nothing_and_who_comes_too_late_no_place() {
    let studio = Studio::with(Limits { webrtc_viewers: 2, ..Limits::default() }, Audience::Everyone);
    let _open = open(&studio);
    let _publication = encode(&studio, false, 0).await;
    let (_, offer) = Browser::new(Role::Viewer).await;
    let request = Request::post("/stall/whep")
        .header(header::CONTENT_TYPE, "application/sdp")
        .header("stranger", "yes")
        .body(Body::from(offer))
        .unwrap();
    let answer = studio.viewer.ask(request).await;
    assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "not_found"));
    let stranger = Request::get("/stall/ways").header("stranger", "yes").body(Body::empty()).unwrap();
    assert_eq!(studio.viewer.ask(stranger).await.status, StatusCode::NOT_FOUND);
    let first = Browser::watch(&studio).await;
    let _second = Browser::watch(&studio).await;
    assert_eq!(ways(&studio).await, PLAYLIST_ALONE);
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::SERVICE_UNAVAILABLE, "full".into()));
    first.leave(&studio).await;
    while studio.broadcast.viewers(&name("stall")) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(refusal(&studio, Role::Viewer).await, (StatusCode::CREATED, String::new()));
}
