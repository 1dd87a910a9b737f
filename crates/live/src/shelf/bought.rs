//! Orders that touch a live room: what is left changes, and everyone sees that someone bought.

use db::Error;
use kernel::{AccountId, OrderId, RoomId, StoreId};
use people::accounts;
use trade::orders::{self, Method};
use web::App;

use super::{changed, rows};
use crate::{
    Live,
    hub::{Passing, PassingKey},
    rooms,
    story::payload::Bought,
};

/// An order took goods, or gave them back.
pub(crate) async fn moved_stock(app: &App, store: StoreId, order: OrderId) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    // Most stores are not live, and then this is all it costs.
    if !rooms::any_live(&mut read, store).await? {
        return Ok(());
    }
    let lines = orders::lines(&mut read, store, order).await?;
    drop(read);
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    changed(app, store, &products).await
}

/// An order was placed from the room. One that is to be paid first is told when it is: else whoever orders and never pays
/// could fill the screen.
pub(crate) async fn tell_placed(
    app: &App,
    store: StoreId,
    room: RoomId,
    order: OrderId,
) -> Result<(), Error> {
    match orders::get(&mut app.db.read().await?, store, order).await? {
        Some(order) if order.method == Method::InStore => {
            tell(app, store, room, order.id, order.buyer_id).await
        }
        _ => Ok(()),
    }
}

/// Someone bought from the room: says so in passing, with no more of their name than its first letter.
pub(crate) async fn tell(
    app: &App,
    store: StoreId,
    room: RoomId,
    order: OrderId,
    buyer: AccountId,
) -> Result<(), Error> {
    let Ok(live) = Live::of(app) else { return Ok(()) };
    let mut read = app.db.read().await?;
    let standing = rows::standing(&mut read, store, room).await?;
    let lines = orders::lines(&mut read, store, order).await?;
    let name = accounts::by_id(&mut read, buyer).await?.map(|account| account.name).unwrap_or_default();
    drop(read);
    let number =
        |product| standing.iter().find(|there| there.product_id == product).map(|there| there.number);
    let bought = lines.iter().find_map(|line| Some((line, number(line.product_id)?)));
    let Some((line, number)) = bought else { return Ok(()) };
    let bought = Bought { name: masked(&name), title: line.title.clone(), number, pieces: line.quantity };
    let rank = app.clock.now().as_millisecond();
    let passing = Passing::new(PassingKey::Orders, rank, &bought);
    live.pass(room, passing.map_err(|error| Error::Other(error.to_string()))?);
    Ok(())
}

/// `L**`: enough to see that it is not always the same.
pub(crate) fn masked(name: &str) -> String {
    let first = name.chars().find(|c| c.is_alphanumeric());
    format!("{}**", first.unwrap_or('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_only_its_first_letter_is_shown() {
        assert_eq!(masked("Lin Mei"), "L**");
        assert_eq!(masked("林美"), "林**");
        assert_eq!(masked(" …"), "***");
    }
}
