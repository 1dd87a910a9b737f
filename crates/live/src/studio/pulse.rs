//! The room as it is at this moment: its state, its numbers, and how the stream is. The studio asks for it every two seconds.

use broadcast::{Advice, Name, Phase, Recording, Source, Status, Trouble};
use db::{Error, Read};
use kernel::{Currency, Money, Timestamp};
use stores::Store;
use web::App;

use super::{Sale, rows, view::Said};
use crate::{
    Live, chat, report,
    rooms::{Room, State, Step},
};

/// Seconds are said with one decimal.
const TENTH_MS: u32 = 100;
/// Comments that wait, shown at once.
const HELD_SHOWN: usize = 3;
/// Orders shown beside the picture.
const ORDERS_SHOWN: i64 = 8;

/// What the templates of the pulse show.
pub(super) struct Pulse {
    /// The room's address in the console.
    pub base: String,
    pub step: Step,
    /// The state in one word for colours: a live room without pictures is `waiting` or `lost`.
    pub mark: &'static str,
    /// The key of its words.
    pub mark_words: &'static str,
    /// Since when it is live.
    pub began: Option<Timestamp>,
    pub now: Timestamp,
    pub numbers: Numbers,
    pub health: Health,
    pub ticker: Vec<Sale>,
    pub currency: Currency,
    /// Comments that wait for someone to let them pass, the oldest first.
    pub held: Vec<Said>,
}

/// What the room has brought so far.
pub(super) struct Numbers {
    pub viewers: u64,
    pub likes: i64,
    pub orders: i64,
    pub paid: Money,
}

/// How the stream is.
#[derive(Default)]
pub(super) struct Health {
    pub tone: &'static str,
    /// The key of the word for it.
    pub word: &'static str,
    /// Whether pictures come in now.
    pub arrives: bool,
    pub kbps: u32,
    pub frames_per_10_seconds: u32,
    pub width: u16,
    pub height: u16,
    pub key_frame_ms: Option<u32>,
    pub advice: Vec<Told>,
}

/// Something that the host should change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub tone: &'static str,
    pub icon: &'static str,
    /// The keys of what is wrong, and of what helps.
    pub title: &'static str,
    pub words: &'static str,
}

impl Pulse {
    pub async fn of(app: &App, read: &mut Read, store: &Store, room: &Room) -> Result<Self, Error> {
        let live = Live::of(app).ok();
        let status = live.as_ref().and_then(|live| {
            let name = Name::new(&room.id.to_string()).ok()?;
            Some(live.broadcast().status(&name)?.borrow().clone())
        });
        // What is left of the rehearsal says nothing of the show.
        let show = room.state.show().map(|show| show.to_string());
        let status = status.filter(|status| Some(status.show.as_str()) == show.as_deref());
        let health = Health::of(status.as_deref(), room.state);
        let (mark, mark_words) = mark(room.state, health.arrives);
        let all = report::overview(read, room).await?;
        let held = chat::list(read, store.id, room.id, chat::Seen::Held, None).await?;
        Ok(Self {
            base: format!("/console/{}/live/{}", store.handle, room.id),
            step: room.state.step(),
            mark,
            mark_words,
            began: match room.state {
                State::Live { since, .. } => Some(since),
                _ => None,
            },
            now: app.clock.now(),
            numbers: Numbers {
                viewers: live.map_or(0, |live| live.hub().viewers(room.id)),
                likes: room.likes,
                orders: all.orders,
                paid: Money::new(all.revenue, store.currency),
            },
            ticker: rows::last_sales(read, store.id, room.id, ORDERS_SHOWN).await?,
            currency: store.currency,
            held: held.into_iter().rev().take(HELD_SHOWN).map(Said::from).collect(),
            health,
        })
    }

    /// What an order comes to.
    pub fn total(&self, sale: &Sale) -> Money {
        Money::new(sale.total, self.currency)
    }
    pub fn may_start(&self) -> bool {
        matches!(self.step, Step::Scheduled | Step::Rehearsal)
    }

    /// How long the room has been live: `12:31`.
    pub fn clock(&self) -> String {
        let seconds = self.began.map_or(0, |began| self.now.duration_since(began).as_secs().max(0));
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes:02}:{seconds:02}")
        }
    }
}

/// The state for colours, and the key of its words.
fn mark(state: State, arrives: bool) -> (&'static str, &'static str) {
    match state {
        State::Scheduled => ("scheduled", "studio-is-scheduled"),
        State::Rehearsal { .. } => ("rehearsal", "studio-is-rehearsal"),
        State::Live { .. } if arrives => ("live", "studio-is-live"),
        State::Live { lost: Some(_), .. } => ("lost", "studio-is-lost"),
        State::Live { lost: None, .. } => ("waiting", "studio-is-waiting"),
        State::Ended { .. } => ("ended", "studio-is-ended"),
        State::Cancelled { .. } => ("ended", "studio-is-cancelled"),
    }
}

