//! Follows the video: what it reports becomes the room's state and a word in its story.

use broadcast::{Ending as VideoEnding, Name, News, Phase, Report};
use db::deadlines;
use kernel::{RoomId, StoreId, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use web::App;

use super::{
    Ending, MoveError, RETURN_WITHIN, Room, SILENT, ShowId, State, end, moves, publish, rows, stop_rehearsing,
};
use crate::{Live, Story, hub::EventKind, story::payload::LiveState};

/// Runs as long as the process.
pub(crate) async fn follow(app: App, live: Live) {
    let mut reports = live.broadcast().reports();
    loop {
        match reports.recv().await {
            Ok(report) => note(&app, &report).await,
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "reports of the video were missed; every room is looked at");
                look(&app, &live).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn note(app: &App, report: &Report) {
    if let Err(error) = heard(app, report).await {
        // The room's deadline makes good what is lost here.
        tracing::error!(%error, room = %report.room, news = ?report.news, "what the video reported could not be written");
    }
}

/// What one report changes. Whatever it tells of may be over by now; then nothing does.
pub(super) async fn heard(app: &App, report: &Report) -> Result<(), MoveError> {
    let (Ok(id), Ok(show)) = (report.room.as_str().parse::<RoomId>(), report.show.as_str().parse::<ShowId>())
    else {
        return Ok(());
    };
    let mut read = app.db.read().await?;
    let Some(room) = rows::by_id(&mut read, id).await? else { return Ok(()) };
    let holder = rows::holder(&mut read, room.store_id, id).await?;
    drop(read);
    let node = Live::of(app).map(|live| live.settings().internal_url.clone()).unwrap_or_default();
    // The host may have come to another process by now, which tells for itself.
    let is_elsewhere = holder.is_some_and(|(holder, until)| holder != node && until > app.clock.now());
    if is_elsewhere || room.state.show() != Some(show) {
        return Ok(());
    }
    let store = room.store_id;
    match (report.news, room.state) {
        (News::Started | News::Resumed, State::Live { .. }) => pictures(app, store, id, show).await,
        (News::Lost, State::Live { .. }) => no_pictures(app, store, id, show, report.at).await,
        (News::Ended(VideoEnding::NotResumed), State::Live { .. }) => {
            end(app, store, None, id, Ending::NotResumed).await.map(|_| ())
        }
        (News::Ended(VideoEnding::Duration), State::Live { .. }) => {
            end(app, store, None, id, Ending::Longest).await.map(|_| ())
        }
        // Whoever rehearsed has gone.
        (News::Ended(VideoEnding::NotResumed | VideoEnding::Duration), State::Rehearsal { .. }) => {
            stop_rehearsing(app, store, None, id).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Pictures come, for the first time or again.
pub(crate) async fn pictures(app: &App, store: StoreId, id: RoomId, show: ShowId) -> Result<(), MoveError> {
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        let room = moves::wanted(tx, store, id).await?;
        if !room.state.is_live() || room.state.show() != Some(show) {
            return Ok(());
        }
        let next = room.state.resume();
        rows::set_state(tx, store, id, room.state.step(), next).await?;
        deadlines::set(tx, store, SILENT, id, now + publish::HELD_FOR + RETURN_WITHIN).await?;
        tell(story, next, now)
    })
    .await
}

/// No pictures come any more. The host has time to come back, be it to another process.
pub(super) async fn no_pictures(
    app: &App,
    store: StoreId,
    id: RoomId,
    show: ShowId,
    at: Timestamp,
) -> Result<(), MoveError> {
    Live::change(app, store, id, async |tx, story| {
        let room = moves::wanted(tx, store, id).await?;
        let next = room.state.lose(at);
        if next == room.state || room.state.show() != Some(show) {
            return Ok(());
        }
        rows::set_state(tx, store, id, room.state.step(), next).await?;
        deadlines::set(tx, store, SILENT, id, at + RETURN_WITHIN).await?;
        tell(story, next, at)
    })
    .await
}

fn tell(story: &mut Story, state: State, at: Timestamp) -> Result<(), MoveError> {
    let told = LiveState { state: state.word(), at: at.as_millisecond() };
    Ok(story.add(EventKind::LiveState, None, &told)?)
}

/// Compares every live room with its video, after reports were missed.
async fn look(app: &App, live: &Live) {
    let rooms = match app.db.read().await {
        Ok(mut read) => rows::all_live(&mut read).await,
        Err(error) => Err(error),
    };
    let rooms = rooms.unwrap_or_else(|error| {
        tracing::error!(%error, "the live rooms could not be looked at");
        Vec::new()
    });
    for room in rooms {
        let Some(name) = video_name(room.id) else { continue };
        let Some(status) = live.broadcast().status(&name) else { continue };
        let (phase, show) = {
            let status = status.borrow();
            (status.phase, status.show.clone())
        };
        let news = match phase {
            Phase::Waiting => continue,
            Phase::Live => News::Started,
            Phase::Lost => News::Lost,
            Phase::Ended(why) => News::Ended(why),
        };
        note(app, &Report { room: name, show, at: app.clock.now(), news }).await;
    }
}

/// The name of the room's video.
pub(crate) fn video_name(id: RoomId) -> Option<Name> {
    Name::new(&id.to_string()).ok()
}

/// At the start of a process: rooms whose video was here have no pictures until their host comes back; nor have those
/// of a process that is gone.
pub(crate) async fn recover(app: &App, node: &str) -> Result<(), MoveError> {
    let now = app.clock.now();
    let rooms: Vec<Room> = rows::all_live(&mut app.db.read().await?).await?;
    for room in rooms {
        let holder = rows::holder(&mut app.db.read().await?, room.store_id, room.id).await?;
        // One into which nobody has published yet has lost nothing; its own deadline waits for that.
        let was_here = holder.is_some_and(|(holder, until)| holder == node || until <= now);
        if let (State::Live { show, .. }, true) = (room.state, was_here) {
            no_pictures(app, room.store_id, room.id, show, now).await?;
            tracing::info!(room = %room.id, "a live room waits for its host to come back");
        }
    }
    Ok(())
}
