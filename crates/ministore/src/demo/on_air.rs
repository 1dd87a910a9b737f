//! One store of the town is always live: the film plays, each product is pinned as the host shows it, and the town's
//! people talk and buy. They are accounts and orders like any others. Nobody is counted as a viewer who does not watch.

use std::{collections::VecDeque, time::Duration};

use broadcast::{Broadcast, Name, Phase, PublishError, Publishing, Source as Pictures, Stop, reel};
use kernel::{AccountId, OrderId, ProductId};
use live::{
    Live, chat,
    rooms::{self, Plan, Room},
    shelf,
};
use stores::{Store, catalog, stock};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};
use trade::{
    checkout::Source,
    orders::{self, Ship},
};
use web::App;

use super::{
    chance::Chance,
    evening::speaks_chinese,
    fortnight::order_live,
    goods,
    people::{self, Buyer, SINGAPOREANS},
    reel::Reel,
    shops::SHOPS,
    talk,
};
use crate::cli::Outcome;

/// By its title the room is found again after the program was started anew.
const TITLE: &str = "Night market, live";
/// After a room was ended, or a host has gone who had taken it over, the film is back after this.
const BACK_AFTER: Duration = Duration::from_secs(15);
/// Whoever pins something by hand in the studio is left alone for so long.
const HANDS_OFF: Duration = Duration::from_secs(120);
/// How long it is quiet between two comments, in milliseconds, at least and below.
const SILENCE_MS: (i64, i64) = (1_800, 6_500);
/// How long nobody buys, in seconds.
const BROWSING_S: (i64, i64) = (18, 50);
/// An order is sent after this.
const PACKED_AFTER: Duration = Duration::from_secs(90);
/// When no SKU of a product has more than `FEW` pieces, so many are put on the shelf.
const FEW: i64 = 3;
const REFILL: i64 = 40;

/// The live store; it closes when this is dropped.
pub struct OnAir(JoinHandle<()>);

impl Drop for OnAir {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Goes live with the film, and again whenever the room has ended.
pub fn go_on_air(app: &App) -> OnAir {
    let app = app.clone();
    OnAir(tokio::spawn(async move {
        loop {
            if let Err(error) = be_on_air(&app).await {
                tracing::warn!(%error, "the demo's live room has stopped");
            }
            sleep(BACK_AFTER).await;
        }
    }))
}

/// One show of the film.
struct Show<'a> {
    app: &'a App,
    reel: &'a Reel,
    store: &'a Store,
    room: Room,
    /// Product of each scene; none if somebody has taken it off the shelf.
    products: Vec<Option<ProductId>>,
    buyers: Vec<Buyer>,
    began: Instant,
}

/// Until the room ends, or a host takes it over and has left it again.
async fn be_on_air(app: &App) -> Outcome<()> {
    let reel = Reel::load()?;
    let store = stores::by_handle(&mut app.db.read().await?, &reel.schedule.shop).await?;
    let store = store.ok_or("the shop of the film is gone")?;
    let room = room(app, &store, &reel).await?;
    let broadcast = Live::of(app)?.broadcast().clone();
    let name = Name::new(&room.id.to_string())?;
    let asked = Publishing { key: "", room: Some(&name), source: Pictures::Reel, from: None };
    let publication = match broadcast.publish(asked).await {
        Err(PublishError::Stopped(Stop::Ended)) => return Ok(()),
        published => published?,
    };
    let show = Show::new(app, &reel, &store, room).await?;
    tokio::select! {
        stop = reel::play(&publication, &reel.film, show.began) => tracing::info!(%stop, "the film was stopped"),
        () = show.pin() => {}
        () = show.chat() => {}
        () = show.trade() => {}
    }
    drop(publication);
    left(&broadcast, &name).await;
    Ok(())
}

/// Waits while somebody else's pictures come into the room.
async fn left(broadcast: &Broadcast, room: &Name) {
    let Some(mut statuses) = broadcast.status(room) else { return };
    // The room is forgotten some time after its end.
    let _ = statuses.wait_for(|status| status.phase != Phase::Live).await;
}

