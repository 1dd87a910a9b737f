//! `/design`: every token and every component of the design system, alive. Only in demo mode: it is for who builds
//! pages. Its headings are in both languages; what the samples say is made up and stays English.

use axum::{Router, extract::State, routing::get};
use jiff::SignedDuration;
use qrcode::{QrCode, render::svg};
use serde::Deserialize;
use serde_json::json;

use crate::{App, Error, Page, Query};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/design", get(show))
}

#[derive(Deserialize)]
struct Choice {
    /// The name of one of [`ACCENTS`].
    #[serde(default)]
    accent: String,
}

/// A colour a store may have chosen.
struct Accent {
    name: &'static str,
    colour: &'static str,
}

const ACCENTS: &[Accent] = &[
    Accent { name: "leaf", colour: "#0c6e56" },
    Accent { name: "lantern", colour: "#a8281e" },
    Accent { name: "crust", colour: "#8a4b14" },
    Accent { name: "violet", colour: "#4a3f8f" },
    Accent { name: "sea", colour: "#1463c4" },
    Accent { name: "honey", colour: "#f2b01e" },
    Accent { name: "rose", colour: "#e86a9a" },
    Accent { name: "ink", colour: "#26221d" },
];

/// Colours by their tokens, each with the colour that words on it have.
struct Colour {
    token: &'static str,
    on: &'static str,
    means: &'static str,
}

const fn colour(token: &'static str, on: &'static str, means: &'static str) -> Colour {
    Colour { token, on, means }
}

const COLOURS: &[Colour] = &[
    colour("ground", "ink", "Behind everything"),
    colour("surface", "ink", "Paper: cards, fields, bars"),
    colour("sunken", "ink", "Wells and resting fills"),
    colour("raised", "ink", "Menus"),
    colour("ink", "ground", "Words"),
    colour("ink-2", "ground", "Words beside words"),
    colour("ink-3", "ground", "The faintest words"),
    colour("line", "ink", "Hairlines"),
    colour("line-field", "ground", "Edges of fields"),
    colour("accent-fill", "accent-ink", "The one thing to do"),
    colour("accent-soft", "accent-text", "What is chosen"),
    colour("accent-text", "surface", "Links and prices"),
    colour("good", "surface", "Paid, done, open"),
    colour("good-soft", "good", "Behind it"),
    colour("warn", "surface", "Soon, low, late"),
    colour("warn-soft", "warn", "Behind it"),
    colour("bad", "surface", "Wrong, gone, destroys"),
    colour("bad-soft", "bad", "Behind it"),
    colour("info", "surface", "Good to know"),
    colour("info-soft", "info", "Behind it"),
];

/// Sizes of type: token, class or element, sample.
const TYPE: &[(&str, &str, &str)] = &[
    ("t-hero", "hero", "A store in minutes"),
    ("t-head", "h1", "Order 1083 is ready"),
    ("t-title", "h2", "From the pan 现煮"),
    ("t-large", "h3", "Brown sugar boba 黑糖珍珠"),
    ("t-body", "", "Muscovado syrup, slow-cooked until it coats the cup."),
    ("t-small", "small", "Pick up today 17:00–18:00 at Bugis branch"),
    ("t-mini", "mini", "412 sold"),
];

const SPACES: &[&str] = &["s1", "s2", "s3", "s4", "s5", "s6", "s8", "s10", "s12", "s16"];
const RADII: &[&str] = &["r-small", "r", "r-large", "r-sheet", "r-full"];

/// Sections of the page, for its index; each is an id and, with `design-` before it, the key of its heading.
const SECTIONS: &[&str] = &[
    "colour",
    "type",
    "space",
    "icons",
    "buttons",
    "fields",
    "choices",
    "words",
    "containers",
    "overlays",
    "tables",
    "facts",
    "numbers",
    "store",
    "product",
    "basket",
    "order",
    "desk",
    "waiting",
];

/// The key of a section's heading.
fn key(section: &str) -> String {
    format!("design-{section}")
}

/// An hour's takings of a sample day, as a share of the best hour, with what the bar says.
const HOURS: &[(&str, &str)] = &[
    (".08", "S$24.00"),
    (".15", "S$46.50"),
    (".31", "S$92.00"),
    (".64", "S$188.40"),
    (".88", "S$260.00"),
    (".52", "S$153.10"),
    (".40", "S$118.70"),
    (".47", "S$139.00"),
    (".71", "S$210.60"),
    ("1", "S$296.20"),
    (".78", "S$231.00"),
    (".34", "S$101.00"),
];

#[derive(askama::Template)]
#[template(path = "design.html")]
struct Design {
    page: Page,
    accent: &'static Accent,
    icons: Vec<String>,
    /// RFC 3339, for the count-down.
    now: String,
    until: String,
    qr: String,
}

impl Design {
    /// What the option picker reads: two sizes, two sugars, one of them gone.
    fn sku_data(&self) -> String {
        let sku = |id: usize, values: [usize; 2], price: &str, stock: &str, max: u32| {
            json!({ "id": id.to_string(), "values": values, "price": price, "was": "S$7.80", "stock": stock, "max": max,
                    "image": self.page.asset("sample/boba.webp") })
        };
        let axis = |name: &str, values: [&str; 2]| json!({ "name": name, "values": values.map(|label| json!({ "label": label })) });
        json!({
            "axes": [axis("Size", ["Regular", "Large"]), axis("Sugar", ["Full", "Half"])],
            "skus": [
                sku(0, [0, 0], "S$5.80", "In stock", 9),
                sku(1, [0, 1], "S$5.80", "3 left", 3),
                sku(2, [1, 0], "S$6.80", "In stock", 9),
                sku(3, [1, 1], "S$6.80", "Sold out", 0),
            ],
        })
        .to_string()
    }
}

async fn show(
    State(app): State<App>,
    page: Page,
    Query(choice): Query<Choice>,
) -> Result<impl axum::response::IntoResponse, Error> {
    if !page.demo() {
        return Err(Error::NotFound);
    }
    let accent = ACCENTS.iter().find(|accent| accent.name == choice.accent).unwrap_or(&ACCENTS[0]);
    let now = app.clock.now();
    let qr = QrCode::new(&app.platform.base_url).map_err(Error::internal)?;
    let qr = qr.render::<svg::Color<'_>>().quiet_zone(false).min_dimensions(176, 176).build();
    crate::html(&Design {
        page,
        accent,
        icons: icon_names(),
        now: now.to_string(),
        until: (now + SignedDuration::from_secs(751)).to_string(),
        // As part of a page the drawing needs no XML declaration.
        qr: qr.split_once("?>").map_or(qr.clone(), |(_, drawing)| drawing.to_owned()),
    })
}

/// The names in the icon sprite.
fn icon_names() -> Vec<String> {
    let sprite = crate::assets::text("icons.svg");
    let names = sprite.split("<symbol id=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    names.map(|(name, _)| name.to_owned()).collect()
}
