//! From a browser's offer to our answer: what is taken of it, what is refused, and how str0m is set up for it.

use std::net::SocketAddr;
use std::sync::Arc;

use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::format::Codec;
use str0m::media::{Mid, Pt};
use str0m::rtp::{Extension, ExtensionMap};
use str0m::{Candidate, IceCreds, Rtc, RtcConfig};
use tokio::time::Instant;

/// A browser's offer with all it can do has some 8 KB.
pub(super) const OFFER_BYTES_MAX: usize = 32 * 1_024;

/// One picture and one sound are used; a browser's page may have added some more that are answered with nothing.
const TRACKS_MAX: usize = 4;

/// An unreliable network loses single packets; so many are kept to be sent again.
const KEPT_VIDEO_PACKETS: usize = 512;
const KEPT_AUDIO_PACKETS: usize = 32;

/// How far packets may come out of order before what is missing is given up.
const REORDERED_VIDEO_FRAMES: usize = 30;

/// What is wrong with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OfferError {
    #[error("the offer is too long")]
    TooLong,
    #[error("the offer is no session description")]
    Malformed,
    #[error("the offer has more tracks than a picture and a sound")]
    TooManyTracks,
    #[error("the offer has a data channel")]
    DataChannel,
    #[error("the offer has several layers of one picture")]
    Simulcast,
    #[error("the offer has no H.264")]
    NoH264,
}

impl OfferError {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::TooManyTracks => "too_many_tracks",
            Self::DataChannel => "data_channel",
            Self::Simulcast => "simulcast",
            Self::NoH264 => "no_h264",
        }
    }
}

/// Which way the frames go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    /// Out to a viewer, of a picture with this profile, with sound or without.
    Out {
        profile: u8,
        opus: bool,
    },
}

/// What all connections of a process have in common.
pub(super) struct Common {
    pub(super) crypto: Arc<CryptoProvider>,
    pub(super) certificate: DtlsCert,
    pub(super) addresses: Vec<SocketAddr>,
}

/// A connection that waits for its first packet.
pub(super) struct Accepted {
    pub(super) rtc: Rtc,
    pub(super) answer: String,
    pub(super) video: Track,
    pub(super) audio: Option<Track>,
}

/// A track by its names in the session and on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track {
    pub(super) mid: Mid,
    pub(super) pt: Pt,
}

/// Whether an offer has sound.
pub(super) fn has_sound(offer: &str) -> bool {
    offer.lines().any(|line| line.starts_with("m=audio ") && !line.starts_with("m=audio 0 "))
}

/// What was posted as a text of a length that an offer may have, without the tracks that no broadcast needs.
pub(super) fn readable(offer: &[u8]) -> Result<&str, OfferError> {
    if offer.len() > OFFER_BYTES_MAX {
        return Err(OfferError::TooLong);
    }
    let offer = std::str::from_utf8(offer).map_err(|_| OfferError::Malformed)?;
    let has = |what: &[&str]| offer.lines().any(|line| what.iter().any(|start| line.starts_with(start)));
    match offer.lines().filter(|line| line.starts_with("m=")).count() {
        0 => Err(OfferError::Malformed),
        _ if has(&["m=application"]) => Err(OfferError::DataChannel),
        _ if has(&["a=simulcast", "a=rid:"]) => Err(OfferError::Simulcast),
        1..=TRACKS_MAX => Ok(offer),
        _ => Err(OfferError::TooManyTracks),
    }
}

/// The offer as we take it: one-way, and without the sender's own addresses, since whoever answers
/// with ICE lite never calls there.
pub(super) fn tidy(offer: &str, way: Way) -> String {
    let mut tidied = String::with_capacity(offer.len() + 64);
    for line in offer.lines() {
        match line {
            _ if line.starts_with("a=candidate") || line.starts_with("a=end-of-candidates") => continue,
            "a=sendrecv" if way == Way::In => tidied.push_str("a=sendonly"),
            "a=sendrecv" => tidied.push_str("a=recvonly"),
            other => tidied.push_str(other),
        }
        tidied.push_str("\r\n");
    }
    tidied
}

impl Common {
    pub(super) fn new(addresses: Vec<SocketAddr>) -> std::io::Result<Self> {
        let crypto = str0m::crypto::from_feature_flags();
        // One for all: making one takes longer than all the rest of an answer.
        let certificate = crypto.dtls_provider.generate_certificate();
        let certificate = certificate.ok_or_else(|| std::io::Error::other("no certificate could be made"))?;
        Ok(Self { crypto: Arc::new(crypto), certificate, addresses })
    }

    /// Accepts a tidied offer.
    pub(super) fn accept(
        &self,
        offer: &str,
        way: Way,
        credentials: IceCreds,
    ) -> Result<Accepted, OfferError> {
        let offer = SdpOffer::from_sdp_string(offer).map_err(|_| OfferError::Malformed)?;
        let mut rtc =
            self.config(way).set_local_ice_credentials(credentials).build(Instant::now().into_std());
        for address in &self.addresses {
            // An address that cannot be a candidate, such as 0.0.0.0, is nobody's way to us.
            if let Ok(candidate) = Candidate::host(*address, "udp") {
                rtc.add_local_candidate(candidate);
            }
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|_| OfferError::Malformed)?.to_sdp_string();
        let named = mids(&answer);
        let video = named.0.and_then(|mid| track(&rtc, mid, way, Codec::H264)).ok_or(OfferError::NoH264)?;
        let audio = named.1.and_then(|mid| track(&rtc, mid, way, Codec::Opus));
        if matches!(way, Way::Out { .. }) {
            keep_packets(&mut rtc, video, audio);
        }
        Ok(Accepted { rtc, answer, video, audio })
    }

