//! Walks every route with everyone. What each gets is checked in (`access.txt`), so that a new route must be looked
//! at by a person, and a change of who may do what is seen in review.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use axum::http::Method;
use ministore::wiring;
use serde_json::Value;

use crate::{
    places::Places,
    site::{EVERYONE, Site, difference},
    source,
};

pub const FORM: &str = "application/x-www-form-urlencoded";

/// Every route there is: pages from the source, the API from its document.
fn routes() -> Vec<(String, Method)> {
    let mut all: BTreeSet<(String, String)> =
        source::routes().into_iter().map(|route| (route.path, route.method.to_owned())).collect();
    let document: Value = serde_json::from_str(&wiring::openapi_json()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        all.extend(methods.as_object().unwrap().keys().map(|method| (path.clone(), method.to_uppercase())));
    }
    all.into_iter().map(|(path, method)| (path, method.parse().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_gets_at_every_route_what_is_written_down() {
    let mut site = Site::new().await;
    let places = Places::of(&site).await;
    let mut table = String::from(
        "# What each person gets at each route, with nothing sent. Write it anew with UPDATE=1.\n",
    );
    let mut wrongs = Vec::new();
    let (mut version, mut known) = (site.version(), site.contents());
    for (route, method) in routes() {
        let (path, _) = places.fill(&route);
        write!(table, "{method:6} {route:70}").unwrap();
        // Some routes end sessions.
        site.sign_everyone_in().await;
        for who in EVERYONE {
            let answer = site.raw(&method, &path, who, FORM, Vec::new()).await;
            let status = answer.status.as_u16();
            write!(table, " {who}={status}").unwrap();
            if answer.location.starts_with("/sign-in") {
                table.push_str("(sign-in)");
            }
            if status >= 500 {
                wrongs.push(format!("{method} {path} as {who}: {status} {}", answer.text()));
            }
            if let Some(wrong) = not_for(&route, who, status, &answer.location) {
                wrongs.push(format!("{method} {path} as {who}: {wrong}"));
            }
            if site.version() != version {
                let after = site.contents();
                if status >= 400 && known != after {
                    wrongs.push(format!(
                        "{method} {path} as {who} was refused and changed\n{}",
                        difference(&known, &after)
                    ));
                }
                (version, known) = (site.version(), after);
            }
        }
        table.push('\n');
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/access.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    for (now, then) in table.lines().zip(written.lines()) {
        assert_eq!(now, then, "access.txt: run this test with UPDATE=1 and read the difference");
    }
    assert_eq!(table.lines().count(), written.lines().count(), "access.txt has other routes");
}

/// The rules that hold whatever is written down.
fn not_for(route: &str, who: &str, status: u16, location: &str) -> Option<String> {
    let got_in = status < 300 || (300..400).contains(&status) && !location.starts_with("/sign-in");
    let inside = |start: &str| route.starts_with(start) || route.starts_with(&format!("/api/v1{start}"));
    let console = inside("/console/{handle}") || inside("/console/{store}");
    match who {
        "visitor" | "buyer" | "stranger" if console && got_in => {
            Some("a stranger got into the console".into())
        }
        "visitor" | "buyer" | "stranger" | "clerk" | "merchant" if inside("/operator") && got_in => {
            Some("not the operator, and got into the operator's console".into())
        }
        "visitor" if (route == "/me" || inside("/me/") || inside("/console")) && got_in => {
            Some("nobody signed in, and got in".into())
        }
        "visitor" | "stranger" | "clerk" if route.starts_with("/s/{handle}/orders/") && got_in => {
            Some("somebody else's order".into())
        }
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_is_rendered_and_both_languages_have_all_words() {
    let site = Site::new().await;
    let places = Places::of(&site).await;
    let mut wrongs = Vec::new();
    // The design system's page shows names of icons, which look like keys.
    let looked_at = |(route, method): &(String, Method)| *method == Method::GET && route != "/design";
    for (route, _) in routes().into_iter().filter(looked_at) {
        let (path, _) = places.fill(&route);
        for who in EVERYONE {
            for language in ["en", "zh-CN"] {
                let answer = site.get(&path, who, language).await;
                if let Some(key) = missing_word(&answer.text()) {
                    wrongs.push(format!("{path} as {who} in {language} shows the key {key}"));
                }
            }
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    site.get("/design", "visitor", "en").await;
    let sent =
        site.raw(&Method::POST, "/sign-in", "visitor", FORM, b"contact=mei@demo.example".to_vec()).await;
    site.get(&sent.location, "visitor", "en").await;
    let rendered: Vec<&str> = web::rendered::names().iter().filter_map(|name| short(name)).collect();
    let forgotten: Vec<String> =
        source::templates().into_iter().filter(|name| !rendered.contains(&name.as_str())).collect();
    assert!(forgotten.is_empty(), "no test renders {forgotten:?}");
}

/// `crate::module::Name<'_>` without its path and parameters.
fn short(name: &'static str) -> Option<&'static str> {
    name.split('<').next()?.rsplit("::").next()
}

/// A key that stands where its words should: two or more words of lower case joined by hyphens, alone in an element.
fn missing_word(page: &str) -> Option<String> {
    const CAPABILITIES: [&str; 18] = [
        "layout-",
        "error-",
        "field-",
        "people-",
        "stores-",
        "catalog-",
        "basket-",
        "checkout-",
        "orders-",
        "pay-",
        "money-",
        "applications-",
        "operator-",
        "front-",
        "api-",
        "design-",
        "shelves-",
        "branches-",
    ];
    page.split('>').skip(1).find_map(|part| {
        let text = part.split('<').next()?.trim();
        let is_key = CAPABILITIES.iter().any(|c| text.starts_with(c))
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        is_key.then(|| text.to_owned())
    })
}
