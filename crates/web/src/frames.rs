//! What the layouts need to know beside the page.

/// `shop.html`: a buyer inside one store.
#[derive(Clone, Debug)]
pub struct ShopFrame {
    pub handle: String,
    pub name: String,
    /// A CSS colour, `#rrggbb`.
    pub accent: String,
    /// The address of a square picture.
    pub logo: Option<String>,
    /// Pieces in the basket.
    pub basket_count: u32,
    /// Which tab is current: `home`, `shelf`, `live`, `basket`, `me` or none.
    pub tab: &'static str,
    /// The way to the store's live rooms, if it ever had one.
    pub live: Option<LiveDoor>,
}

/// What every page of a store says of its live rooms.
#[derive(Clone, Debug)]
pub struct LiveDoor {
    /// One is live now.
    pub on_air: bool,
    /// The room that is on now, or comes next.
    pub card: Option<LiveCard>,
}

/// A live room on a card.
#[derive(Clone, Debug)]
pub struct LiveCard {
    pub href: String,
    pub title: String,
    pub cover: Option<String>,
    /// When it begins, in words.
    pub when: String,
    /// How many watch; 0 of one that is still to come.
    pub viewers: u64,
}

/// `console.html`: one store's desk, the list of a merchant's stores, or the operator's.
#[derive(Clone, Debug)]
pub struct ConsoleFrame {
    pub title: String,
    pub subtitle: String,
    /// The public page to look at, if there is one.
    pub address: Option<String>,
    /// Which link is current.
    pub section: &'static str,
    /// Only those this person may open; the first four are the phone's bottom bar.
    pub links: Vec<ConsoleLink>,
}

/// A way inside the console.
#[derive(Clone, Debug)]
pub struct ConsoleLink {
    pub section: &'static str,
    pub href: String,
    pub icon: &'static str,
    /// The key of its text.
    pub label: &'static str,
    /// Things that wait there; 0 hides it.
    pub count: u32,
}