    fn config(&self, way: Way) -> RtcConfig {
        // No orientation among the extensions: a phone then turns the picture itself.
        let mut extensions = ExtensionMap::empty();
        extensions.set(1, Extension::RtpMid);
        if way == Way::In {
            // By this a browser finds out how much its network can take.
            extensions.set(2, Extension::TransportSequenceNumber);
            extensions.set(3, Extension::AbsoluteSendTime);
        }
        let opus = match way {
            Way::In => true,
            Way::Out { opus, .. } => opus,
        };
        RtcConfig::new()
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .clear_codecs()
            .enable_opus(opus, false)
            .enable_h264(true)
            .set_extension_map(extensions)
            .set_reordering_size_video(REORDERED_VIDEO_FRAMES)
            .set_rtp_mode(way != Way::In)
    }
}

fn keep_packets(rtc: &mut Rtc, video: Track, audio: Option<Track>) {
    let age = std::time::Duration::from_secs(2);
    let mut api = rtc.direct_api();
    if let Some(stream) = api.stream_tx_by_mid(video.mid, None) {
        stream.set_rtx_cache(KEPT_VIDEO_PACKETS, age, Some(0.15));
    }
    if let Some(stream) = audio.and_then(|audio| api.stream_tx_by_mid(audio.mid, None)) {
        stream.set_rtx_cache(KEPT_AUDIO_PACKETS, age, None);
    }
}

/// The first picture and the first sound that the answer does not refuse: str0m says so only there.
fn mids(answer: &str) -> (Option<Mid>, Option<Mid>) {
    let (mut video, mut audio) = (None, None);
    let mut place: Option<&mut Option<Mid>> = None;
    for line in answer.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            let mut words = media.split(' ');
            place = match (words.next(), words.next()) {
                (_, Some("0")) => None,
                (Some("video"), _) => Some(&mut video),
                (Some("audio"), _) => Some(&mut audio),
                _ => None,
            };
        } else if let Some(mid) = line.strip_prefix("a=mid:")
            && let Some(place) = place.take()
        {
            place.get_or_insert(Mid::from(mid.trim()));
        }
    }
    (video, audio)
}

/// The track's payload type: of a picture the one whose profile is the room's, or the nearest thing.
fn track(rtc: &Rtc, mid: Mid, way: Way, codec: Codec) -> Option<Track> {
    let remote = rtc.media(mid)?.remote_pts();
    let profile = if let Way::Out { profile, .. } = way { Some(u32::from(profile)) } else { None };
    let fits = rtc.codec_config().params().iter().filter(|params| {
        let spec = params.spec();
        let in_pieces = spec.codec != Codec::H264 || spec.format.packetization_mode == Some(1);
        spec.codec == codec && in_pieces && remote.contains(&params.pt())
    });
    let best = fits.max_by_key(|params| {
        let offered = params.spec().format.profile_level_id.map(|id| id >> 16);
        offered.is_some() && offered == profile
    })?;
    Some(Track { mid, pt: best.pt() })
}

/// Tells a browser how much we take, which it keeps to.
pub(super) fn with_bandwidth(answer: &str, kbps: u32) -> String {
    let mut out = String::with_capacity(answer.len() + 16);
    let mut in_video = false;
    for line in answer.lines() {
        if line.starts_with("m=") {
            in_video = line.starts_with("m=video ");
        }
        out.push_str(line);
        out.push_str("\r\n");
        if in_video && line.starts_with("c=") {
            out.push_str(&format!("b=AS:{kbps}\r\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_broadcast_needs_is_refused_by_name() {
        let read = |text: &str| readable(text.as_bytes()).map(str::len);
        assert_eq!(read("v=0\r\nm=application 9 UDP/DTLS/SCTP x\r\n"), Err(OfferError::DataChannel));
        assert_eq!(read("m=video 9 x 1\na=simulcast:send a;b\n"), Err(OfferError::Simulcast));
        assert_eq!(read(&"m=video 9 x 1\r\n".repeat(5)), Err(OfferError::TooManyTracks));
        assert_eq!(read(&"a=x\r\n".repeat(10_000)), Err(OfferError::TooLong));
        assert_eq!(read("v=0\r\n"), Err(OfferError::Malformed));
        assert_eq!(readable(&[0xff, 0xfe]), Err(OfferError::Malformed));
    }

    #[test]
    fn addresses_are_left_out_and_directions_made_plain() {
        let offer = "v=0\na=candidate:1 1 udp 1 x.local 9 typ host\na=sendrecv\na=end-of-candidates\n";
        assert_eq!(tidy(offer, Way::In), "v=0\r\na=sendonly\r\n");
        let out = Way::Out { profile: 0x42, opus: true };
        assert_eq!(tidy(offer, out), "v=0\r\na=recvonly\r\n");
    }

    #[test]
    fn the_limit_stands_where_the_picture_is_described() {
        let answer = "v=0\r\nc=IN\r\nm=audio 9 x\r\nc=IN\r\nm=video 9 x\r\nc=IN\r\na=mid:1\r\n";
        let limited = with_bandwidth(answer, 800);
        assert!(limited.contains("m=video 9 x\r\nc=IN\r\nb=AS:800\r\na=mid:1"), "{limited}");
        assert_eq!(limited.matches("b=AS").count(), 1);
    }
}