impl Health {
    /// What is told of the room's video; without one, that nothing comes.
    pub fn of(status: Option<&Status>, state: State) -> Self {
        let Some(status) = status.filter(|status| !matches!(status.phase, Phase::Ended(_))) else {
            let (tone, word) =
                if state.is_live() { ("bad", "studio-health-none") } else { ("", "studio-health-off") };
            return Self { tone, word, ..Self::default() };
        };
        let health = &status.health;
        let mut advice: Vec<Told> = status.trouble.map(trouble).into_iter().collect();
        if status.phase == Phase::Lost && advice.is_empty() && state.is_live() {
            advice.push(Told {
                tone: "bad",
                icon: "triangle-alert",
                title: "studio-advice-lost",
                words: "studio-advice-lost-words",
            });
        }
        advice.extend(health.advice.iter().filter_map(|one| told(*one, status.source)));
        advice.extend(kept(status.recording));
        let arrives = status.phase == Phase::Live;
        let (tone, word) = match status.phase {
            Phase::Lost => ("bad", "studio-health-lost"),
            Phase::Waiting | Phase::Ended(_) => ("warn", "studio-health-waiting"),
            Phase::Live if advice.iter().any(|one| one.tone == "bad") => ("bad", "studio-health-bad"),
            Phase::Live if advice.iter().any(|one| one.tone == "warn") => ("warn", "studio-health-fair"),
            Phase::Live => ("good", "studio-health-good"),
        };
        Self {
            tone,
            word,
            arrives,
            kbps: health.kbps,
            frames_per_10_seconds: health.frames_per_10_seconds,
            width: health.width,
            height: health.height,
            key_frame_ms: health.key_frame_ms,
            advice,
        }
    }

    pub fn is_measured(&self) -> bool {
        self.arrives && self.kbps > 0
    }
    pub fn frames_a_second(&self) -> u32 {
        (self.frames_per_10_seconds + 5) / 10
    }
    /// Seconds between key frames, with one decimal.
    pub fn key_frames(&self) -> Option<String> {
        let tenths = self.key_frame_ms.filter(|_| self.arrives)?.div_ceil(TENTH_MS);
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }
}

/// What is said of a measurement. What a browser's camera does by itself is not its host's to change.
fn told(advice: Advice, source: Source) -> Option<Told> {
    let encoder = source == Source::Rtmp;
    let warn = |title, words| Some(Told { tone: "warn", icon: "info", title, words });
    match advice {
        Advice::KeyFramesEvery2Seconds => {
            encoder.then(|| warn("studio-advice-key-frames", "studio-advice-key-frames-words")).flatten()
        }
        Advice::NoBFrames => {
            encoder.then(|| warn("studio-advice-b-frames", "studio-advice-b-frames-words")).flatten()
        }
        Advice::NoSound => Some(Told {
            tone: "bad",
            icon: "mic-off",
            title: "studio-advice-sound",
            words: "studio-advice-sound-words",
        }),
        Advice::FewFrames => warn("studio-advice-frames", "studio-advice-frames-words"),
        Advice::NearBitLimit => warn("studio-advice-bits", "studio-advice-bits-words"),
    }
}

/// Why the last publisher was cut off.
fn trouble(trouble: Trouble) -> Told {
    let words = match trouble {
        Trouble::TooManyBits => "studio-trouble-bits",
        Trouble::PictureTooLarge => "studio-trouble-picture",
        Trouble::TooMuchMemory => "studio-trouble-memory",
        Trouble::Encoding => "studio-trouble-encoding",
        Trouble::Malformed => "studio-trouble-malformed",
        Trouble::Silent => "studio-trouble-silent",
    };
    Told { tone: "bad", icon: "circle-alert", title: "studio-trouble", words }
}

/// What is wrong with the recording.
fn kept(recording: Recording) -> Option<Told> {
    let words = match recording {
        Recording::NotAsked | Recording::On => return None,
        Recording::Full => "studio-recording-full",
        Recording::Failing => "studio-recording-failing",
    };
    Some(Told { tone: "warn", icon: "circle-dot", title: "studio-recording", words })
}

#[cfg(test)]
mod tests {
    use broadcast::Health as Measures;

    use super::*;
    use crate::rooms::ShowId;

    fn live() -> State {
        State::Live { show: ShowId::new(), since: Timestamp::UNIX_EPOCH, lost: None }
    }

    fn status(phase: Phase, source: Source, advice: Vec<Advice>) -> Status {
        let name = |text| Name::new(text).unwrap();
        Status {
            room: name("room"),
            show: name("show"),
            source,
            phase,
            since: Timestamp::UNIX_EPOCH,
            health: Measures {
                kbps: 2_400,
                frames_per_10_seconds: 298,
                key_frame_ms: Some(4_010),
                advice,
                ..Measures::default()
            },
            trouble: None,
            recording: Recording::On,
        }
    }

    #[test]
    fn an_encoder_is_told_what_to_set_and_a_camera_is_not() {
        let advice = vec![Advice::NoBFrames, Advice::KeyFramesEvery2Seconds];
        let encoder = Health::of(Some(&status(Phase::Live, Source::Rtmp, advice.clone())), live());
        assert_eq!((encoder.word, encoder.advice.len()), ("studio-health-fair", 2));
        let camera = Health::of(Some(&status(Phase::Live, Source::Whip, advice)), live());
        assert_eq!((camera.word, camera.advice.len()), ("studio-health-good", 0));
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let health = Health::of(Some(&status(Phase::Live, Source::Rtmp, Vec::new())), live());
        assert_eq!(health.frames_a_second(), 30);
        assert_eq!(health.key_frames().as_deref(), Some("4.1"));
    }

    #[test]
    fn a_room_without_pictures_does_not_look_live() {
        let lost = status(Phase::Lost, Source::Rtmp, Vec::new());
        let health = Health::of(Some(&lost), live());
        assert!(!health.arrives && !health.is_measured());
        assert_eq!(health.advice[0].title, "studio-advice-lost");
        assert_eq!(mark(live(), health.arrives).0, "waiting");
        assert_eq!(mark(live().lose(Timestamp::UNIX_EPOCH), false).0, "lost");
        assert_eq!(Health::of(None, live()).tone, "bad");
        assert_eq!(Health::of(None, State::Scheduled).tone, "", "nothing is missing before the start");
    }
}
