//! Two sides of a connection without a socket between them, on a clock of the test's own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use gateways::files::Files;
use kernel::Clock;
use str0m::change::SdpAnswer;
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};

use super::desk::{Commands, Desk, Packet};
use super::offer::{Common, Way, readable, tidy};
use super::peer::{Peer, Role};
use super::publisher::Publisher;
use super::socket::Outbox;
use crate::contract::{Admit, Audience, Grant, Limits, Playing, Publishing, Refusal};
use crate::fuzz::{Dice, cases};
use crate::hub::Broadcast;
use crate::name::Name;
use crate::recording::Recordings;
use crate::room::status::{Phase, Trouble};

struct Nobody;

#[async_trait]
impl Admit for Nobody {
    async fn publish(&self, _: Publishing<'_>) -> Result<Grant, Refusal> {
        Err(Refusal::NotAllowed)
    }

    async fn play(&self, _: Playing<'_>) -> Result<Audience, Refusal> {
        Ok(Audience::Everyone)
    }
}

fn ours() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 3_478))
}

fn theirs() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], 4_711))
}

/// A camera and our side of its connection, with the room behind it.
struct Pair {
    camera: Rtc,
    video: Mid,
    peer: Option<Peer>,
    broadcast: Broadcast,
    now: Instant,
    connected: bool,
    key_requests: u32,
    /// Pictures that the camera has sent.
    filmed: u64,
    /// What the camera sent, to be spoilt.
    sent: Vec<Vec<u8>>,
    _tasks: Vec<Commands>,
    _folder: tempfile::TempDir,
}

