//! A browser's camera: what it sends can be watched, and what it must not do is refused in words that a page
//! understands.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use broadcast::{Advice, Ending, News, Phase, Recording, Source, Stop, Trouble};
use bytes::Bytes;

use crate::mp4::{check_fragments, check_header};
use crate::support::browser::{Browser, Role, code, open, post, post_as};
use crate::support::playlist::Playlist;
use crate::support::{KEY, Studio, name};

fn status(studio: &Studio) -> broadcast::Status {
    studio.broadcast.status(&name("stall")).unwrap().borrow().as_ref().clone()
}

async fn live_playlist(studio: &Studio) -> Playlist {
    Playlist::parse(&studio.viewer.text("/stall/show-1/live.m3u8").await)
}

#[tokio::test]
async fn what_a_camera_sends_can_be_watched_and_is_recorded() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut reports = studio.broadcast.reports();
    let mut camera = Browser::publish(&studio).await;
    assert!(camera.answer.contains("a=ice-lite") && camera.answer.contains("b=AS:8000"), "{}", camera.answer);
    camera.film(5_000).await;
    assert!(camera.keys_on_request >= 2, "a key frame is asked for every two seconds");
    let status = status(&studio);
    assert_eq!((status.phase, status.source, status.recording), (Phase::Live, Source::Whip, Recording::On));
    assert_eq!((status.health.width, status.health.height), (1_280, 720));
    assert_eq!(status.health.audio_codec.as_deref(), Some("opus"));
    assert!(!status.health.advice.contains(&Advice::NoSound) && !status.health.b_frames);
    let key_frame_ms = status.health.key_frame_ms.unwrap();
    assert!((1_500..=2_600).contains(&key_frame_ms), "{key_frame_ms}");
    let index = studio.viewer.text("/stall/index.m3u8").await;
    assert!(
        index.contains("CODECS=\"avc1.42c01f,opus\"") && index.contains("RESOLUTION=1280x720"),
        "{index}"
    );

    assert_eq!(camera.leave(&studio).await, StatusCode::OK);
    camera.until("goodbye", |camera| camera.closed).await;
    studio.broadcast.end(&name("stall"));
    let news = [News::Started, News::Lost, News::Ended(Ending::Asked)];
    for wanted in news {
        assert_eq!(reports.recv().await.unwrap().news, wanted);
    }
    studio.broadcast.close().await;
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/replay.m3u8").await);
    let header =
        check_header(&studio.viewer.bytes(&format!("/stall/show-1/{}", playlist.segments[0].map)).await);
    assert_eq!(header.trak.len(), 2);
    let mut samples = [0, 0];
    for segment in &playlist.segments {
        // Sound may be moved onto the picture's clock once, when the first reports have come.
        let bytes = studio.viewer.bytes(&format!("/stall/show-1/{}", segment.uri)).await;
        let of_segment = check_fragments(&bytes, &mut [None; 2]);
        samples = [samples[0] + of_segment[0], samples[1] + of_segment[1]];
    }
    assert!(samples[0] >= 140 && samples[1] >= 220, "pictures and packets: {samples:?}");
    assert_eq!(playlist.segments.iter().filter(|segment| segment.starts_anew).count(), 0);
}

#[tokio::test]
async fn a_camera_that_turns_gives_the_room_a_new_header() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(1_500).await;
    camera.size = 1;
    // Its next key frame has the new size.
    camera.film(3_500).await;
    let playlist = live_playlist(&studio).await;
    assert!(playlist.segments.iter().any(|segment| segment.starts_anew && segment.map == "init2.mp4"));
    let health = status(&studio).health;
    assert_eq!((health.width, health.height), (640, 480));
}

#[tokio::test]
async fn the_host_comes_back_and_takes_the_place_of_a_connection_that_hangs() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut hanging = Browser::publish(&studio).await;
    hanging.film(2_500).await;
    let before = live_playlist(&studio).await;
    let mut back = Browser::publish(&studio).await;
    back.film(2_500).await;
    assert_eq!(status(&studio).phase, Phase::Live);
    live_playlist(&studio).await.check_after(&before);
    // The old one learns with its next frame, and cannot disturb the new one.
    hanging.film(300).await;
    hanging.until("goodbye", |hanging| hanging.closed).await;
    assert_eq!(status(&studio).phase, Phase::Live);
    // An encoder by RTMP may go on where the camera was.
    let encoder = studio.publish().await;
    back.film(300).await;
    back.until("goodbye", |back| back.closed).await;
    drop(encoder);
    assert_eq!(status(&studio).phase, Phase::Lost);
}

