//! The room as it is, for whoever comes in.

use db::{Error, Read};
use kernel::{Currency, Timestamp};
use web::App;

use super::{
    events_after,
    payload::{self, Snapshot, Tools},
};
use crate::{
    Live, auction, chat, drops, flash, giveaway,
    hub::{EventKind, Position},
    rooms::Room,
    shelf,
};

/// Everything that is shown of a room. The room must have been read first: what follows may then be later than its
/// position, so that an event can be told twice and none is missed. Twice says nothing new, and comments come once.
pub async fn snapshot(
    read: &mut Read,
    room: &Room,
    currency: Currency,
    viewers: u64,
    now: Timestamp,
) -> Result<Snapshot, Error> {
    let shelf = shelf::items(read, room).await?;
    let pinned = room.pinned.and_then(|pinned| {
        let item = shelf.iter().find(|item| item.product == pinned.product)?;
        Some(payload::Pin { number: item.number, at: pinned.at.as_millisecond() })
    });
    let started_at = match room.state {
        crate::rooms::State::Live { since, .. } | crate::rooms::State::Ended { since, .. } => Some(since),
        _ => None,
    };
    Ok(Snapshot {
        state: room.state.word(),
        title: room.title.clone(),
        host: room.host_name.clone(),
        now: now.as_millisecond(),
        starts_at: room.starts_at.as_millisecond(),
        started_at: started_at.map(Timestamp::as_millisecond),
        show: room.state.show().map(|show| show.to_string()),
        portrait: room.portrait,
        currency: words(currency),
        shelf,
        pinned,
        announcement: Some(room.announcement.clone()).filter(|text| !text.is_empty()),
        comment: chat::pinned(read, room).await?,
        chat: chat_until(read, room).await?,
        slow: room.slow_seconds,
        viewers,
        likes: room.likes,
        tools: tools(read, room, now).await?,
    })
}

async fn tools(read: &mut Read, room: &Room, now: Timestamp) -> Result<Tools, Error> {
    let flash = flash::of_room(read, room).await?;
    let drops = drops::of_room(read, room, now).await?;
    Ok(Tools {
        flash: flash.iter().map(flash::Sale::payload).collect(),
        drops: drops.iter().map(drops::Drop::payload).collect(),
        giveaways: giveaway::shown(read, room.store_id, room.id, now).await?,
        auction: auction::shown(read, room.store_id, room.id).await?,
        auctions_won: auction::waiting(read, room.store_id, room.id).await?,
    })
}

/// The last comments up to the room's position. A later one is told after it, and would be shown twice.
async fn chat_until(read: &mut Read, room: &Room) -> Result<Vec<payload::Chat>, Error> {
    let mut chat = chat::recent(read, room).await?;
    let at = Position::new(room.epoch, room.seq);
    for event in events_after(read, room.store_id, room.id, at, chat::RECENT).await? {
        chat.retain(|said| event.kind != EventKind::Chat || !event.d.get().contains(&said.id.to_string()));
    }
    Ok(chat)
}

/// The room as buyers may see it: before the start, what the staff try in a rehearsal is not theirs to know, and the
/// room's own prices do not hold yet.
pub async fn snapshot_for_buyers(
    app: &App,
    read: &mut Read,
    room: &Room,
    currency: Currency,
) -> Result<Snapshot, Error> {
    let viewers = Live::of(app).map_or(0, |live| live.hub().viewers(room.id));
    let mut shown = snapshot(read, room, currency, viewers, app.clock.now()).await?;
    if !room.state.is_coming() {
        return Ok(shown);
    }
    for item in &mut shown.shelf {
        item.live_price = None;
        item.skus.iter_mut().for_each(|sku| sku.live_price = None);
    }
    Ok(Snapshot {
        state: room.state.word_for_buyers(),
        show: None,
        pinned: None,
        announcement: None,
        comment: None,
        chat: Vec::new(),
        tools: Tools::default(),
        ..shown
    })
}

/// How amounts of a currency are written.
pub fn words(currency: Currency) -> payload::Currency {
    payload::Currency { code: currency.code(), digits: currency.exponent(), symbol: currency.symbol() }
}
