//! The film with which one store of the town is always live, and which product it shows when.

use std::{borrow::Cow, time::Duration};

use axum::body::Bytes;
use broadcast::reel::Film;
use serde::Deserialize;

use super::goods;
use crate::cli::Outcome;

/// The film and its schedule.
pub(super) struct Reel {
    pub(super) film: Film,
    pub(super) schedule: Schedule,
}

/// What `cargo xtask reel` wrote beside the film.
#[derive(Deserialize)]
pub(super) struct Schedule {
    /// Key of the shop whose goods are shown.
    pub(super) shop: String,
    pub(super) duration_ms: u64,
    pub(super) scenes: Vec<Scene>,
}

#[derive(Deserialize)]
pub(super) struct Scene {
    /// Slug of the product.
    pub(super) product: String,
    pub(super) from_ms: u64,
}

impl Reel {
    pub(super) fn load() -> Outcome<Self> {
        let schedule = serde_json::from_slice(&goods::picture("reel.json")?)?;
        // The film stays where the program has it.
        let film = match goods::picture("reel.flv")? {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Ok(Self { film: Film::from_flv(film)?, schedule })
    }
}

impl Schedule {
    /// Which scene is shown so long after the film began, and when the next begins.
    pub(super) fn at(&self, after: Duration) -> (usize, Duration) {
        let round = Duration::from_millis(self.duration_ms);
        let rounds = (after.as_millis() / round.as_millis().max(1)) as u32;
        let within = (after - round * rounds).as_millis() as u64;
        let scene = self.scenes.iter().rposition(|scene| scene.from_ms <= within).unwrap_or(0);
        let next = self.scenes.get(scene + 1).map_or(self.duration_ms, |scene| scene.from_ms);
        (scene, round * rounds + Duration::from_millis(next))
    }
}
