//! Rooms over many processes: the hubs' letters go over the bus that the processes share.

use std::sync::Arc;

use bytes::Bytes;
use gateways::bus::{Bus, BusError, Line, LineEnd};
use kernel::Clock;

use super::{Alone, Hub, Limits, Peers, Source};

/// The line of all hubs.
const LINE: &str = "rooms";

impl Peers for Line {
    fn send(&self, message: Bytes) {
        self.say(message);
    }
}

/// What the other processes' hubs say, for [`Hub::listen`]; nothing where there are none.
pub struct Hearing(Option<LineEnd>);

/// The way to the hubs of the other processes on this bus, and from them. A process that is alone has none.
pub async fn over(bus: &Bus) -> Result<(Arc<dyn Peers>, Hearing), BusError> {
    Ok(match bus.line(LINE).await? {
        Some((line, end)) => (Arc::new(line), Hearing(Some(end))),
        None => (Arc::new(Alone), Hearing(None)),
    })
}

impl Hub {
    /// Starts a hub that works with those of the other processes on this bus.
    pub async fn on_bus(
        source: Arc<dyn Source>,
        bus: &Bus,
        clock: Clock,
        limits: Limits,
    ) -> Result<Self, BusError> {
        let (peers, hearing) = over(bus).await?;
        let hub = Self::start(source, peers, clock, limits);
        hub.listen(hearing);
        Ok(hub)
    }

    /// Hears the other processes' hubs from now on.
    pub fn listen(&self, hearing: Hearing) {
        let Hearing(Some(mut end)) = hearing else { return };
        let running = Arc::downgrade(&self.running);
        tokio::spawn(async move {
            while let Some(message) = end.next().await {
                let Some(running) = running.upgrade() else { return };
                running.hear(&message);
            }
        });
    }
}
