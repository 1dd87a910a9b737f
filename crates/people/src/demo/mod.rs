//! Being someone in the demo town with one click. Only in demo mode; elsewhere these addresses are not found.
//! Who is there to be is whoever the town's seeding gave one of the well-known contacts.

use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::post};
use kernel::{AccountId, Invalid, Problem};
use serde::Deserialize;
use web::{App, Error, Form, Page, own_path, see_other};

use crate::{Contact, accounts, sign_in};

/// One well-known person: the name of the form's value, the contact, a picture, and where they begin.
struct WellKnown {
    who: &'static str,
    contact: &'static str,
    icon: &'static str,
    label: &'static str,
    start: &'static str,
}

const TOWN: [WellKnown; 7] = [
    WellKnown {
        who: "buyer",
        contact: "buyer@demo.example",
        icon: "shopping-bag",
        label: "people-demo-buyer",
        start: "/me",
    },
    WellKnown {
        who: "merchant",
        contact: "merchant@demo.example",
        icon: "store",
        label: "people-demo-merchant",
        start: "/console",
    },
    WellKnown {
        who: "baker",
        contact: "baker@demo.example",
        icon: "store",
        label: "people-demo-baker",
        start: "/console",
    },
    WellKnown {
        who: "clerk",
        contact: "clerk@demo.example",
        icon: "scan-line",
        label: "people-demo-clerk",
        start: "/console",
    },
    WellKnown {
        who: "newcomer",
        contact: "newcomer@demo.example",
        icon: "file-text",
        label: "people-demo-newcomer",
        start: "/console",
    },
    WellKnown {
        who: "waiting",
        contact: "waiting@demo.example",
        icon: "hourglass",
        label: "people-demo-waiting",
        start: "/console",
    },
    WellKnown {
        who: "operator",
        contact: "operator@demo.example",
        icon: "shield-check",
        label: "people-demo-operator",
        start: "/operator",
    },
];

/// Someone to be.
pub struct Person {
    pub who: &'static str,
    pub name: String,
    pub icon: &'static str,
    /// The key of a line about them.
    pub label: &'static str,
}

/// Who is there to be; nobody outside demo mode.
pub async fn people(app: &App) -> Result<Vec<Person>, Error> {
    let mut people = Vec::new();
    if !app.platform.demo {
        return Ok(people);
    }
    let mut read = app.db.read().await?;
    for known in &TOWN {
        if let Some(id) = of(&mut read, known.contact).await?
            && let Some(account) = accounts::by_id(&mut read, id).await?
        {
            people.push(Person { who: known.who, name: account.name, icon: known.icon, label: known.label });
        }
    }
    Ok(people)
}

async fn of(read: &mut db::Read, contact: &str) -> Result<Option<AccountId>, Error> {
    let contact = Contact::parse(contact).map_err(|problem| Invalid::field("who", problem))?;
    Ok(accounts::of_contact(read, &contact).await?)
}

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/demo/sign-in", post(be))
}

#[derive(Deserialize)]
struct Be {
    who: String,
    #[serde(default)]
    next: String,
}

async fn be(
    State(app): State<App>,
    page: Page,
    headers: HeaderMap,
    Form(sent): Form<Be>,
) -> Result<impl IntoResponse, Error> {
    if !app.platform.demo {
        return Err(Error::NotFound);
    }
    let unknown = || Invalid::field("who", Problem::NotAChoice);
    let known = TOWN.iter().find(|known| known.who == sent.who).ok_or_else(unknown)?;
    let account = of(&mut app.db.read().await?, known.contact).await?.ok_or_else(unknown)?;
    let begun = sign_in::sign_in(&app, &page, &headers, account).await?;
    let next = Some(own_path(&sent.next)).filter(|next| *next != "/").unwrap_or(known.start);
    Ok((begun, see_other(next)))
}
