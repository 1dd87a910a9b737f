//! SQL of `live_auctions`, `live_bidders` and `live_bids`.

use db::{Error, FromRow, Read, Row, Tx, row};
use kernel::{AccountId, OrderId, RoomId, StoreId, Timestamp};

use super::{
    Auction, AuctionId, State, Step, Win,
    rules::{Bid, Bidder, Terms},
};

impl FromRow for Auction {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let step: Step = row.get("state")?;
        let win = || {
            Ok::<_, Error>(Win {
                winner: row.get("winner_id")?,
                price: row.get("win_price")?,
                pay_by: row.get("pay_by")?,
                order: row.get("order_id")?,
            })
        };
        Ok(Auction {
            store_id: row.get("store_id")?,
            room_id: row.get("room_id")?,
            id: row.get("id")?,
            product_id: row.get("product_id")?,
            sku_id: row.get("sku_id")?,
            number: row.get("number")?,
            title: row.get("title")?,
            hold_id: row.get("hold_id")?,
            terms: Terms {
                start: row.get("start_price")?,
                increment: row.get("increment")?,
                reserve: row.get("reserve")?,
                fixed_end: row.get("fixed_end")?,
            },
            state: match step {
                Step::Open => State::Open,
                Step::Won => State::Won(win()?),
                Step::Sold => State::Sold(win()?),
                Step::Unsold => State::Unsold,
                Step::Cancelled => State::Cancelled,
            },
            ends_at: row.get("ends_at")?,
            ended_at: row.get("ended_at")?,
            price: row.get("price")?,
            leader: row.get("leader_id")?,
            bids: row.get("bids")?,
            bidders: row.get("bidders")?,
            turn: row.get("turn")?,
            offers: row.get("offers")?,
        })
    }
}

macro_rules! columns {
    ($before:expr, $after:expr) => {
        concat!(
            $before,
            " store_id, room_id, id, product_id, sku_id, number, title, hold_id, start_price, increment, reserve, fixed_end, \
             state, ends_at, ended_at, price, leader_id, bids, bidders, turn, winner_id, win_price, pay_by, order_id, offers ",
            $after
        )
    };
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: AuctionId) -> Result<Option<Auction>, Error> {
    read.query_opt(columns!("select", "from live_auctions where store_id = $1 and id = $2"), &[&store, &id])
        .await
}

/// Takes the auction's turn: whoever else wants to change it waits until this transaction is done.
pub(super) async fn take(tx: &mut Tx, store: StoreId, id: AuctionId) -> Result<Option<Auction>, Error> {
    tx.query_opt(
        columns!("update live_auctions set turn = turn + 1 where store_id = $1 and id = $2 returning", ""),
        &[&store, &id],
    )
    .await
}

pub(super) async fn of_room(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    most: i64,
) -> Result<Vec<Auction>, Error> {
    read.query(
        columns!(
            "select",
            "from live_auctions where store_id = $1 and room_id = $2 order by id desc limit $3"
        ),
        &[&store, &room, &most],
    )
    .await
}

