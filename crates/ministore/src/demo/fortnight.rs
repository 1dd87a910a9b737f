//! Two weeks of buying and selling, through the verbs that pages call, in the order in which it happened.

use std::collections::BTreeMap;

use gateways::payments::{Behaviour, Sandbox};
use jiff::{SignedDuration, Timestamp};
use kernel::{AccountId, Invalid, OrderId, Problem, SkuId};
use stores::{Store, branches, page};
use trade::{
    addresses::Recipient,
    basket,
    checkout::{self, Source, What},
    orders::{self, Actor, Canceller, Choice, Method, Packed, Place, Ship},
    payments,
};
use web::App;

use super::{
    chance::Chance,
    courses::{Act, Plan, plans},
    opening::Opened,
    past,
    people::Buyer,
};
use crate::cli::Outcome;

/// What is still to happen: when, in the course of which plan, as which of its acts. The first act is placing it.
type Agenda = BTreeMap<(Timestamp, usize), usize>;

/// A shop's orders and those who move them.
struct Fortnight<'a> {
    app: &'a App,
    opened: &'a Opened,
    buyers: &'a [Buyer],
    plans: Vec<Plan>,
    placed: Vec<Option<OrderId>>,
    chance: Chance,
}

/// Lets a shop's last two weeks happen, up to now.
pub(super) async fn pass(app: &App, opened: &Opened, buyers: &[Buyer]) -> Outcome<()> {
    let now = app.clock.now();
    let plans = plans(opened, now);
    let mut agenda: Agenda = plans.iter().enumerate().map(|(number, plan)| ((plan.at, number), 0)).collect();
    let chance = Chance::new(0x7ac4_0000 + opened.shop.keeper as u64);
    let mut fortnight = Fortnight { app, opened, buyers, placed: vec![None; plans.len()], plans, chance };
    while let Some(((at, number), act)) = agenda.pop_first() {
        fortnight
            .happen(at, number, act)
            .await
            .map_err(|error| format!("{} order {number}, act {act}: {error}", opened.shop.key))?;
        if let Some(next) = fortnight.next(at, number, act + 1).await?.filter(|next| *next < now) {
            agenda.insert((next, number), act + 1);
        }
    }
    Ok(())
}