#[tokio::test]
async fn a_camera_without_sound_is_live_at_once() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let (mut camera, offer) = Browser::new(Role::MuteCamera).await;
    camera.take(&post(&studio, "/stall/whip", Some(KEY), &offer).await);
    camera.until("connected", |camera| camera.connected).await;
    // Less than the second that sound would be waited for.
    camera.film(700).await;
    camera.until("live", |_| status(&studio).phase == Phase::Live).await;
    assert!(!studio.viewer.text("/stall/index.m3u8").await.contains("opus"));
}

#[tokio::test]
async fn the_rooms_limits_hold_for_cameras_too() {
    let small = broadcast::Limits { long_side: 640, short_side: 480, ..broadcast::Limits::default() };
    let studio = Studio::with(small, broadcast::Audience::Everyone);
    let _open = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(300).await;
    camera.until("goodbye", |camera| camera.closed).await;
    assert_eq!(status(&studio).trouble, Some(Trouble::PictureTooLarge));
}

#[tokio::test]
async fn a_page_is_told_what_is_wrong() {
    let studio = Studio::new();
    let (_, offer) = Browser::new(Role::Camera).await;
    let closed = post(&studio, "/stall/whip", Some(KEY), &offer).await;
    assert_eq!((closed.status, code(&closed).as_str()), (StatusCode::NOT_FOUND, "webrtc_off"));
    let _open = open(&studio);
    let (_, no_picture) = Browser::new(Role::Camera).await;
    let no_h264 = no_picture.replace("H264/90000", "H263/90000");
    let channel = format!("{offer}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
    let long = format!("{offer}{}", "a=x\r\n".repeat(8_000));
    let lite = offer.replace("a=setup:actpass", "a=ice-lite\r\na=setup:actpass");
    for (key, offer, wanted, word) in [
        (None, offer.as_str(), StatusCode::UNAUTHORIZED, "key"),
        (Some("wrong"), &offer, StatusCode::UNAUTHORIZED, "key"),
        (Some(KEY), "no offer at all", StatusCode::BAD_REQUEST, "malformed"),
        (Some(KEY), "", StatusCode::BAD_REQUEST, "malformed"),
        (Some(KEY), &no_h264, StatusCode::NOT_ACCEPTABLE, "no_h264"),
        (Some(KEY), &channel, StatusCode::UNPROCESSABLE_ENTITY, "data_channel"),
        (Some(KEY), &long, StatusCode::PAYLOAD_TOO_LARGE, "too_long"),
    ] {
        let answer = post(&studio, "/stall/whip", key, offer).await;
        assert_eq!((answer.status, code(&answer).as_str()), (wanted, word));
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.headers.contains_key(header::WWW_AUTHENTICATE), word == "key");
    }
    assert_ne!(
        post(&studio, "/stall/whip", Some(KEY), &lite).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    let body = Bytes::from(offer.clone());
    let kind = post_as(&studio, "/stall/whip", Some(KEY), "text/plain", body).await;
    assert_eq!((kind.status, code(&kind).as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type"));
    let elsewhere = post(&studio, "/other/whip", Some(KEY), &offer).await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED, "a key opens its own room only");
    assert!(studio.broadcast.status(&name("stall")).is_none(), "none of it began a room");
}

#[tokio::test]
async fn a_session_is_made_and_ended_and_never_changed() {
    let studio = Studio::new();
    let _open = open(&studio);
    let (mut camera, offer) = Browser::new(Role::Camera).await;
    camera.take(&post(&studio, "/stall/whip", Some(KEY), &offer).await);
    assert!(camera.session.starts_with("/stall/whip/") && camera.session.len() > 60, "{}", camera.session);
    let ask = async |method: Method, address: &str| {
        let request = Request::builder().method(method).uri(address).body(Body::empty()).unwrap();
        studio.viewer.ask(request).await
    };
    let patched = ask(Method::PATCH, &camera.session).await;
    assert_eq!((patched.status, code(&patched).as_str()), (StatusCode::METHOD_NOT_ALLOWED, "no_changes"));
    assert_eq!(patched.headers[header::ALLOW], "DELETE");
    assert_eq!(ask(Method::GET, "/stall/whip").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(ask(Method::OPTIONS, "/stall/whip").await.headers["accept-post"], "application/sdp");
    for _ in 0..2 {
        assert_eq!(camera.leave(&studio).await, StatusCode::OK, "what has ended may be ended again");
    }
}

#[tokio::test]
async fn a_show_that_is_over_takes_no_camera() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(700).await;
    let (_, offer) = Browser::new(Role::Camera).await;
    studio.broadcast.end(&name("stall"));
    let late = post(&studio, "/stall/whip", Some(KEY), &offer).await;
    assert_eq!((late.status, code(&late).as_str()), (StatusCode::CONFLICT, "over"));
    camera.film(200).await;
    camera.until("goodbye", |camera| camera.closed).await;
    let refused = studio.broadcast.publish(crate::support::asked(KEY)).await.err();
    assert_eq!(refused, Some(broadcast::PublishError::Stopped(Stop::Ended)));
}
