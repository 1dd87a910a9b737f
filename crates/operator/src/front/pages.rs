//! Three pages without forms.

use askama::Template;
use axum::{extract::State, response::IntoResponse};
use kernel::{BasisPoints, Currency, Money};
use people::demo::{self, Person};
use web::{App, Error, Page, html};

use crate::stores::{Listed, list};

#[derive(Template)]
#[template(path = "front/front.html")]
struct FrontPage {
    page: Page,
}

pub(super) async fn front(page: Page) -> Result<impl IntoResponse, Error> {
    html(&FrontPage { page })
}

/// What the worked example's buyer pays, in the example's currency.
const EXAMPLE: Money = Money::new(6850, Currency::SGD);
/// Both are nothing, and are shown as such.
const REGISTRATION_FEE: Money = Money::zero(Currency::SGD);
const SERVICE_FEE: Money = Money::zero(Currency::SGD);
/// Orders of the example's month.
const ORDERS: i64 = 200;

#[derive(Template)]
#[template(path = "front/fees.html")]
struct FeesPage {
    page: Page,
    /// In per cent: `0.6`.
    rate: String,
    paid: Money,
    commission: Money,
    yours: Money,
    month_paid: Money,
    month_commission: Money,
    month_yours: Money,
    registration: Money,
    service: Money,
}

pub(super) async fn fees(State(app): State<App>, page: Page) -> Result<impl IntoResponse, Error> {
    let rate = app.platform.commission;
    let commission = rate.of(EXAMPLE);
    let month = |money: Money| money.times(ORDERS).map_err(Error::internal);
    html(&FeesPage {
        page,
        rate: per_cent(rate),
        paid: EXAMPLE,
        commission,
        yours: EXAMPLE.minus(commission).map_err(Error::internal)?,
        month_paid: month(EXAMPLE)?,
        month_commission: month(commission)?,
        month_yours: month(EXAMPLE.minus(commission).map_err(Error::internal)?)?,
        registration: REGISTRATION_FEE,
        service: SERVICE_FEE,
    })
}

/// Basis points as people read them: 60 is `0.6`, 100 is `1`, 125 is `1.25`.
fn per_cent(rate: BasisPoints) -> String {
    let text = format!("{}.{:02}", rate.0 / 100, rate.0 % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[derive(Template)]
#[template(path = "front/demo.html")]
struct DemoPage {
    page: Page,
    people: Vec<Person>,
    stores: Vec<Listed>,
}

pub(super) async fn demo(State(app): State<App>, page: Page) -> Result<impl IntoResponse, Error> {
    if !app.platform.demo {
        return Err(Error::NotFound);
    }
    let people = demo::people(&app).await?;
    let stores = list(&mut app.db.read().await?, "").await?;
    html(&DemoPage { page, people, stores })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_in_per_cent() {
        let read = |points| per_cent(BasisPoints(points));
        assert_eq!([read(60), read(100), read(125), read(0), read(1000)], ["0.6", "1", "1.25", "0", "10"]);
    }
}
