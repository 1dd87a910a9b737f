//! What a store's other pages say of its rooms: that there are some, and what is on now or next.

use stores::images;
use web::{App, Error, LiveCard, LiveDoor, Page};

use super::{rows, words};
use crate::Live;

/// Pixels of a cover on a card.
const COVER: u32 = 320;

/// The way to the store's rooms; `None` when it never had one, for a tab that leads nowhere is worse than none.
pub async fn door(app: App, front: stores::Storefront, page: Page) -> Result<Option<LiveDoor>, Error> {
    let store = &front.store;
    let mut read = app.db.read().await?;
    let doors = rows::doors(&mut read, store.id).await?;
    let Some(shown) = doors.live.or(doors.next) else {
        return Ok(doors.past.map(|_| LiveDoor { on_air: false, card: None }));
    };
    let on_air = doors.live.is_some();
    let card = rows::card(&mut read, store.id, shown).await?;
    drop(read);
    let viewers = Live::of(&app).map_or(0, |live| live.hub().viewers(shown));
    let card = card.map(|card| LiveCard {
        href: super::path(&store.handle, card.id),
        cover: card.cover.or(front.live.cover).map(|cover| images::address(cover, COVER)),
        title: card.title,
        when: words::when(&page, store, card.starts_at, app.clock.now()),
        viewers: if on_air { viewers } else { 0 },
    });
    Ok(Some(LiveDoor { on_air, card }))
}
