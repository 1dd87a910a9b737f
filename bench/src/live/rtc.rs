//! One end of WebRTC as a browser has it, without a picture to draw or decode.

use super::ask::Site;
use crate::Outcome;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use str0m::{
    Candidate, Rtc, RtcConfig,
    change::SdpAnswer,
    config::{CryptoProvider, DtlsCert},
    media::{Direction, MediaKind, Mid},
};

/// What all ends of this process share.
pub struct Common {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

/// A connection that the server knows of.
pub struct Opened {
    pub rtc: Rtc,
    pub video: Mid,
    pub audio: Mid,
}

/// Which way pictures and sound go, and how they are seen here.
#[derive(Clone, Copy)]
pub enum Way {
    /// Whole pictures go out.
    Out,
    /// Packets come in.
    In,
}

impl Common {
    pub fn new() -> Outcome<Self> {
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = crypto.dtls_provider.generate_certificate();
        Ok(Self { certificate: certificate.ok_or("no certificate could be made")?, crypto })
    }

    /// Makes an offer from this socket's address, posts it, and takes the answer.
    pub fn open(
        &self,
        site: &Site,
        path: &str,
        key: Option<&str>,
        way: Way,
        local: SocketAddr,
    ) -> Outcome<Opened> {
        let direction = match way {
            Way::Out => Direction::SendOnly,
            Way::In => Direction::RecvOnly,
        };
        let config = RtcConfig::new().set_crypto_provider(self.crypto.clone());
        let config = config.set_dtls_cert(self.certificate.clone()).clear_codecs();
        let config = config.enable_opus(true, false).enable_h264(true);
        let mut rtc = config.set_rtp_mode(matches!(way, Way::In)).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(local, "udp")?);
        let mut changes = rtc.sdp_api();
        let video = changes.add_media(MediaKind::Video, direction, None, None, None);
        let audio = changes.add_media(MediaKind::Audio, direction, None, None, None);
        let (offer, pending) = changes.apply().ok_or("nothing was offered")?;
        let bearer = key.map(|key| format!("Bearer {key}"));
        let mut headers = vec![("content-type", "application/sdp")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let answer = site.post(path, &headers, offer.to_sdp_string().as_bytes())?.expect(201)?;
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer.text())?)?;
        Ok(Opened { rtc, video, audio })
    }
}
