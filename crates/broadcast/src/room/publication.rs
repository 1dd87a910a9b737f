//! The right to publish into a room, held by one connection at a time. Dropping it is the loss of the publisher.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::intake::{Intake, Out};
use super::meter::Meter;
use super::status::{News, Phase, Trouble};
use super::{Room, Stage};
use crate::contract::Source;
use crate::media::{Codec, Frame};

/// A connection's right to publish.
pub struct Publication {
    room: Arc<Room>,
    number: u64,
}

/// Why nothing more may be published here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error("the show is over")]
    Ended,
    #[error("the host has come back on another connection")]
    TakenOver,
    #[error("cut off: {0}")]
    Cut(#[from] Trouble),
}

impl Room {
    /// Makes a new connection the room's publisher; the one before, if any, is told to stop. `None` when the show is
    /// over.
    pub(crate) fn publish(self: &Arc<Self>, source: Source) -> Option<Publication> {
        let mut stage = self.stage();
        if matches!(stage.phase, Phase::Ended(_)) {
            return None;
        }
        stage.publications += 1;
        stage.publication = stage.publications;
        stage.source = source;
        stage.intake = Intake::default();
        stage.meter = Meter::new();
        stage.packager.finish_stretch();
        self.show_before(&mut stage);
        Some(Publication { room: self.clone(), number: stage.publication })
    }

    /// What the publisher before left unfinished; it is no sign of the new one's life.
    fn show_before(&self, stage: &mut Stage) {
        let number = std::mem::take(&mut stage.publication);
        self.show_changes(stage);
        stage.publication = number;
    }
}

impl Publication {
    pub fn room(&self) -> &crate::Name {
        &self.room.name
    }

    pub fn show(&self) -> &crate::Name {
        &self.room.show
    }

    /// A track begins, or goes on with other settings.
    pub fn describe(&self, codec: Codec) -> Result<(), Stop> {
        let mut stage = self.stage()?;
        if let Codec::Avc(config) = &codec {
            let (long, short) = (config.width.max(config.height), config.width.min(config.height));
            if long > self.room.limits.long_side || short > self.room.limits.short_side {
                return Err(self.cut_in(&mut stage, Trouble::PictureTooLarge));
            }
        }
        stage.intake.describe(codec);
        Ok(())
    }

    /// How long a picture usually lasts, in ticks of 90,000 a second, if the publisher says so.
    pub fn expect_frame_ticks(&self, ticks: u64) -> Result<(), Stop> {
        self.stage()?.intake.expect_frame_ticks(ticks);
        Ok(())
    }

    /// There will be no sound, so that the first picture need not wait for it.
    pub fn expect_no_sound(&self) -> Result<(), Stop> {
        self.stage()?.intake.expect_no_sound();
        Ok(())
    }

    /// Whether a viewer waits for a key frame, for publishers that make one when asked. Asking takes the wish away.
    pub fn take_key_wish(&self) -> bool {
        self.room.key_wish.swap(false, Ordering::Relaxed)
    }

    /// The next frame, in the publisher's own time.
    pub fn push(&self, frame: Frame) -> Result<(), Stop> {
        let mut guard = self.stage()?;
        let stage = &mut *guard;
        let is_measured = stage.meter.count(&frame);
        if stage.meter.is_over(&self.room.limits) {
            return Err(self.cut_in(stage, Trouble::TooManyBits));
        }
        let mut out = Out { packager: &mut stage.packager, relay: &mut stage.relay };
        let pushed = stage.intake.push(frame, self.room.clock.now(), &mut out);
        self.room.show_changes(stage);
        if pushed.is_err() {
            return Err(self.cut_in(stage, Trouble::TooMuchMemory));
        }
        if is_measured {
            self.room.tell(stage);
        }
        Ok(())
    }

    /// Stops because of what the connection sent, so that the host can be told.
    pub fn cut(self, trouble: Trouble) {
        if let Ok(mut stage) = self.stage() {
            self.cut_in(&mut stage, trouble);
        }
    }

    fn cut_in(&self, stage: &mut Stage, trouble: Trouble) -> Stop {
        stage.trouble = Some(trouble);
        self.room.report(News::Cut(trouble));
        self.lose(stage);
        Stop::Cut(trouble)
    }

    fn lose(&self, stage: &mut Stage) {
        stage.packager.finish_stretch();
        stage.publication = 0;
        self.room.show_changes(stage);
        let was_live = stage.phase == Phase::Live;
        self.room.turn(stage, Phase::Lost);
        if was_live {
            self.room.report(News::Lost);
        }
    }

    /// The room's state, as long as this connection is the one that counts.
    fn stage(&self) -> Result<std::sync::MutexGuard<'_, Stage>, Stop> {
        let stage = self.room.stage();
        if matches!(stage.phase, Phase::Ended(_)) {
            return Err(Stop::Ended);
        }
        if stage.publication == self.number {
            return Ok(stage);
        }
        Err(stage.trouble.filter(|_| stage.publication == 0).map_or(Stop::TakenOver, Stop::Cut))
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        if let Ok(mut stage) = self.stage() {
            self.lose(&mut stage);
        }
    }
}
