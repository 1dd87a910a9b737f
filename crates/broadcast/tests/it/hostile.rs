//! Those who only ask, flood or send rubbish: they get no further than their limits, and nobody else notices.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use broadcast::rtc::Caller;
use broadcast::{Phase, Source};
use tokio::net::UdpSocket;

use crate::support::browser::{Browser, Role, code, open};
use crate::support::{Answer, KEY, Studio, name};

async fn ask_from(studio: &Studio, from: IpAddr, offer: &str) -> Answer {
    let mut request = Request::post("/stall/whip")
        .header(header::CONTENT_TYPE, "application/sdp")
        .header(header::AUTHORIZATION, format!("Bearer {KEY}"))
        .body(Body::from(offer.to_owned()))
        .unwrap();
    request.extensions_mut().insert(Caller(from));
    studio.viewer.ask(request).await
}

#[tokio::test]
async fn one_address_may_only_have_so_many_connections_that_never_come_about() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    let (_, offer) = Browser::new(Role::Camera).await;
    let stranger = IpAddr::from([203, 0, 113, 7]);
    for _ in 0..16 {
        assert_eq!(ask_from(&studio, stranger, &offer).await.status, StatusCode::CREATED);
    }
    let one_more = ask_from(&studio, stranger, &offer).await;
    assert_eq!((one_more.status, code(&one_more).as_str()), (StatusCode::SERVICE_UNAVAILABLE, "busy"));
    assert_eq!(one_more.headers[header::RETRY_AFTER], "5");
    assert!(studio.broadcast.status(&name("stall")).is_none(), "who never connects begins no room");
    let mut camera = Browser::publish(&studio).await;
    camera.film(700).await;
    assert_eq!(studio.broadcast.status(&name("stall")).unwrap().borrow().phase, Phase::Live);
}

#[tokio::test]
async fn a_flood_of_offers_is_answered_up_to_a_limit() {
    let studio = Studio::on_the_wall_clock();
    let _open = open(&studio);
    // Who came before is not disturbed.
    let mut camera = Browser::publish(&studio).await;
    let (_, offer) = Browser::new(Role::Camera).await;
    let flooded = studio.clone();
    let flood = tokio::spawn(async move {
        let mut taken = 0;
        for index in 0..300_u32 {
            let from = IpAddr::from(Ipv4Addr::from_bits(0xcb00_7100 + index));
            let answer = ask_from(&flooded, from, &offer).await;
            match answer.status {
                StatusCode::CREATED => taken += 1,
                other => {
                    assert_eq!((other, code(&answer).as_str()), (StatusCode::SERVICE_UNAVAILABLE, "busy"))
                }
            }
        }
        taken
    });
    while !flood.is_finished() {
        camera.film(100).await;
    }
    assert_eq!(flood.await.unwrap(), 256);
    camera.film(700).await;
    let status = studio.broadcast.status(&name("stall")).unwrap().borrow().clone();
    assert_eq!((status.phase, status.source), (Phase::Live, Source::Whip));
}

/// Packets that look like each of the protocols on the socket and are none.
fn rubbish(index: u32) -> Vec<u8> {
    let first = [0x00, 0x01, 0x16, 0x17, 0x80, 0x90, 0xff, 0x40][index as usize % 8];
    let length = [1, 19, 20, 64, 1_200, 1_999][index as usize % 6];
    let mut packet: Vec<u8> = (0..length).map(|at| (at as u32).wrapping_mul(index | 1) as u8).collect();
    packet[0] = first;
    if length >= 20 && index.is_multiple_of(3) {
        packet[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    }
    packet
}

#[tokio::test]
async fn rubbish_on_the_socket_disturbs_nobody() {
    let studio = Studio::on_the_wall_clock();
    let (address, _serving) = open(&studio);
    let mut camera = Browser::publish(&studio).await;
    camera.film(1_000).await;
    let watching = studio.clone();
    let viewer = tokio::spawn(async move {
        let mut viewer = Browser::watch(&watching).await;
        viewer.until("pictures", |viewer| viewer.received_of(viewer.video).len() >= 40).await;
        viewer
    });
    let stranger = tokio::spawn(async move {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        for index in 0..20_000_u32 {
            let _ = socket.send_to(&rubbish(index), address).await;
            if index.is_multiple_of(100) {
                tokio::task::yield_now().await;
            }
        }
    });
    while !viewer.is_finished() {
        camera.film(100).await;
    }
    stranger.await.unwrap();
    let viewer = viewer.await.unwrap();
    assert!(viewer.received_of(viewer.video).iter().all(|picture| picture.contiguous));
    camera.film(100).await;
    assert!(!camera.closed);
}
