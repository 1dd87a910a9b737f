//! A room's numbers over the API.

use axum::extract::State as From;
use kernel::ProductId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, ProblemDetails};

use super::{Minute, ProductLine};
use crate::crew::{Crew, does};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report))
}

/// A room's numbers. Amounts are minor units.
#[derive(Serialize, ToSchema)]
struct ReportBody {
    currency: &'static str,
    /// Persons who came in, each counted once.
    viewers: i64,
    /// The most at once.
    peak: i64,
    average_watch_seconds: i64,
    likes: i64,
    comments: i64,
    shares: i64,
    /// Persons who began to follow the store in the room, and still do.
    followers: i64,
    impressions: i64,
    clicks: i64,
    orders: i64,
    paid: i64,
    buyers: i64,
    /// What came less what went back.
    revenue: i64,
    revenue_per_thousand_viewers: Option<i64>,
    products: Vec<ProductNumbers>,
    minutes: Vec<MinuteBody>,
}

#[derive(Serialize, ToSchema)]
struct ProductNumbers {
    #[schema(value_type = String)]
    product: ProductId,
    /// 0 for one that was taken off the shelf.
    number: i64,
    title: String,
    impressions: i64,
    clicks: i64,
    orders: i64,
    paid: i64,
    pieces: i64,
    revenue: i64,
}

#[derive(Serialize, ToSchema)]
struct MinuteBody {
    /// Minutes since 1970.
    minute: i64,
    viewers: i64,
    joins: i64,
    likes: i64,
    comments: i64,
    shares: i64,
    impressions: i64,
    clicks: i64,
    orders: i64,
    revenue: i64,
}

fn product(line: ProductLine) -> ProductNumbers {
    let ProductLine { product_id, number, title, impressions, clicks, orders, paid, pieces, revenue } = line;
    ProductNumbers { product: product_id, number, title, impressions, clicks, orders, paid, pieces, revenue }
}

fn minute(row: Minute) -> MinuteBody {
    let Minute { minute, viewers, joins, likes, chats, shares, impressions, clicks, orders, revenue } = row;
    MinuteBody {
        minute,
        viewers,
        joins,
        likes,
        comments: chats,
        shares,
        impressions,
        clicks,
        orders,
        revenue,
    }
}

/// Read what came of a live room
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/report", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = ReportBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn report(From(app): From<App>, crew: Crew<does::Run>) -> Result<axum::Json<ReportBody>, Error> {
    let found = super::of_room(&mut app.db.read().await?, &crew.room).await?;
    let all = found.overview;
    Ok(axum::Json(ReportBody {
        currency: crew.store.currency.code(),
        viewers: all.viewers,
        peak: all.peak,
        average_watch_seconds: all.average_watch_seconds,
        likes: all.likes,
        comments: all.comments,
        shares: all.shares,
        followers: all.followers,
        impressions: all.impressions,
        clicks: all.clicks,
        orders: all.orders,
        paid: all.paid,
        buyers: all.buyers,
        revenue: all.revenue,
        revenue_per_thousand_viewers: all.revenue_per_thousand(),
        products: found.products.into_iter().map(product).collect(),
        minutes: found.minutes.into_iter().map(minute).collect(),
    }))
}