/// The film's room of before, or a new one.
async fn room(app: &App, store: &Store, reel: &Reel) -> Outcome<Room> {
    let now = app.clock.now();
    let live = rooms::of_store(&mut app.db.read().await?, store.id, now).await?.live;
    if let Some(room) = live.into_iter().find(|room| room.title == TITLE) {
        return Ok(room);
    }
    // It never ends by itself: its recording would fill the disk, and show the same minute again and again.
    let shown: Vec<ProductId> = products(app, store, reel).await?.into_iter().flatten().collect();
    let offers = catalog::offers(&mut app.db.read().await?, store.id, &shown).await?;
    let cover = offers.iter().find_map(|offer| offer.image);
    let plan = Plan { cover, replay: false, ..Plan::now(TITLE) };
    let room = rooms::schedule(app, store, store.owner, plan).await?;
    let others = others(app, store, &shown).await?;
    shelf::add(app, store.id, store.owner, room.id, &[shown, others].concat()).await?;
    Ok(rooms::start(app, store, store.owner, room.id).await?)
}

/// The product of each scene, found by its first SKU's code.
async fn products(app: &App, store: &Store, reel: &Reel) -> Outcome<Vec<Option<ProductId>>> {
    let goods = goods::all()?;
    let sold = goods.iter().find(|goods| goods.key == reel.schedule.shop).ok_or("a shop without goods")?;
    let mut read = app.db.read().await?;
    let mut found = Vec::with_capacity(reel.schedule.scenes.len());
    for scene in &reel.schedule.scenes {
        let place = sold.products.iter().position(|product| product.slug == scene.product);
        let code = format!("{}-{:02}01", sold.key[..2].to_uppercase(), place.map_or(0, |place| place + 1));
        let sql = "select p.id from skus k join products p on p.store_id = k.store_id and p.id = k.product_id
             where k.store_id = $1 and k.code = $2 and p.state = 'on_shelf'";
        let products: Vec<ProductId> = read.column(sql, &[&store.id, &code]).await?;
        found.push(products.first().copied());
    }
    Ok(found)
}

/// What else is on the store's shelf.
async fn others(app: &App, store: &Store, shown: &[ProductId]) -> Outcome<Vec<ProductId>> {
    let sql = "select id from products where store_id = $1 and state = 'on_shelf' order by published_at, id limit 12";
    let all: Vec<ProductId> = app.db.read().await?.column(sql, &[&store.id]).await?;
    Ok(all.into_iter().filter(|product| !shown.contains(product)).collect())
}

impl<'a> Show<'a> {
    async fn new(app: &'a App, reel: &'a Reel, store: &'a Store, room: Room) -> Outcome<Self> {
        let products = products(app, store, reel).await?;
        Ok(Self {
            app,
            reel,
            store,
            room,
            products,
            buyers: people::at_home(app).await?,
            began: Instant::now(),
        })
    }

    fn owner(&self) -> AccountId {
        self.store.owner
    }

    fn chance(&self, stream: u64) -> Chance {
        Chance::new(self.app.clock.now().as_millisecond().unsigned_abs() ^ stream << 48)
    }

    /// What is in the picture now: the scene, and when the next begins.
    fn scene(&self) -> (usize, Instant) {
        let (scene, next) = self.reel.schedule.at(self.began.elapsed());
        (scene, self.began + next)
    }

    /// Pins each product as the host turns to it.
    async fn pin(&self) {
        let mut own = None;
        loop {
            let (scene, next) = self.scene();
            match self.pin_scene(scene, own).await {
                Ok(Some(pinned)) => own = Some(pinned),
                Ok(None) => {
                    own = None;
                    sleep(HANDS_OFF).await;
                    continue;
                }
                Err(error) => tracing::warn!(%error, "the demo could not pin a product"),
            }
            sleep_until(next).await;
        }
    }

    /// `None` when somebody has pinned something else by hand.
    async fn pin_scene(&self, scene: usize, own: Option<ProductId>) -> Outcome<Option<ProductId>> {
        let mut read = self.app.db.read().await?;
        let room = rooms::get(&mut read, self.store.id, self.room.id).await?.ok_or("the room is gone")?;
        let standing = shelf::standing(&mut read, &room).await?;
        drop(read);
        let pinned = room.pinned.map(|pinned| pinned.product);
        if own.is_some() && pinned != own {
            return Ok(None);
        }
        let Some(product) = self.products[scene] else { return Ok(own) };
        if let Some(there) = standing.iter().find(|there| there.product_id == product) {
            shelf::pin(self.app, self.store.id, self.owner(), room.id, there.number).await?;
        }
        Ok(Some(product))
    }

