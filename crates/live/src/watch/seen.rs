//! What a page has shown of the shelf, and what was tapped: counted, and worth no more than that.

use std::collections::HashMap;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stores::Storefront;
use web::{App, Error, Json, Path};

use super::Of;
use crate::{Live, shelf::PRODUCTS_MAX};

/// A page tells every quarter of a minute: nobody sees anything more often.
const TIMES_MAX: u64 = 50;
/// Nobody shares a room more often in that time.
const SHARES_MAX: u64 = 5;

/// By the item's number.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Seen {
    impressions: HashMap<i64, u64>,
    clicks: HashMap<i64, u64>,
    shares: u64,
}

pub(super) async fn note(
    State(app): State<App>,
    front: Storefront,
    Path(of): Path<Of>,
    Json(seen): Json<Seen>,
) -> Result<StatusCode, Error> {
    let live = Live::of(&app)?;
    let room = of.find(&app, &front).await?;
    if !room.state.is_over() {
        live.meters().seen(
            room.id,
            &plausible(&seen.impressions),
            &plausible(&seen.clicks),
            seen.shares.min(SHARES_MAX),
        );
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What a page can have seen: numbers that exist, and not too often.
fn plausible(counts: &HashMap<i64, u64>) -> Vec<(i64, u64)> {
    let there = counts.iter().filter(|(number, _)| (1..=PRODUCTS_MAX).contains(*number));
    there.map(|(number, times)| (*number, (*times).min(TIMES_MAX))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_count_a_product_up_by_much_or_one_that_cannot_be() {
        let told = HashMap::from([(1, 3), (2, 1_000_000), (0, 1), (101, 1), (-4, 1)]);
        let mut counted = plausible(&told);
        counted.sort_unstable();
        assert_eq!(counted, [(1, 3), (2, TIMES_MAX)]);
    }
}
