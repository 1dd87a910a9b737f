//! The demo town: made-up shops, people and a fortnight of orders, so that a platform that was just started has
//! something to show. Everything goes through the verbs that pages and the API call, with the clock set to when it
//! happened: what is in the database is what the product itself would have written.

mod chance;
mod courses;
mod evening;
mod fortnight;
mod goods;
mod many;
mod on_air;
mod opening;
mod paperwork;
mod people;
mod reel;
mod shops;
mod talk;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures_util::future::try_join_all;
use gateways::messages::Messages;
use jiff::SignedDuration;
use kernel::{AccountId, Clock, Timestamp};
use stores::Store;
use web::App;

use crate::cli::Outcome;
pub use many::many_products;
pub use on_air::{OnAir, go_on_air};
use shops::SHOPS;

/// Who and what is there, for tests that walk through the town.
pub struct Town {
    pub operator: AccountId,
    /// Has orders in every state, addresses, and something in two baskets.
    pub buyer: AccountId,
    /// Works at the counter of the first store.
    pub clerk: AccountId,
    /// Waits to be let into the alpha.
    pub waiting: AccountId,
    /// Invited, with an application that was refused and a draft.
    pub newcomer: AccountId,
    /// Lantern, Ollie, Fern, Stitch; each with its owner. The owner of one is a stranger to the others.
    pub stores: Vec<Store>,
}

/// Whether nobody has ever been here.
pub async fn is_empty(app: &App) -> Outcome<bool> {
    let accounts: i64 = app.db.read().await?.one("select count(*) from accounts", &[]).await?;
    Ok(accounts == 0)
}

/// Fills an empty platform with the town, as if it had been running for some weeks.
pub async fn seed(app: &App) -> Outcome<Town> {
    let now = app.clock.now();
    let day = |ago: i64| now - SignedDuration::from_hours(24 * ago);
    let operator = people::operator(app, day(40)).await?;
    people::invite(&past(app, day(39)), operator).await?;
    let goods = goods::all()?;
    let mut opened = Vec::with_capacity(SHOPS.len());
    // The youngest stands first in lists: that is the teahouse, which has the most to see.
    for (place, shop) in SHOPS.iter().enumerate().rev() {
        let sold = goods.iter().find(|goods| goods.key == shop.key).ok_or(shop.key)?;
        let ago = 18 + 4 * place as i64;
        let store = opening::approve(app, operator, shop, sold, day(ago + 3)).await?;
        opened.push(opening::furnish(&past(app, day(ago)), shop, sold, store).await?);
    }
    opened.reverse();
    let buyers = people::buyers(app, day(16)).await?;
    let waiting = people::queue(&past(app, day(5))).await?;
    let newcomer = paperwork::hand_in(app, operator).await?;
    // The shops share nothing but the disk, and wait for it together.
    try_join_all(opened.iter().map(|opened| fortnight::pass(app, opened, &buyers))).await?;
    evening::pass(app, &opened, &buyers, &reel::Reel::load()?).await?;
    try_join_all(opened.iter().map(|opened| opening::take_stock(app, opened))).await?;
    people::fill_baskets(app, &buyers[0], &opened).await?;
    let clerk = opened[0].clerk;
    let stores = opened.into_iter().map(|opened| opened.store).collect();
    Ok(Town { operator, buyer: buyers[0].account, clerk, waiting, newcomer, stores })
}

/// The platform at another moment; messages that would have been sent then are not sent now.
fn past(app: &App, at: Timestamp) -> App {
    let mut past = app.clone();
    past.clock = Clock::set_to(at);
    past.messages = Messages::Kept(Arc::default());
    past
}

/// Where to look first.
pub fn signpost(app: &App) -> Outcome<String> {
    use std::fmt::Write;
    let base = &app.platform.base_url;
    let mut text = String::from("\n  The demo town is open. Nothing in it is real.\n\n");
    let mut line = |what: &str, path: &str| {
        // Chinese characters are two columns wide.
        let gap = " ".repeat(28usize.saturating_sub(kernel::columns(what) as usize));
        writeln!(text, "  {what}{gap}{base}{path}")
    };
    line("Be anyone with one click", "/demo")?;
    line("Front", "/")?;
    for (shop, goods) in SHOPS.iter().zip(goods::all()?) {
        line(goods.name.of(shop.language), &format!("/s/{}", shop.key))?;
    }
    line("Live room", &format!("/s/{}/live", SHOPS[0].key))?;
    line("Merchant's console", "/console")?;
    line("Operator's console", "/operator")?;
    line("API", "/api/docs")?;
    Ok(text)
}
