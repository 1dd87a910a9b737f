//! Lists of products: what buyers find on the shelf, and what the merchant sees in the console. Every list walks an
//! index in its order and stops when a page is full; a text goes by its rarest gram when that is rare.

use db::{Error, Read, ToCell, row};
use kernel::{ImageId, ProductId, ShelfId, StoreId, Timestamp};

use super::{State, search};

/// Products on one page of a list.
pub const SHOWN: i64 = 24;
/// A gram that at most so many products have is looked up; with a more common one, walking the list in its order
/// fills a page sooner.
const RARE: i64 = 1_000;

/// The order of a list.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    #[default]
    Sales,
    Newest,
    /// The cheapest first.
    Price,
}

impl Sort {
    pub const ALL: [Sort; 3] = [Sort::Sales, Sort::Newest, Sort::Price];

    pub const fn as_str(self) -> &'static str {
        match self {
            Sort::Sales => "sales",
            Sort::Newest => "newest",
            Sort::Price => "price",
        }
    }
    const fn column(self) -> &'static str {
        match self {
            Sort::Sales => "sold",
            Sort::Newest => "published_at",
            Sort::Price => "price_from",
        }
    }
    const fn is_up(self) -> bool {
        matches!(self, Sort::Price)
    }
}

const CARDS: &str =
    "select p.id, p.title, p.subtitle, p.image_id, p.price_from, p.price_to, p.sold, p.published_at,
    (select min(k.list_price) from skus k where k.store_id = p.store_id and k.product_id = p.id
        and k.on_sale and k.price = p.price_from) as list_price,
    exists (select 1 from skus k where k.store_id = p.store_id and k.product_id = p.id
        and k.on_sale and k.available > 0) as in_stock";

/// What a buyer looks for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Part of a title, subtitle or code, in any script; empty is everything.
    pub text: String,
    pub shelf: Option<ShelfId>,
    pub sort: Sort,
    /// Where the page before ended: [`Found::next`].
    pub after: Option<String>,
}

row! {
    /// A product in a list.
    #[derive(Clone, Debug)]
    pub struct Card {
        pub id: ProductId,
        pub title: String,
        pub subtitle: String,
        pub image_id: Option<ImageId>,
        pub price_from: i64,
        pub price_to: i64,
        pub list_price: Option<i64>,
        pub sold: i64,
        pub in_stock: bool,
        pub published_at: Timestamp,
    }
}

/// One page of a list.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub cards: Vec<Card>,
    /// What to ask for the next page with; none when this is the last.
    pub next: Option<String>,
}

/// The products on this store's shelf that fit.
pub async fn find(read: &mut Read, store: StoreId, query: &Query) -> Result<Found, Error> {
    let text: String = query.text.chars().take(search::QUERY_MAX).collect();
    let text = search::fold(&text);
    let rarest = rarest(read, store, &text).await?;
    let like = search::like(&text);
    let (key, after) =
        query.after.as_deref().and_then(cursor).unwrap_or((0, ProductId::from_uuid(uuid::Uuid::nil())));
    let (least, most) = rarest.unwrap_or_default();
    let mut sql = format!("{CARDS} from products p where p.store_id = $1 and p.state = 'on_shelf'");
    let mut params: Vec<&dyn ToCell> = vec![&store];
    if let Some(shelf) = &query.shelf {
        params.push(shelf);
        let at = params.len();
        sql.push_str(&format!(" and p.id in (select sp.product_id from shelf_products sp where sp.store_id = $1 and sp.shelf_id = ${at})"));
    }
    if !text.is_empty() {
        params.push(&like);
        sql.push_str(&format!(" and p.search like ${} escape '\\'", params.len()));
    }
    if rarest.is_some() {
        params.extend([&least as &dyn ToCell, &most]);
        let at = params.len();
        sql.push_str(&format!(" and p.id in (select g.product_id from product_grams g where g.store_id = $1 and g.gram between ${} and ${at})", at - 1));
    }
    let column = query.sort.column();
    let (beyond, direction) = if query.sort.is_up() { (">", "asc") } else { ("<", "desc") };
    if query.after.is_some() {
        params.extend([&key as &dyn ToCell, &after]);
        let at = params.len();
        sql.push_str(&format!(" and (p.{column}, p.id) {beyond} (${}, ${at})", at - 1));
    }
    let one_more = SHOWN + 1;
    params.push(&one_more);
    sql.push_str(&format!(" order by p.{column} {direction}, p.id {direction} limit ${}", params.len()));
    let mut cards: Vec<Card> = read.query(&sql, &params).await?;
    let more = cards.len() as i64 > SHOWN;
    cards.truncate(SHOWN as usize);
    let next = cards.last().filter(|_| more).map(|last| {
        let key = match query.sort {
            Sort::Sales => last.sold,
            Sort::Newest => last.published_at.as_millisecond(),
            Sort::Price => last.price_from,
        };
        format!("{key}.{}", last.id)
    });
    Ok(Found { cards, next })
}

