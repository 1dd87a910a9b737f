//! What stands in `d` of each message, as pages and programs read it. Times are milliseconds since 1970, amounts minor
//! units of the room's currency.

use kernel::{ProductId, SkuId};
use serde::Serialize;
use stores::special_prices::SpecialId;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auction::AuctionId,
    chat::ChatId,
    drops::DropId,
    giveaway::{EntryId, GiveawayId},
};

/// The room as it is: everything that someone must know who knows nothing yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Snapshot {
    /// `scheduled`, `rehearsal`, `live`, `lost` (live, and no pictures come), `ended` or `cancelled`.
    pub state: &'static str,
    pub title: String,
    pub host: String,
    /// The server's clock.
    pub now: i64,
    pub starts_at: i64,
    pub started_at: Option<i64>,
    /// The present broadcast; part of its addresses under `/media`.
    pub show: Option<String>,
    pub portrait: bool,
    pub currency: Currency,
    pub shelf: Vec<Item>,
    pub pinned: Option<Pin>,
    pub announcement: Option<String>,
    /// A comment that stays on top.
    pub comment: Option<Comment>,
    /// The last comments, the oldest first.
    pub chat: Vec<Chat>,
    /// Seconds between two messages of one person; 0 is as fast as they like.
    pub slow: i64,
    pub viewers: u64,
    pub likes: i64,
    #[serde(flatten)]
    pub tools: Tools,
}

/// The selling tools that are under way.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Tools {
    pub flash: Vec<FlashSale>,
    pub drops: Vec<CouponDrop>,
    pub giveaways: Vec<Giveaway>,
    /// The latest of the room.
    pub auction: Option<Auction>,
    /// Those that were won and wait to be paid, the latest first.
    pub auctions_won: Vec<Auction>,
}

/// `auction`: an auction as it stands after a bid, or after its end. Of the bidders it says a number each and a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Auction {
    #[schema(value_type = String)]
    pub id: AuctionId,
    /// The item's.
    pub number: i64,
    #[schema(value_type = String)]
    pub sku: SkuId,
    pub title: String,
    /// `open`, `won` (by someone who has not paid yet), `sold`, `unsold` or `cancelled`.
    pub state: &'static str,
    /// What stands; before the first bid, the starting price.
    pub price: i64,
    pub increment: i64,
    /// The least that the next bidder must say.
    pub least: i64,
    pub bids: i64,
    pub leader: Option<String>,
    pub leader_number: Option<i64>,
    /// Whether the price has come to the reserve; nothing where there is none.
    pub reserve_met: Option<bool>,
    /// A late bid does not move the end.
    pub fixed_end: bool,
    pub ends_at: i64,
    pub winner: Option<String>,
    pub winner_number: Option<i64>,
    pub pay_by: Option<i64>,
}

/// `giveaway`: a prize that is drawn among those who entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Giveaway {
    #[schema(value_type = String)]
    pub id: GiveawayId,
    pub prize: String,
    /// How many can win.
    pub count: i64,
    /// `watch` (press a button), `follow` (the same, and the store is followed with it) or `comment` (say the keyword).
    pub task: &'static str,
    pub keyword: Option<String>,
    /// `open` or `drawn`.
    pub state: &'static str,
    pub ends_at: i64,
    pub entries: i64,
    /// The hash of the seed, which is shown after the draw.
    pub commitment: String,
    /// When it was drawn: at its end, or earlier.
    pub drawn_at: Option<i64>,
    /// In the order in which they were drawn.
    pub winners: Vec<Winner>,
}

/// One who won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Winner {
    /// Masked: `L**`.
    pub name: String,
    /// The entry on the published list.
    #[schema(value_type = String)]
    pub entry: EntryId,
}

/// `flash_sale`: one was announced, is sold out, has pieces again, or is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlashSale {
    #[schema(value_type = String)]
    pub id: SpecialId,
    pub number: i64,
    #[schema(value_type = String)]
    pub sku: SkuId,
    pub price: i64,
    /// Pieces at this price, and those that are left of them.
    pub quota: i64,
    pub left: i64,
    /// Pieces that one buyer may have.
    pub per_buyer: Option<i64>,
    pub starts_at: i64,
    pub ends_at: i64,
    /// `open` (before its start it is announced), `sold_out` or `over`.
    pub state: &'static str,
}