pub(super) async fn open_in(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Option<AuctionId>, Error> {
    read.opt(
        "select id from live_auctions where store_id = $1 and room_id = $2 and state = 'open'",
        &[&store, &room],
    )
    .await
}

pub(super) async fn waiting(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    most: i64,
) -> Result<Vec<Auction>, Error> {
    read.query(
        columns!(
            "select",
            "from live_auctions where store_id = $1 and room_id = $2 and state = 'won' order by id desc limit $3"
        ),
        &[&store, &room, &most],
    )
    .await
}

/// What this buyer has won in the room and not ordered yet.
pub(super) async fn won_by(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    winner: AccountId,
) -> Result<Vec<Auction>, Error> {
    read.query(
        columns!(
            "select",
            "from live_auctions where store_id = $1 and room_id = $2 and winner_id = $3 and state = 'won' and order_id is null order by id"
        ),
        &[&store, &room, &winner],
    )
    .await
}

pub(super) async fn of_order(
    read: &mut Read,
    store: StoreId,
    order: OrderId,
) -> Result<Option<AuctionId>, Error> {
    read.opt(
        "select id from live_auctions where store_id = $1 and order_id = $2 and state = 'won'",
        &[&store, &order],
    )
    .await
}

pub(super) async fn insert(
    tx: &mut Tx,
    auction: &Auction,
    by: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let Auction { terms, .. } = auction;
    tx.execute(
        "insert into live_auctions (store_id, room_id, id, product_id, sku_id, number, title, hold_id, start_price, increment,
            reserve, fixed_end, state, ends_at, price, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &[
            &auction.store_id,
            &auction.room_id,
            &auction.id,
            &auction.product_id,
            &auction.sku_id,
            &auction.number,
            &auction.title,
            &auction.hold_id,
            &terms.start,
            &terms.increment,
            &terms.reserve,
            &terms.fixed_end,
            &auction.state.step(),
            &auction.ends_at,
            &auction.price,
            &by,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Writes what stands after a bid.
pub(super) async fn set_standing(tx: &mut Tx, auction: &Auction) -> Result<(), Error> {
    tx.execute(
        "update live_auctions set price = $3, leader_id = $4, bids = $5, bidders = $6, ends_at = $7 where store_id = $1 and id = $2",
        &[
            &auction.store_id,
            &auction.id,
            &auction.price,
            &auction.leader,
            &auction.bids,
            &auction.bidders,
            &auction.ends_at,
        ],
    )
    .await?;
    Ok(())
}

/// Writes where the auction is, whose it is, and which pieces are put aside for it.
pub(super) async fn set_state(tx: &mut Tx, auction: &Auction, now: Timestamp) -> Result<(), Error> {
    let win = auction.state.win();
    let ended_at = (auction.state != State::Open).then_some(now);
    tx.execute(
        "update live_auctions set state = $3, hold_id = $4, winner_id = $5, win_price = $6, pay_by = $7, order_id = $8, offers = $9,
            ended_at = coalesce(ended_at, $10) where store_id = $1 and id = $2",
        &[
            &auction.store_id,
            &auction.id,
            &auction.state.step(),
            &auction.hold_id,
            &win.map(|win| win.winner),
            &win.map(|win| win.price),
            &win.map(|win| win.pay_by),
            &win.and_then(|win| win.order),
            &auction.offers,
            &ended_at,
        ],
    )
    .await?;
    Ok(())
}

row! {
    /// What everyone sees of a bidder.
    #[derive(Clone, Debug)]
    pub struct Named {
        pub number: i64,
        pub name: String,
        /// For the bidder's own eyes.
        pub max: i64,
    }
}

pub(super) async fn named(
    read: &mut Read,
    auction: &Auction,
    account: AccountId,
) -> Result<Option<Named>, Error> {
    read.query_opt(
        "select number, name, max from live_bidders where store_id = $1 and auction_id = $2 and account_id = $3",
        &[&auction.store_id, &auction.id, &account],
    )
    .await
}

/// When this person bid last.
pub(super) async fn last_bid(
    read: &mut Read,
    auction: &Auction,
    account: AccountId,
) -> Result<Option<Timestamp>, Error> {
    read.opt(
        "select b.at from live_bidders p
            join live_bids b on b.store_id = p.store_id and b.auction_id = p.auction_id and b.turn = p.place
         where p.store_id = $1 and p.auction_id = $2 and p.account_id = $3",
        &[&auction.store_id, &auction.id, &account],
    )
    .await
}

/// Keeps who bid how much. Whoever bids again bids more.
pub(super) async fn put_bidder(
    tx: &mut Tx,
    auction: &Auction,
    bid: Bid,
    number: i64,
    name: &str,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_bidders (store_id, auction_id, account_id, number, name, bid, max, place)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (store_id, auction_id, account_id) do update set bid = excluded.bid, max = excluded.max, place = excluded.place",
        &[
            &auction.store_id,
            &auction.id,
            &bid.bidder,
            &number,
            &name,
            &bid.amount,
            &bid.max,
            &auction.turn,
        ],
    )
    .await?;
    Ok(())
}

/// Who leads raises the own maximum and says nothing aloud.
pub(super) async fn raise(tx: &mut Tx, auction: &Auction, bid: Bid) -> Result<(), Error> {
    tx.execute(
        "update live_bidders set max = $4, place = $5 where store_id = $1 and auction_id = $2 and account_id = $3",
        &[&auction.store_id, &auction.id, &bid.bidder, &bid.max, &auction.turn],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_bid(
    tx: &mut Tx,
    auction: &Auction,
    bid: Bid,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_bids (store_id, auction_id, turn, account_id, amount, max, price_after, at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &auction.store_id,
            &auction.id,
            &auction.turn,
            &bid.bidder,
            &bid.amount,
            &bid.max,
            &auction.price,
            &now,
        ],
    )
    .await?;
    Ok(())
}

impl FromRow for Bidder {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Bidder { account: row.get("account_id")?, bid: row.get("bid")?, max: row.get("max")? })
    }
}

/// The best two of those who have not let it pass.
pub(super) async fn best(read: &mut Read, auction: &Auction) -> Result<Vec<Bidder>, Error> {
    read.query(
        "select account_id, bid, max from live_bidders where store_id = $1 and auction_id = $2 and not passed
         order by max desc, place limit 2",
        &[&auction.store_id, &auction.id],
    )
    .await
}

pub(super) async fn pass(tx: &mut Tx, auction: &Auction, account: AccountId) -> Result<(), Error> {
    tx.execute(
        "update live_bidders set passed = $4 where store_id = $1 and auction_id = $2 and account_id = $3",
        &[&auction.store_id, &auction.id, &account, &true],
    )
    .await?;
    Ok(())
}