impl Fortnight<'_> {
    fn store(&self) -> &Store {
        &self.opened.store
    }

    /// When the act of this number happens, if there is one.
    async fn next(&self, at: Timestamp, number: usize, act: usize) -> Outcome<Option<Timestamp>> {
        let plan = &self.plans[number];
        let Some((minutes, what)) = plan.course.acts.get(act - 1) else { return Ok(None) };
        let planned = (plan.at + SignedDuration::from_mins(*minutes)).max(at);
        let order = self.order(number).await?;
        Ok(match what {
            Act::Lapse => order.state.due_at(),
            // Buyers come when their slot begins, if it has begun by now.
            Act::HandOver => {
                let slot =
                    order.fulfilment.slot().map_or(planned, |(_, slot)| slot + SignedDuration::from_mins(4));
                let comes = planned.max(slot);
                Some(if comes < self.app.clock.now() { comes } else { planned })
            }
            _ => Some(planned),
        })
    }

    async fn order(&self, number: usize) -> Outcome<orders::Order> {
        let id = self.placed[number].ok_or("it was not placed")?;
        let mut read = self.app.db.read().await?;
        Ok(orders::get(&mut read, self.store().id, id).await?.ok_or("it is gone")?)
    }

    async fn happen(&mut self, at: Timestamp, number: usize, act: usize) -> Outcome<()> {
        let app = past(self.app, at);
        if act == 0 {
            self.placed[number] = Some(self.place(&app, number).await?);
            return Ok(());
        }
        let order = self.order(number).await?;
        let (_, what) = self.plans[number].course.acts[act - 1];
        let (store, id) = (self.store(), order.id);
        let (owner, clerk) = (store.owner, self.opened.clerk);
        let buyer = order.buyer_id;
        match what {
            Act::Pay => pay(&app, store, buyer, id, Behaviour::Succeed).await?,
            Act::PayInVain => pay(&app, store, buyer, id, Behaviour::Fail).await?,
            Act::Accept => drop(orders::accept(&app, store, clerk, id).await?),
            Act::Ready => drop(orders::ready(&app, store, clerk, id).await?),
            Act::HandOver => {
                let code = order.pick_up_code.as_deref().ok_or("it has no code")?;
                orders::redeem(&app, store, clerk, order.fulfilment.branch(), code).await?;
            }
            Act::ShipSome => {
                let ship = self.parcel(vec![Packed { line: 1, quantity: 1 }]);
                orders::ship(&app, self.store(), owner, id, ship).await?;
            }
            Act::ShipRest => {
                let ship = self.parcel(Vec::new());
                orders::ship(&app, self.store(), owner, id, ship).await?;
            }
            Act::Confirm => drop(orders::confirm(&app, store, buyer, id).await?),
            Act::BuyerCancels => {
                orders::cancel(&app, store, id, Actor::Buyer(buyer), Canceller::Buyer, "").await?;
            }
            Act::MerchantCancels => {
                let by = Canceller::Merchant { sold_out: false };
                let why = "Too many for one evening, sorry. Please call us for a party.";
                orders::cancel(&app, store, id, Actor::Staff(owner), by, why).await?;
            }
            Act::RunsOut => {
                let by = Canceller::Merchant { sold_out: true };
                let why = "The last of them went over the counter a minute ago.";
                orders::cancel(&app, store, id, Actor::Staff(clerk), by, why).await?;
            }
            Act::Lapse => orders::lapse(&app, store.id, id).await?,
        }
        Ok(())
    }

    fn parcel(&mut self, contents: Vec<Packed>) -> Ship {
        let tracking = format!("KX{}", self.chance.digits(10));
        Ship { carrier: self.opened.shop.carrier.into(), tracking, contents }
    }

    async fn place(&self, app: &App, number: usize) -> Outcome<OrderId> {
        let (plan, store) = (&self.plans[number], self.store());
        let buyer = &self.buyers[plan.buyer];
        let owner = buyer.account.uuid();
        let what = match plan.lines[..] {
            [(sku, quantity)] => What::BuyNow { sku, quantity, shown: None },
            _ => {
                for (sku, quantity) in &plan.lines {
                    basket::add(app, store, owner, *sku, *quantity).await?;
                }
                What::Basket
            }
        };
        // The basket is taken out up to the checkout's moment; a second passes between the two.
        let later = past(app, app.clock.now() + SignedDuration::from_secs(1));
        let checkout = checkout::begin(&later, store, owner, what, Source::Store).await?;
        let command = Place {
            checkout,
            choice: self.choice(&later, plan, buyer).await?,
            method: if plan.course.in_store { Method::InStore } else { Method::Online },
            note: plan.note.into(),
            expected_total: None,
        };
        Ok(orders::place(&later, store, buyer.account, command).await?.id)
    }

    /// The buyer's home, or the first slot that suits.
    async fn choice(&self, app: &App, plan: &Plan, buyer: &Buyer) -> Outcome<Choice> {
        if plan.course.delivery {
            return Ok(Choice::DeliveryTo(buyer.home));
        }
        let (store, now) = (self.store(), app.clock.now());
        let mut read = app.db.read().await?;
        let page = page::live(&mut read, store.id).await?;
        let branch = branches::get(&mut read, store.id, self.opened.branches[plan.branch])
            .await?
            .ok_or("no branch")?;
        let offered = checkout::offered(&mut read, store, &page, &branch, now).await?;
        let from = now + SignedDuration::from_mins(plan.slot_in);
        let slot = offered.iter().find(|offer| !offer.full && offer.slot.starts_at >= from);
        let slot = slot.ok_or_else(|| Invalid::field("starts_at", Problem::NotFound))?.slot;
        let recipient = Recipient { name: buyer.name.into(), phone: buyer.phone.into() };
        Ok(Choice::PickUp { recipient, branch: branch.id, starts_at: slot.starts_at })
    }
}

/// A buyer orders something home while it is shown in a live room, and pays at once.
pub(super) async fn order_live(
    app: &App,
    store: &Store,
    buyer: &Buyer,
    sku: SkuId,
    quantity: i64,
    source: Source,
) -> Outcome<OrderId> {
    let what = What::BuyNow { sku, quantity, shown: None };
    let checkout = checkout::begin(app, store, buyer.account.uuid(), what, source).await?;
    let choice = Choice::DeliveryTo(buyer.home);
    let command =
        Place { checkout, choice, method: Method::Online, note: String::new(), expected_total: None };
    let order = orders::place(app, store, buyer.account, command).await?;
    pay(app, store, buyer.account, order.id, Behaviour::Succeed).await?;
    Ok(order.id)
}

/// The buyer goes to the sandbox's pay page and chooses; the sandbox tells us.
async fn pay(
    app: &App,
    store: &Store,
    buyer: AccountId,
    order: OrderId,
    behaviour: Behaviour,
) -> Outcome<()> {
    let payment = payments::start(app, store, buyer, order).await?;
    let charge = payment.reference.ok_or("the sandbox has not answered")?.parse()?;
    let told = Sandbox::new(app.db.clone()).choose(charge, behaviour, app.clock.now()).await?;
    payments::hear(app, Sandbox::NAME, &told.ok_or("the sandbox tells nothing")?).await?;
    Ok(())
}