    /// Visitors talk, and now and then the host answers.
    async fn chat(&self) {
        let mut chance = self.chance(1);
        loop {
            sleep(Duration::from_millis(chance.between(SILENCE_MS.0, SILENCE_MS.1).unsigned_abs())).await;
            let product = &self.reel.schedule.scenes[self.scene().0].product;
            let (by, line) = if chance.between(0, 8) == 0 {
                (self.owner(), talk::host(&mut chance, product))
            } else {
                let Some(buyer) = chance.pick(&self.buyers) else { continue };
                (buyer.account, talk::visitor(&mut chance, product, speaks_chinese(buyer)))
            };
            // Whoever repeats themselves is not heard, which is as it should be.
            if let Err(error) = chat::say(self.app, &self.room, by, line).await {
                tracing::debug!(%error, "a line of the demo was not said");
            }
        }
    }

    /// Visitors buy what is shown, and the shop sends it and fills its shelf.
    async fn trade(&self) {
        let (mut chance, mut placed) = (self.chance(2), VecDeque::new());
        loop {
            sleep(Duration::from_secs(chance.between(BROWSING_S.0, BROWSING_S.1).unsigned_abs())).await;
            match self.buy(&mut chance).await {
                Ok(order) => placed.extend(order.map(|order| (Instant::now(), order))),
                Err(error) => tracing::warn!(%error, "a visitor of the demo could not buy"),
            }
            while placed.front().is_some_and(|(at, _): &(Instant, _)| at.elapsed() > PACKED_AFTER) {
                let Some((_, order)) = placed.pop_front() else { break };
                let tracking = format!("KX{}", chance.digits(10));
                let ship = Ship { carrier: SHOPS[0].carrier.into(), tracking, contents: Vec::new() };
                // Somebody may have sent or cancelled it by hand.
                if let Err(error) = orders::ship(self.app, self.store, self.owner(), order, ship).await {
                    tracing::debug!(%error, "an order of the demo was not sent");
                }
            }
        }
    }

    async fn buy(&self, chance: &mut Chance) -> Outcome<Option<OrderId>> {
        let Some(product) = self.products[self.scene().0] else { return Ok(None) };
        let mut read = self.app.db.read().await?;
        let offer = catalog::offers(&mut read, self.store.id, &[product]).await?.into_iter().next();
        drop(read);
        let Some(offer) = offer.filter(|offer| offer.on_shelf) else { return Ok(None) };
        if offer.skus.iter().all(|sku| sku.available <= FEW) {
            for sku in &offer.skus {
                let now = self.app.clock.now();
                stock::adjust(&self.app.db, now, self.owner(), self.store.id, sku.id, REFILL).await?;
            }
        }
        let there: Vec<_> = offer.skus.iter().filter(|sku| sku.available > 0).collect();
        let near = &self.buyers[..self.buyers.len().min(SINGAPOREANS - 1)];
        let (Some(sku), Some(buyer)) = (chance.pick(&there), chance.pick(near)) else { return Ok(None) };
        let pieces = chance.between(1, 4).min(sku.available);
        let source = Source::Live { room: self.room.id, product };
        Ok(Some(order_live(self.app, self.store, buyer, sku.id, pieces, source).await?))
    }
}

/// So many purchases in a row, without a film.
#[cfg(test)]
pub(super) async fn buy_for_tests(app: &App, times: usize) -> Outcome<()> {
    let reel = Reel::load()?;
    let store = stores::by_handle(&mut app.db.read().await?, &reel.schedule.shop).await?.ok_or("no store")?;
    let room = room(app, &store, &reel).await?;
    let (show, mut chance) = (Show::new(app, &reel, &store, room).await?, Chance::new(7));
    for _ in 0..times {
        show.buy(&mut chance).await?.ok_or("nothing was bought")?;
    }
    Ok(())
}
