//! What this process does by itself for its rooms, every ten seconds: says that it has their pictures, sends away who
//! publishes into a room that is over, and writes what was counted.

use std::time::Duration;

use broadcast::Phase;
use db::Error;
use kernel::RoomId;
use web::App;

use crate::{Live, meters::Meter, report, rooms, shelf};

const EVERY: Duration = Duration::from_secs(10);

/// Runs as long as the process.
pub(crate) async fn keep(app: App, live: Live) {
    loop {
        tokio::time::sleep(EVERY).await;
        hold(&app, &live).await;
        write_counts(&app, &live).await;
    }
}

/// Says of each room whose pictures come here that they do.
async fn hold(app: &App, live: &Live) {
    let mut here = 0;
    for room in live.published() {
        let status = rooms::video_name(room).and_then(|name| live.broadcast().status(&name));
        let Some(status) = status else {
            live.gone(room);
            continue;
        };
        let (phase, show) = {
            let status = status.borrow();
            (status.phase, status.show.as_str().to_owned())
        };
        if !matches!(phase, Phase::Waiting | Phase::Live) {
            continue;
        }
        here += 1;
        match hold_one(app, live, room).await {
            Ok(now) if is_still(now, &show) => {}
            // The room is over, in another show or at another process, by that process's word.
            Ok(_) => rooms::end_video(app, room),
            Err(error) => tracing::error!(%error, %room, "that the room has pictures could not be written"),
        }
    }
    live.gauge(here);
}

fn is_still(now: Option<rooms::State>, show: &str) -> bool {
    let own = |state: &rooms::State| state.show().is_some_and(|own| own.to_string() == show);
    now.is_some_and(|state| !state.is_over() && own(&state))
}

async fn hold_one(app: &App, live: &Live, room: RoomId) -> Result<Option<rooms::State>, Error> {
    let Some(known) = live.known(app, room).await? else { return Ok(None) };
    let (node, now) = (&live.settings().internal_url, app.clock.now());
    app.db.write(known.store, async |tx| rooms::still_here(tx, room, known.store, node, now).await).await
}

/// Writes what was counted since the last time. What cannot be written is lost: it is counted, not promised.
pub(crate) async fn write_counts(app: &App, live: &Live) {
    for (room, meter) in live.meters().take() {
        if let Err(error) = write_one(app, live, room, &meter).await {
            tracing::error!(%error, %room, "what was counted could not be written");
        }
    }
}

async fn write_one(app: &App, live: &Live, room: RoomId, meter: &Meter) -> Result<(), Error> {
    let Some(known) = live.known(app, room).await? else { return Ok(()) };
    let (store, now, node) = (known.store, app.clock.now(), live.node());
    // All nodes together: the peak is of the room.
    let viewers = live.hub().viewers(room).max(meter.viewers);
    app.db
        .write(store, async |tx| {
            rooms::count(tx, store, room, viewers, meter.likes, meter.shares).await?;
            shelf::count(tx, store, room, &meter.impressions, &meter.clicks).await?;
            report::count(tx, store, room, node, meter, now).await
        })
        .await
}