/// `coupon_drop`: coupons can be claimed until they are gone, or its time is up; one that was ended has an end that is past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CouponDrop {
    #[schema(value_type = String)]
    pub id: DropId,
    pub title: String,
    pub pieces: i64,
    pub left: i64,
    /// The programme's time, as for `pin`.
    pub at: i64,
    pub ends_at: i64,
}

/// `coupon_gone`: the last one was claimed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DropGone {
    pub id: DropId,
}

/// In passing, `left`: how many pieces the flash sale or the drop of this id has left.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Left<I> {
    pub id: I,
    pub left: i64,
}

/// How amounts are written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Currency {
    pub code: &'static str,
    /// Decimals.
    pub digits: u32,
    pub symbol: &'static str,
}

/// A product of the room, with its price and stock as they are now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Item {
    /// What the host says and buyers type.
    pub number: i64,
    #[schema(value_type = String)]
    pub product: ProductId,
    pub title: String,
    /// The address of a small picture.
    pub image: Option<String>,
    /// The lowest of its SKUs.
    pub price: i64,
    pub list_price: Option<i64>,
    /// The lowest price that holds in this room alone.
    pub live_price: Option<i64>,
    /// Pieces of all SKUs together.
    pub left: i64,
    pub sold_out: bool,
    pub skus: Vec<ItemSku>,
}

/// One way to buy an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemSku {
    #[schema(value_type = String)]
    pub sku: SkuId,
    /// The chosen values as people read them; empty for a product without options.
    pub options: String,
    pub price: i64,
    pub live_price: Option<i64>,
    pub left: i64,
}

/// `chat`: someone said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Chat {
    #[schema(value_type = String)]
    pub id: ChatId,
    pub name: String,
    pub text: String,
    pub at: i64,
    /// Whether the store says it.
    pub staff: bool,
}

/// `chat_delete`.
#[derive(Clone, Debug, Serialize)]
pub struct ChatDelete {
    pub id: ChatId,
}

/// `pin_comment`; without a comment the message is `{}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comment {
    #[schema(value_type = String)]
    pub id: ChatId,
    pub name: String,
    pub text: String,
}

/// `{}`: `unpin`, and `pin_comment` when none is on top any more.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Nothing {}

/// `shelf`: all of it, after any change.
#[derive(Clone, Debug, Serialize)]
pub struct Shelf {
    pub shelf: Vec<Item>,
}

/// `pin`: this product is being explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pin {
    pub number: i64,
    /// The programme's time: a page whose video is behind shows it when its video gets there.
    pub at: i64,
}

/// `price`: the item has other prices.
#[derive(Clone, Debug, Serialize)]
pub struct Price {
    pub number: i64,
    pub item: Item,
}

/// `sold_out`: this SKU, or without one the whole item.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SoldOut {
    pub number: i64,
    pub sku: Option<SkuId>,
}

/// `restock`: there is something of it again.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Restock {
    pub number: i64,
    pub sku: SkuId,
    pub left: i64,
}

/// `announce`; an empty text takes it down.
#[derive(Clone, Debug, Serialize)]
pub struct Announce<'t> {
    pub text: &'t str,
}

/// `ban`: who is to be let out of the room, at every process. Nobody is told of it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ban {
    pub person: Uuid,
}

/// `live_state`: `live`, `lost`, `ended` or `cancelled`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LiveState {
    pub state: &'static str,
    pub at: i64,
}

/// In passing, `stock`: how many pieces are left.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Stock {
    pub sku: SkuId,
    pub number: i64,
    pub left: i64,
}

/// In passing, `orders`: someone bought.
#[derive(Clone, Debug, Serialize)]
pub struct Bought {
    /// Masked: `L**`.
    pub name: String,
    pub title: String,
    pub number: i64,
    pub pieces: i64,
}