fn camera(now: Instant) -> (Rtc, Mid, String, str0m::change::SdpPendingOffer) {
    let crypto = Arc::new(str0m::crypto::from_feature_flags());
    let config = RtcConfig::new().set_crypto_provider(crypto).clear_codecs();
    let mut rtc = config.enable_opus(true, false).enable_h264(true).build(now);
    rtc.add_local_candidate(Candidate::host(theirs(), "udp").unwrap());
    let mut changes = rtc.sdp_api();
    let video = changes.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
    changes.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
    let (offer, pending) = changes.apply().unwrap();
    (rtc, video, offer.to_sdp_string(), pending)
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::new(Files::local(folder.path().to_owned()));
        let broadcast = Broadcast::new(Arc::new(Nobody), recordings, Clock::system());
        let (desk, tasks) = Desk::new(Common::new(vec![ours()]).unwrap(), 1);
        let desk = Arc::new(desk);
        let now = Instant::now();
        let (mut camera, video, offer, pending) = camera(now);
        let ticket = desk.enter(None).unwrap();
        let accepted = desk.common.accept(&tidy(&offer, Way::In), Way::In, ticket.credentials()).unwrap();
        let answer = SdpAnswer::from_sdp_string(&accepted.answer).unwrap();
        camera.sdp_api().accept_answer(pending, answer).unwrap();
        let name = |text| Name::new(text).unwrap();
        let grant = Grant {
            room: name("stall"),
            show: name("show"),
            limits: Limits::default(),
            record: false,
            forward: None,
        };
        let publisher = Publisher::new(broadcast.clone(), grant, accepted.video.mid, false);
        let peer = Peer::new(accepted.rtc, Role::In(Box::new(publisher)), ticket, desk, now);
        Self {
            camera,
            video,
            peer: Some(peer),
            broadcast,
            now,
            connected: false,
            key_requests: 0,
            filmed: 0,
            sent: Vec::new(),
            _tasks: tasks,
            _folder: folder,
        }
    }

    fn send_us(&mut self, bytes: &[u8]) {
        let Some(peer) = &mut self.peer else { return };
        let bytes = Bytes::copy_from_slice(bytes);
        peer.receive(&Packet { peer: peer.id(), from: theirs(), to: None, bytes }, self.now);
    }

    /// Ten milliseconds in which both sides say what they have to say.
    fn tick(&mut self) {
        self.now += Duration::from_millis(10);
        let _ = self.camera.handle_input(Input::Timeout(self.now));
        loop {
            match self.camera.poll_output() {
                Ok(Output::Transmit(packet)) => {
                    self.send_us(&packet.contents);
                    self.sent.push(packet.contents.to_vec());
                }
                Ok(Output::Event(Event::Connected)) => self.connected = true,
                Ok(Output::Event(Event::KeyframeRequest(_))) => self.key_requests += 1,
                Ok(Output::Event(_)) => {}
                Ok(Output::Timeout(_)) | Err(_) => break,
            }
        }
        let mut outbox = Outbox::default();
        let lives = self.peer.as_mut().is_some_and(|peer| peer.run(self.now, &mut outbox, 1));
        if !lives {
            self.peer = None;
        }
        for packet in outbox.packets() {
            let Ok(packet) = Receive::new(Protocol::Udp, ours(), theirs(), packet) else { continue };
            let _ = self.camera.handle_input(Input::Receive(self.now, packet));
        }
    }

    fn connect(&mut self) {
        for _ in 0..500 {
            self.tick();
            if self.connected && self.broadcast.status(&Name::new("stall").unwrap()).is_some() {
                return;
            }
        }
        panic!("they never found each other");
    }

    fn film(&mut self, pictures: u64, key_every: u64) {
        for index in 0..pictures {
            let kind = if index % key_every == 0 { 0x65 } else { 0x41 };
            let sets: &[u8] = &[
                0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4, 0, 0, 0, 1, 0x68, 0xce,
                0x3c, 0x80,
            ];
            let sets = if kind == 0x65 { sets } else { &[] };
            let data = [sets, &[0, 0, 0, 1, kind], &[7; 900]].concat();
            let writer = self.camera.writer(self.video).unwrap();
            let h264 = |codec| codec == Codec::H264;
            let pt = writer.payload_params().find(|params| {
                h264(params.spec().codec) && params.spec().format.packetization_mode == Some(1)
            });
            let pt = pt.unwrap().pt();
            let time = MediaTime::new(self.filmed * 3_600, Frequency::NINETY_KHZ);
            self.filmed += 1;
            writer.write(pt, self.now, time, data).unwrap();
            for _ in 0..4 {
                self.tick();
            }
        }
    }

    fn phase(&self) -> (Phase, Option<Trouble>) {
        let status = self.broadcast.status(&Name::new("stall").unwrap()).unwrap();
        let status = status.borrow();
        (status.phase, status.trouble)
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_frame_is_asked_for_every_two_seconds_and_more_often_only_if_none_comes() {
    let mut pair = Pair::new();
    pair.connect();
    pair.film(25, 1_000);
    let at_first = pair.key_requests;
    assert!((1..=3).contains(&at_first), "{at_first} in the first second, after which one has come");
    // Eight seconds in which the camera sends one each two seconds, as it would when asked.
    pair.film(200, 50);
    let asked = pair.key_requests - at_first;
    assert!((3..=8).contains(&asked), "{asked} in eight seconds");
    let before = pair.key_requests;
    // A camera that does not listen is asked twice a second and no more.
    pair.film(100, 1_000);
    let asked = pair.key_requests - before;
    assert!((3..=9).contains(&asked), "{asked} in four seconds");
}

#[tokio::test(start_paused = true)]
async fn a_camera_that_falls_silent_is_let_go_and_its_host_told() {
    let mut pair = Pair::new();
    pair.connect();
    pair.film(50, 25);
    assert_eq!(pair.phase(), (Phase::Live, None));
    for _ in 0..1_300 {
        pair.tick();
    }
    assert!(pair.peer.is_none(), "though its connection is alive");
    assert_eq!(pair.phase(), (Phase::Lost, Some(Trouble::Silent)));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_never_comes_about_is_forgotten() {
    let mut pair = Pair::new();
    let peer = pair.peer.as_mut().unwrap();
    let mut outbox = Outbox::default();
    assert!(peer.run(pair.now + Duration::from_secs(14), &mut outbox, 1));
    assert!(!peer.run(pair.now + Duration::from_secs(15), &mut outbox, 1));
    assert!(pair.broadcast.status(&Name::new("stall").unwrap()).is_none(), "and never began a room");
}

#[tokio::test(start_paused = true)]
async fn spoilt_packets_change_nothing_for_those_that_are_whole() {
    let mut pair = Pair::new();
    pair.connect();
    pair.film(10, 5);
    let sent = std::mem::take(&mut pair.sent);
    for case in 0..cases() {
        let mut dice = Dice::of(case);
        let chosen = dice.below(sent.len());
        let spoilt = dice.spoil(&sent[chosen]);
        pair.send_us(&spoilt);
        if case % 64 == 0 {
            pair.tick();
        }
        // A camera from which nothing whole comes is let go, however much is spoilt.
        if case % 4_096 == 0 {
            pair.film(1, 1);
        }
    }
    pair.sent.clear();
    pair.film(50, 25);
    assert_eq!(pair.phase(), (Phase::Live, None));
}

#[test]
fn spoilt_offers_are_refused_or_answered() {
    let common = Common::new(vec![ours()]).unwrap();
    let (_, _, offer, _) = camera(Instant::now());
    let offers = [offer.as_str(), include_str!("chromium-offer.sdp")];
    let mut answered = 0_u64;
    for case in 0..cases() {
        let mut dice = Dice::of(case);
        let chosen = dice.below(offers.len());
        let spoilt = dice.spoil_text(offers[chosen]);
        let Ok(offer) = readable(&spoilt) else { continue };
        let way = if dice.below(2) == 0 { Way::In } else { Way::Out { profile: 0x42, opus: true } };
        let credentials = IceCreds { ufrag: "us".into(), pass: "secret-of-ours-to-us".into() };
        answered += u64::from(common.accept(&tidy(offer, way), way, credentials).is_ok());
    }
    assert!(answered > cases() / 20, "many are still good enough: {answered}");
}