/// The first products of a shelf, in the merchant's order.
pub async fn of_shelf(
    read: &mut Read,
    store: StoreId,
    shelf: ShelfId,
    most: i64,
) -> Result<Vec<Card>, Error> {
    let sql = format!(
        "{CARDS} from shelf_products sp join products p on p.store_id = sp.store_id and p.id = sp.product_id
         where sp.store_id = $1 and sp.shelf_id = $2 and p.state = 'on_shelf'
         order by sp.position, sp.product_id limit $3"
    );
    read.query(&sql, &[&store, &shelf, &most]).await
}

/// `412.prd_…`; what cannot be read begins the list anew.
fn cursor(text: &str) -> Option<(i64, ProductId)> {
    let (key, id) = text.split_once('.')?;
    Some((key.parse().ok()?, id.parse().ok()?))
}

/// The range of grams that the fewest products have, if those are few.
async fn rarest(read: &mut Read, store: StoreId, folded: &str) -> Result<Option<(i64, i64)>, Error> {
    let mut best: Option<(i64, (i64, i64))> = None;
    for (least, most) in search::needed(folded) {
        let bound = best.map_or(RARE + 1, |(count, _)| count);
        let count: i64 = read
            .one(
                "select count(*) from (select 1 from product_grams where store_id = $1 and gram between $2 and $3 limit $4) few",
                &[&store, &least, &most, &bound],
            )
            .await?;
        if count < bound {
            best = Some((count, (least, most)));
        }
        if count == 0 {
            break;
        }
    }
    Ok(best.map(|(_, range)| range))
}

row! {
    /// A product in the merchant's list.
    #[derive(Clone, Debug)]
    pub struct Listed {
        pub id: ProductId,
        pub state: State,
        pub title: String,
        pub image_id: Option<ImageId>,
        pub price_from: i64,
        pub price_to: i64,
        pub sold: i64,
        pub available: i64,
        pub has_changes: bool,
        pub created_at: Timestamp,
    }
}

/// The merchant's products, the newest first: all, or those in one state.
pub async fn list(
    read: &mut Read,
    store: StoreId,
    state: Option<State>,
    text: &str,
    after: Option<&str>,
) -> Result<(Vec<Listed>, Option<String>), Error> {
    let text: String = text.chars().take(search::QUERY_MAX).collect();
    let like = search::like(&search::fold(&text));
    let latest = ProductId::from_uuid(uuid::Uuid::max());
    let (key, id) = after.and_then(cursor).unwrap_or((i64::MAX, latest));
    let mut listed: Vec<Listed> = read
        .query(
            "select p.id, p.state, p.title, p.image_id, p.price_from, p.price_to, p.sold, p.created_at,
                (p.live is not null and p.live <> p.draft) as has_changes,
                (select cast(coalesce(sum(k.available), 0) as bigint) from skus k where k.store_id = p.store_id and k.product_id = p.id) as available
             from products p
             where p.store_id = $1 and (cast($2 as text) is null or p.state = $2) and p.search like $3 escape '\\'
                and (p.created_at, p.id) < ($4, $5)
             order by p.created_at desc, p.id desc limit $6",
            &[&store, &state, &like, &key, &id, &(SHOWN + 1)],
        )
        .await?;
    let more = listed.len() as i64 > SHOWN;
    listed.truncate(SHOWN as usize);
    let next = listed
        .last()
        .filter(|_| more)
        .map(|last| format!("{}.{}", last.created_at.as_millisecond(), last.id));
    Ok((listed, next))
}

/// How many products are in a state.
pub async fn counts(read: &mut Read, store: StoreId, state: State) -> Result<i64, Error> {
    read.one("select count(*) from products where store_id = $1 and state = $2", &[&store, &state]).await
}
