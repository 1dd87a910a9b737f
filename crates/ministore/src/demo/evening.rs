//! The town's rooms beside the one that is live: last night's, which can be watched again, and tomorrow's.

use broadcast::{Name, Recordings, reel};
use jiff::SignedDuration;
use kernel::{ImageId, Timestamp};
use live::{
    Live,
    chat::{self, SayError},
    rooms::{self, Ending, Plan, Room},
    shelf,
};
use stores::{catalog, followers};
use trade::checkout::Source;
use web::App;

use super::{
    chance::Chance,
    fortnight::order_live,
    opening::Opened,
    past,
    people::{Buyer, SINGAPOREANS},
    reel::Reel,
    talk,
};
use crate::cli::Outcome;

/// How long ago last night's room began.
const BEGAN_HOURS_AGO: i64 = 21;
/// How far ahead tomorrow's is.
const COMES_IN_HOURS: i64 = 26;

/// Lets the shop of the film have been live last night, and announces tomorrow.
pub(super) async fn pass(app: &App, all: &[Opened], buyers: &[Buyer], reel: &Reel) -> Outcome<()> {
    let shop = all.iter().find(|opened| opened.shop.key == reel.schedule.shop);
    let opened = shop.ok_or("the film shows goods of no shop")?;
    let began = app.clock.now() - SignedDuration::from_hours(BEGAN_HOURS_AGO);
    follow(app, all, buyers).await?;
    be_live(app, opened, buyers, reel, began).await?;
    announce(app, opened, buyers, reel).await
}

/// The buyer one signs in as follows some of the shops, though not the one that is live; each has a few more.
async fn follow(app: &App, opened: &[Opened], buyers: &[Buyer]) -> Outcome<()> {
    for (place, opened) in opened.iter().enumerate() {
        let at = past(app, app.clock.now() - SignedDuration::from_hours(30 + 31 * place as i64));
        let own = buyers.iter().take(1).filter(|_| place % 2 == 1);
        for buyer in own.chain(buyers.iter().skip(1 + place).step_by(6)) {
            followers::follow(&at, opened.store.id, buyer.account, None).await?;
        }
    }
    Ok(())
}

/// A show as long as the film, with a chapter for each product.
async fn be_live(app: &App, opened: &Opened, buyers: &[Buyer], reel: &Reel, began: Timestamp) -> Outcome<()> {
    let (store, host) = (&opened.store, opened.store.owner);
    let at = |ms: u64| past(app, began + SignedDuration::from_millis(ms as i64));
    let cover = cover(app, opened, "dumplings").await?;
    let plan = Plan { cover, ..Plan::now("Supper at the Lantern") };
    let room = rooms::schedule(&at(0), store, host, plan).await?;
    fill_shelf(&at(0), opened, reel, &room).await?;
    let room = rooms::start(&at(0), store, host, room.id).await?;
    let mut chance = Chance::new(0x11fe_0001);
    for (place, scene) in reel.schedule.scenes.iter().enumerate() {
        let number = place as i64 + 1;
        shelf::pin(&at(scene.from_ms), store.id, host, room.id, number).await?;
        for (after, buyer) in [(1_400, place), (3_100, place + 3), (5_600, place + 6)] {
            let buyer = &buyers[1 + buyer % (buyers.len() - 1)];
            let line = talk::visitor(&mut chance, &scene.product, speaks_chinese(buyer));
            match chat::say(&at(scene.from_ms + after), &room, buyer.account, line).await {
                // Somebody repeated themselves.
                Ok(_) | Err(SayError::Unheard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let follower = &buyers[1 + (5 * place + 2) % (buyers.len() - 1)];
        followers::follow(&at(scene.from_ms + 5_000), store.id, follower.account, Some(room.id)).await?;
        if place % 2 == 0 {
            let ware = opened.wares.iter().find(|ware| ware.slug == scene.product).ok_or("no such ware")?;
            let source = Source::Live { room: room.id, product: ware.product };
            let buyer = &buyers[1 + place % (SINGAPOREANS - 1)];
            order_live(&at(scene.from_ms + 4_000), store, buyer, ware.skus[0].0, 1, source).await?;
        }
    }
    watch(app, &room, buyers, reel, began).await;
    rooms::end(&at(reel.schedule.duration_ms), store.id, Some(host), room.id, Ending::Host).await?;
    let show = room.state.show().ok_or("a live room without a show")?;
    let recordings = Recordings::new(app.files.clone());
    reel::record(&recordings, &Name::new(&show.to_string())?, &reel.film, 1, began).await?;
    Ok(())
}

/// The town's people come in one after the other, look at what is shown, and some tap it.
async fn watch(app: &App, room: &Room, buyers: &[Buyer], reel: &Reel, began: Timestamp) {
    let Ok(live) = Live::of(app) else { return };
    for (place, scene) in reel.schedule.scenes.iter().enumerate() {
        let here = (3 + 2 * place).min(buyers.len() - 1);
        let (number, here_now) = (place as i64 + 1, here as u64);
        buyers
            .iter()
            .skip(1)
            .take(here)
            .for_each(|buyer| live.meters().joined(room.id, buyer.account.uuid()));
        live.meters().counted(room.id, here_now, 2 + here_now);
        live.meters().seen(
            room.id,
            &[(number, here_now)],
            &[(number, here_now.div_ceil(2))],
            (place % 3 == 0).into(),
        );
        live::write_counts(&past(app, began + SignedDuration::from_millis(scene.from_ms as i64)), &live)
            .await;
    }
}

/// A product's picture.
async fn cover(app: &App, opened: &Opened, slug: &str) -> Outcome<Option<ImageId>> {
    let ware =
        opened.wares.iter().find(|ware| ware.slug == slug).ok_or_else(|| format!("no {slug} is sold"))?;
    let offers = catalog::offers(&mut app.db.read().await?, opened.store.id, &[ware.product]).await?;
    Ok(offers.into_iter().find_map(|offer| offer.image))
}

/// The film's products in its order, so that their numbers are its scenes', and behind them the rest.
async fn fill_shelf(app: &App, opened: &Opened, reel: &Reel, room: &Room) -> Outcome<()> {
    let scene = |slug: &str| reel.schedule.scenes.iter().position(|scene| scene.product == slug);
    let mut wares: Vec<_> = opened.wares.iter().collect();
    wares.sort_by_key(|ware| scene(&ware.slug).unwrap_or(usize::MAX));
    let products: Vec<_> = wares.iter().map(|ware| ware.product).collect();
    Ok(shelf::add(app, room.store_id, room.host_id, room.id, &products).await?)
}

async fn announce(app: &App, opened: &Opened, buyers: &[Buyer], reel: &Reel) -> Outcome<()> {
    let (store, now) = (&opened.store, app.clock.now());
    let hour = SignedDuration::from_hours(1).as_secs();
    let comes = now + SignedDuration::from_hours(COMES_IN_HOURS);
    let starts_at = Timestamp::from_second(comes.as_second() / hour * hour)?;
    let cover = cover(app, opened, "teapot").await?;
    let plan = Plan { cover, starts_at: Some(starts_at), ..Plan::now("Tea tasting with Mei Hua") };
    let room = rooms::schedule(app, store, store.owner, plan).await?;
    fill_shelf(app, opened, reel, &room).await?;
    for buyer in buyers.iter().skip(1).step_by(3) {
        rooms::remind(app, store.id, buyer.account, room.id, true).await?;
    }
    Ok(())
}

/// Those with Chinese characters in their names write Chinese.
pub(super) fn speaks_chinese(buyer: &Buyer) -> bool {
    buyer.name.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}
