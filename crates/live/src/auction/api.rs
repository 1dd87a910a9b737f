//! Auctions over the API.

use axum::{extract::State as From, http::StatusCode};
use kernel::{AccountId, OrderId, RoomId, SkuId};
use serde::{Deserialize, Serialize};
use stores::Storefront;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{Auction, AuctionId, Open, Stands};
use crate::{
    crew::{Crew, does},
    story::payload,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(cancel))
        .routes(routes!(show))
        .routes(routes!(mine))
        .routes(routes!(bid))
}

type Seller = Crew<does::Sell>;

/// An auction as its host sees it.
#[derive(Serialize, ToSchema)]
struct AuctionBody {
    #[serde(flatten)]
    auction: payload::Auction,
    reserve: Option<i64>,
    /// Whose it is, and what they ordered.
    #[schema(value_type = Option<String>)]
    winner_account: Option<AccountId>,
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
}

impl AuctionBody {
    async fn of(read: &mut db::Read, auction: &Auction) -> Result<Self, db::Error> {
        let win = auction.state.win();
        Ok(Self {
            auction: super::words(read, auction).await?,
            reserve: auction.terms.reserve,
            winner_account: win.map(|win| win.winner),
            order: win.and_then(|win| win.order),
        })
    }
}

/// List a live room's auctions, the latest first
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/auctions", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = [AuctionBody]), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn list(From(app): From<App>, crew: Seller) -> Result<axum::Json<Vec<AuctionBody>>, Error> {
    let mut read = app.db.read().await?;
    let mut bodies = Vec::new();
    for auction in super::of_room(&mut read, crew.store.id, crew.id).await? {
        bodies.push(AuctionBody::of(&mut read, &auction).await?);
    }
    Ok(axum::Json(bodies))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAuction {
    /// Something on the room's shelf, of which one piece is put aside.
    #[schema(value_type = String)]
    sku: SkuId,
    /// Where the bidding begins, in minor units.
    price: i64,
    /// The least step from one bid to the next.
    increment: i64,
    /// Below this it is not sold.
    reserve: Option<i64>,
    /// How long the bidding lasts: 10 to 3600. A bid in the last 10 seconds makes it 10 again.
    seconds: i64,
    /// No bid moves the end.
    #[serde(default)]
    fixed_end: bool,
}

/// Open an auction in a live room
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/auctions", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = NewAuction,
    responses((status = 201, body = AuctionBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn open(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<NewAuction>,
) -> Result<(StatusCode, axum::Json<AuctionBody>), Error> {
    let NewAuction { sku, price: start, increment, reserve, seconds, fixed_end } = body;
    let wanted = Open { sku, start, increment, reserve, seconds, fixed_end };
    let auction = super::open(&app, &crew.store, crew.actor(), crew.id, wanted).await?;
    let body = AuctionBody::of(&mut app.db.read().await?, &auction).await?;
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// Call an auction off, as long as nobody has bid
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/auctions/{auction}/cancel", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("auction" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn cancel(
    From(app): From<App>,
    crew: Seller,
    path: Path<(String, RoomId, AuctionId)>,
) -> Result<StatusCode, Error> {
    let Path((_, _, auction)) = path;
    super::cancel(&app, crew.store.id, crew.actor(), crew.id, auction).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Look at an auction
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live/{room}/auctions/{auction}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("auction" = String, Path)),
    responses((status = 200, body = payload::Auction), (status = 404, body = ProblemDetails)))]
async fn show(
    From(app): From<App>,
    front: Storefront,
    path: Path<(String, RoomId, AuctionId)>,
) -> Result<axum::Json<payload::Auction>, Error> {
    let Path((_, room, auction)) = path;
    let mut read = app.db.read().await?;
    let auction = super::get(&mut read, front.store.id, room, auction).await?.ok_or(Error::NotFound)?;
    Ok(axum::Json(super::words(&mut read, &auction).await?))
}

/// How you stand in an auction
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live/{room}/auctions/{auction}/mine", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("auction" = String, Path)),
    responses((status = 200, body = OwnBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn mine(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId, AuctionId)>,
) -> Result<axum::Json<OwnBody>, Error> {
    let Path((_, room, auction)) = path;
    let mut read = app.db.read().await?;
    let auction = super::get(&mut read, front.store.id, room, auction).await?.ok_or(Error::NotFound)?;
    Ok(axum::Json(super::stands(&mut read, auction, viewer.account_id).await?.into()))
}

/// How someone stands in an auction.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnBody {
    /// By which the auction's news call you; nothing if you have not bid.
    number: Option<i64>,
    /// The most you would pay: nobody else is told.
    max: Option<i64>,
    /// Whether it is yours as it stands.
    leads: bool,
    price: i64,
    least: i64,
    ends_at: i64,
    /// What you ordered of what you won.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
}

impl core::convert::From<Stands> for OwnBody {
    fn from(stands: Stands) -> Self {
        Self {
            number: stands.own.map(|(number, _)| number),
            max: stands.own.map(|(_, max)| max),
            leads: stands.leads,
            price: stands.auction.price,
            least: stands.auction.least(),
            ends_at: stands.auction.ends_at.as_millisecond(),
            order: stands.order,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BidBody {
    /// What you say aloud: at least the auction's `least`, in minor units.
    amount: i64,
    /// The most you would pay. The auction bids for you up to it, and no more than it takes.
    max: Option<i64>,
}

/// Bid; the same bid again changes nothing
#[utoipa::path(post, path = "/api/v1/stores/{handle}/live/{room}/auctions/{auction}/bids", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("auction" = String, Path)), request_body = BidBody,
    responses((status = 200, body = OwnBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn bid(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId, AuctionId)>,
    Json(body): Json<BidBody>,
) -> Result<axum::Json<OwnBody>, Error> {
    let Path((_, room, auction)) = path;
    let BidBody { amount, max } = body;
    let stands = super::bid(&app, &front.store, room, auction, viewer.account_id, amount, max).await?;
    Ok(axum::Json(stands.into()))
}
