//! Looks what is left of a room's flash sales after an order took pieces, or gave them back. That they are sold out, and
//! that there are some again, is told once each; numbers in between are shown in passing.

use db::Error;
use kernel::{RoomId, StoreId};
use web::App;

use super::{Sale, State, of_room, rows};
use crate::{
    Live,
    hub::{EventKind, Passing, PassingKey},
    rooms,
    story::payload::Left,
};

/// Tells what is different. Looking twice tells nothing twice.
pub(crate) async fn look(app: &App, store: StoreId, id: RoomId) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let Some(room) = rooms::get(&mut read, store, id).await?.filter(|room| room.state.is_live()) else {
        return Ok(());
    };
    let sales = of_room(&mut read, &room).await?;
    drop(read);
    if sales.iter().any(|sale| turned(sale).is_some()) {
        Live::change(app, store, id, async |tx, story| {
            for sale in of_room(tx, &room).await? {
                let Some(to) = turned(&sale) else { continue };
                if rows::set_state(tx, store, sale.id, sale.state, to).await? {
                    story.add(EventKind::FlashSale, None, &Sale { state: to, ..sale }.payload())?;
                }
            }
            Ok::<_, Error>(())
        })
        .await?;
    }
    if let Ok(live) = Live::of(app) {
        for sale in &sales {
            let left = Left { id: sale.id, left: sale.left };
            let rank = app.clock.now().as_millisecond();
            let passing = Passing::new(PassingKey::Left(sale.id.uuid()), rank, &left);
            live.pass(id, passing.map_err(|error| Error::Other(error.to_string()))?);
        }
    }
    Ok(())
}

/// Where the sale is now, if that is not what was told last.
fn turned(sale: &Sale) -> Option<State> {
    match (sale.state, sale.left) {
        (State::Open, 0) => Some(State::SoldOut),
        (State::SoldOut, 1..) => Some(State::Open),
        _ => None,
    }
}
