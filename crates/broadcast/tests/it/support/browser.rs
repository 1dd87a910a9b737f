//! A browser's side of WebRTC: the same protocol, with pictures that nobody has to decode.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use broadcast::rtc::{Settings, serve};
use bytes::Bytes;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::{Answer, KEY, Studio};

/// Nothing in a test takes longer on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens WebRTC on a free port of this machine.
pub fn open(studio: &Studio) -> (SocketAddr, JoinHandle<()>) {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    let serving =
        serve(socket, &Settings { tasks: 2, ..Settings::default() }, studio.broadcast.clone()).unwrap();
    (address, tokio::spawn(serving))
}

pub struct Browser {
    pub rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    pub video: Option<Mid>,
    pub audio: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    /// Where the session is, once there is one.
    pub session: String,
    pub answer: String,
    pub connected: bool,
    pub closed: bool,
    /// Whether a key frame was asked for since the last picture, and how many came of it.
    key_wanted: bool,
    pub keys_on_request: u32,
    pub received: Vec<MediaData>,
    began: Instant,
    pictures: u64,
    packets: u64,
    /// Which of the parameter sets below the camera has now.
    pub size: usize,
}

/// 1280×720 and 640×480 in Constrained Baseline, as a browser sends them.
const SETS: [&[u8]; 2] = [
    &[0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4],
    &[0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02, 0x80, 0xf6, 0x40],
];
const PICTURE_SET: &[u8] = &[0x68, 0xce, 0x3c, 0x80];

pub enum Role {
    Camera,
    MuteCamera,
    Viewer,
    ViewerWithoutSound,
}

