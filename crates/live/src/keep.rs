//! What this process does by itself for its rooms, every ten seconds: says that it has their pictures, sends away who
//! publishes into a room that is over, and writes what was counted.

use std::time::Duration;

use broadcast::Phase;
use db::Error;
use kernel::RoomId;
use web::App;

use crate::{
    Live,
    meters::Meter,
    report,
    rooms::{self, ShowId, State},
    shelf,
};

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
        let held = match phase {
            Phase::Live => {
                here += 1;
                look_at_goods(app, live, room).await;
                hold_one(app, live, room).await
            }
            // Who sends sound alone shows nothing yet: that does not keep a room alive.
            Phase::Waiting => look_at(app, live, room).await,
            Phase::Lost | Phase::Ended(_) => continue,
        };
        match held {
            Ok(Some(now @ State::Live { show: own, lost: Some(_), .. }))
                if phase == Phase::Live && is_still(Some(now), &show) =>
            {
                mend(app, live, room, own).await;
            }
            Ok(now) if is_still(now, &show) => {}
            // The room is over, in another show or at another process, by that process's word.
            Ok(_) => rooms::end_video(app, room),
            Err(error) => tracing::error!(%error, %room, "that the room has pictures could not be written"),
        }
    }
    live.gauge(here);
}

async fn look_at_goods(app: &App, live: &Live, room: RoomId) {
    let looked = match live.known(app, room).await {
        Ok(Some(known)) => shelf::look_again(app, live.last_look(), known.store, room).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = looked {
        tracing::error!(%error, %room, "the goods of a room could not be looked at");
    }
}

/// The room is taken for lost though its pictures come: what told so was written late, or by a process that was wrong.
async fn mend(app: &App, live: &Live, room: RoomId, show: ShowId) {
    let mended = match live.known(app, room).await {
        Ok(Some(known)) => rooms::pictures(app, known.store, room, show).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = mended {
        tracing::error!(%error, %room, "that pictures come could not be written");
    }
}

fn is_still(now: Option<State>, show: &str) -> bool {
    let own = |state: &State| state.show().is_some_and(|own| own.to_string() == show);
    now.is_some_and(|state| !state.is_over() && own(&state))
}

async fn look_at(app: &App, live: &Live, room: RoomId) -> Result<Option<State>, Error> {
    let Some(known) = live.known(app, room).await? else { return Ok(None) };
    Ok(rooms::get(&mut app.db.read().await?, known.store, room).await?.map(|room| room.state))
}

async fn hold_one(app: &App, live: &Live, room: RoomId) -> Result<Option<State>, Error> {
    let Some(known) = live.known(app, room).await? else { return Ok(None) };
    let (node, now) = (&live.settings().internal_url, app.clock.now());
    app.db.write(known.store, async |tx| rooms::still_here(tx, room, known.store, node, now).await).await
}

/// Writes what was counted since the last time. What cannot be written is lost: it is counted, not promised.
pub async fn write_counts(app: &App, live: &Live) {
    for (room, meter) in live.meters().take() {
        if let Err(error) = write_one(app, live, room, &meter).await {
            tracing::error!(%error, %room, "what was counted could not be written");
        }
    }
}

async fn write_one(app: &App, live: &Live, room: RoomId, meter: &Meter) -> Result<(), Error> {
    let Some(known) = live.known(app, room).await? else { return Ok(()) };
    let (store, now, node) = (known.store, app.clock.now(), live.node());
    let state = rooms::get(&mut app.db.read().await?, store, room).await?.map(|room| room.state);
    if state.is_none_or(|state| state.is_coming()) {
        // Who waits for the beginning and is here when it comes has come in then.
        for person in live.hub().persons(room).intersection(&meter.persons) {
            live.meters().joined(room, *person);
        }
        return Ok(());
    }
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
