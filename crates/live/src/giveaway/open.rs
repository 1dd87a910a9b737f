//! Opens a giveaway: from then on its seed is fixed, and everyone sees the seed's hash.

use std::time::Duration;

use db::deadlines;
use kernel::{AccountId, Invalid, Problem, RoomId, StoreId, line, random_token};
use people::audit;
use web::App;

use super::{
    Giveaway, GiveawayId, KEYWORD_MAX, LASTS_MAX, LASTS_MIN, OPEN_MAX, PRIZE_MAX, State, Task, WINNERS_MAX,
    close::DRAW, lots, rows,
};
use crate::{
    Live, ToolError, chat,
    hub::EventKind,
    rooms::{self, NotAllowed},
    within::within,
};

/// A giveaway to be opened.
#[derive(Clone, Debug)]
pub struct Open {
    pub prize: String,
    pub winners: i64,
    pub task: Task,
    /// The word to be said, for [`Task::Comment`].
    pub keyword: String,
    pub seconds: i64,
}

/// The same with its texts made lines that can be shown, or everything that is wrong with it.
fn checked(wanted: Open) -> Result<Open, Invalid> {
    let mut invalid = Invalid::new();
    let prize = invalid.take("prize", line(&wanted.prize, 1, PRIZE_MAX));
    let keyword = match wanted.task {
        Task::Watch | Task::Follow => String::new(),
        Task::Comment => {
            let word = line(&wanted.keyword, 1, KEYWORD_MAX);
            // Words are compared without punctuation.
            let word = word.and_then(|word| match chat::rules::fold(&word).is_empty() {
                true => Err(Problem::Rule("giveaway-keyword-letters")),
                false => Ok(word),
            });
            invalid.take("keyword", word)
        }
    };
    let winners = invalid.take("winners", within(wanted.winners, 1, WINNERS_MAX));
    let seconds = invalid.take("seconds", within(wanted.seconds, LASTS_MIN, LASTS_MAX));
    invalid.done()?;
    Ok(Open { prize, keyword, winners, seconds, ..wanted })
}

/// Opens it in a live room.
pub async fn open(
    app: &App,
    store: StoreId,
    actor: AccountId,
    room: RoomId,
    wanted: Open,
) -> Result<Giveaway, ToolError> {
    let wanted = checked(wanted)?;
    let now = app.clock.now();
    Live::change(app, store, room, async |tx, story| {
        let room = rooms::get(tx, store, room).await?.ok_or(ToolError::NotFound)?;
        if !room.state.is_live() {
            return Err(NotAllowed(room.state.step()).into());
        }
        if rows::open_in(tx, store, room.id).await?.len() as i64 >= OPEN_MAX {
            return Err(ToolError::Refused("giveaway-too-many"));
        }
        let seed = random_token();
        let giveaway = Giveaway {
            store_id: store,
            room_id: room.id,
            id: GiveawayId::new(),
            prize: wanted.prize,
            winners: wanted.winners,
            task: wanted.task,
            keyword: wanted.keyword,
            state: State::Open,
            ends_at: now + Duration::from_secs(wanted.seconds.unsigned_abs()),
            commitment: lots::hash(&seed),
            seed,
            entries: 0,
            list_hash: None,
            drawn_at: None,
        };
        rows::insert(tx, &giveaway, actor, now).await?;
        deadlines::set(tx, store, DRAW, giveaway.id, giveaway.ends_at).await?;
        audit::record(tx, actor, store, "giveaway.opened", giveaway.id, &giveaway.prize, now).await?;
        story.add(EventKind::Giveaway, Some(actor), &giveaway.words(&[]))?;
        Ok(giveaway)
    })
    .await
}
