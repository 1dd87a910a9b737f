//! What an operator sets of live rooms.

use crate::hub;

/// The settings of live rooms in one process.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where encoders send to, as the studio shows it: `rtmp://shop.example/live`. Empty when none are let in.
    pub rtmp_url: String,
    /// Whether the browser's own studio may publish (WHIP).
    pub whip: bool,
    /// Whether viewers may watch by WebRTC (WHEP).
    pub whep: bool,
    /// How this process is reached by the others, such as `http://10.0.0.7:8080`; empty when it is alone, or takes no
    /// video.
    pub internal_url: String,
    /// Video comes in only at other processes, and none here.
    pub video_elsewhere: bool,
    /// Where viewers get the video if not here, with `{room}` in it: a media server or a CDN.
    pub external_hls: String,
    /// Where the video of live rooms is sent on to, with `{room}` in it; empty: nowhere.
    pub external_rtmp: String,
    /// What one room's video may use.
    pub video: broadcast::Limits,
    pub hub: hub::Limits,
}