impl Browser {
    /// Makes the offer; nothing is sent yet.
    pub async fn new(role: Role) -> (Self, String) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let local = socket.local_addr().unwrap();
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let config = RtcConfig::new().set_crypto_provider(crypto).clear_codecs();
        let now = Instant::now();
        let mut rtc = config.enable_opus(true, false).enable_h264(true).build(now);
        rtc.add_local_candidate(Candidate::host(local, "udp").unwrap());
        let way = match role {
            Role::Camera | Role::MuteCamera => Direction::SendOnly,
            Role::Viewer | Role::ViewerWithoutSound => Direction::RecvOnly,
        };
        let mut changes = rtc.sdp_api();
        let video = changes.add_media(MediaKind::Video, way, None, None, None);
        let audio = matches!(role, Role::Camera | Role::Viewer)
            .then(|| changes.add_media(MediaKind::Audio, way, None, None, None));
        let (offer, pending) = changes.apply().unwrap();
        let browser = Self {
            rtc,
            socket,
            local,
            video: Some(video),
            audio,
            pending: Some(pending),
            session: String::new(),
            answer: String::new(),
            connected: false,
            closed: false,
            key_wanted: false,
            keys_on_request: 0,
            received: Vec::new(),
            began: now,
            pictures: 0,
            packets: 0,
            size: 0,
        };
        (browser, offer.to_sdp_string())
    }

    /// A camera that is connected.
    pub async fn publish(studio: &Studio) -> Self {
        let (mut camera, offer) = Self::new(Role::Camera).await;
        camera.take(&post(studio, "/stall/whip", Some(KEY), &offer).await);
        camera.until("connected", |camera| camera.connected).await;
        camera
    }

    /// A viewer who is connected.
    pub async fn watch(studio: &Studio) -> Self {
        let (mut viewer, offer) = Self::new(Role::Viewer).await;
        viewer.take(&post(studio, "/stall/whep", None, &offer).await);
        viewer.until("connected", |viewer| viewer.connected).await;
        viewer
    }

    /// Takes the answer that must have come.
    pub fn take(&mut self, answer: &Answer) {
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        self.session = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
        self.answer = String::from_utf8(answer.body.to_vec()).unwrap();
        let accepted = SdpAnswer::from_sdp_string(&self.answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), accepted).unwrap();
    }

    pub async fn leave(&self, studio: &Studio) -> StatusCode {
        studio.viewer.ask(Request::delete(&self.session).body(Body::empty()).unwrap()).await.status
    }

    /// Sends and receives until it is so.
    pub async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let give_up = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < give_up, "it never came to: {what}");
            self.step(Instant::now() + Duration::from_millis(20)).await;
        }
    }

    /// Films for so long of the camera's time, which is that of the wall.
    pub async fn film(&mut self, ms: u64) {
        let from = self.pictures * 33;
        if self.pictures == 0 {
            self.began = Instant::now();
        }
        while self.pictures * 33 < from + ms {
            let picture_at = self.began + Duration::from_millis(self.pictures * 33);
            let packet_at = self.began + Duration::from_millis(self.packets * 20);
            self.step(picture_at.min(packet_at)).await;
            let now = Instant::now();
            if now >= packet_at && self.audio.is_some() {
                self.send_packet(now);
            } else if self.audio.is_none() {
                self.packets += 1;
            }
            if now >= picture_at {
                self.send_picture(now);
            }
        }
    }

    fn send_packet(&mut self, now: Instant) {
        let time = MediaTime::new(self.packets * 960, Frequency::FORTY_EIGHT_KHZ);
        self.packets += 1;
        self.write(self.audio, now, time, &[0xfc, 0xff, 0xfe]);
    }

    fn send_picture(&mut self, now: Instant) {
        let asked = std::mem::take(&mut self.key_wanted);
        self.keys_on_request += u32::from(asked);
        let time = MediaTime::new(self.pictures * 33 * 90, Frequency::NINETY_KHZ);
        let picture = self.picture(self.pictures == 0 || asked);
        self.pictures += 1;
        self.write(self.video, now, time, &picture);
    }

    /// A picture of some kilobytes as a stream of units.
    fn picture(&self, key: bool) -> Vec<u8> {
        let start = [0, 0, 0, 1];
        if key {
            let sets = [&start[..], SETS[self.size], &start, PICTURE_SET].concat();
            return [&sets[..], &start, &[0x65], &self.body(9_000)].concat();
        }
        [&start[..], &[0x41], &self.body(2_000 + self.pictures as usize % 7)].concat()
    }

    /// What stands in a picture instead of one.
    pub fn body(&self, bytes: usize) -> Vec<u8> {
        (0..bytes).map(|index| (index % 250 + 5) as u8).collect()
    }

    fn write(&mut self, mid: Option<Mid>, now: Instant, time: MediaTime, data: &[u8]) {
        let Some(writer) = mid.and_then(|mid| self.rtc.writer(mid)) else { return };
        let pt = writer.payload_params().find(|params| {
            let spec = params.spec();
            spec.codec == Codec::Opus || spec.format.packetization_mode == Some(1)
        });
        let pt = pt.map(|params| params.pt()).unwrap();
        writer.write(pt, now, time, data.to_vec()).unwrap();
    }

    /// Lets everything happen until a moment, or until a packet came.
    async fn step(&mut self, until: Instant) {
        let due = loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => break due,
                Ok(Output::Transmit(packet)) => {
                    let _ = self.socket.send_to(&packet.contents, packet.destination).await;
                }
                Ok(Output::Event(event)) => self.hear(event),
                Err(_) => {
                    self.closed = true;
                    break until;
                }
            }
        };
        let mut buffer = [0; 2_000];
        let until = until.min(due).max(Instant::now());
        tokio::select! {
            received = self.socket.recv_from(&mut buffer) => {
                let Ok((length, source)) = received else { return };
                let contents = &buffer[..length];
                let Ok(packet) = Receive::new(Protocol::Udp, source, self.local, contents) else { return };
                let _ = self.rtc.handle_input(Input::Receive(Instant::now(), packet));
            }
            () = tokio::time::sleep_until(until.into()) => {
                let _ = self.rtc.handle_input(Input::Timeout(Instant::now()));
            }
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::Closed => self.closed = true,
            Event::KeyframeRequest(_) => self.key_wanted = true,
            Event::MediaData(media) => self.received.push(media),
            _ => {}
        }
    }

    /// What came of a kind.
    pub fn received_of(&self, mid: Option<Mid>) -> Vec<&MediaData> {
        self.received.iter().filter(|media| Some(media.mid) == mid).collect()
    }
}

/// Posts an offer as a page does.
pub async fn post(studio: &Studio, address: &str, key: Option<&str>, offer: &str) -> Answer {
    post_as(studio, address, key, "application/sdp", Bytes::copy_from_slice(offer.as_bytes())).await
}

pub async fn post_as(studio: &Studio, address: &str, key: Option<&str>, kind: &str, body: Bytes) -> Answer {
    let mut request = Request::post(address).header(header::CONTENT_TYPE, kind);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    studio.viewer.ask(request.body(Body::from(body)).unwrap()).await
}

/// The word that tells a page what to do.
pub fn code(answer: &Answer) -> String {
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let (_, after) = text.split_once("\"code\":\"").unwrap_or_else(|| panic!("no code in {text:?}"));
    after.split('"').next().unwrap().to_owned()
}
