//! Who looks at a page, in what language, and the small words that templates use.

use std::fmt;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Uri, header, request::Parts},
};
use kernel::{AccountId, Locale, Money, SessionId, Timestamp};
use uuid::Uuid;

use crate::{App, Error, Message, assets, error::problem_text, i18n, session};

/// The field `page` of every page's template.
#[derive(Clone, Debug)]
pub struct Page {
    pub locale: Locale,
    path: String,
    viewer: Option<Viewer>,
    session: Option<SessionId>,
    demo: bool,
    framed: bool,
}

/// The person who is signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub account_id: AccountId,
    pub name: String,
    pub operator: bool,
}

impl Page {
    /// The text of a key; `.with("count", 3)` fills it in.
    pub fn tr<'k>(&self, key: &'k str) -> Message<'k> {
        i18n::message(self.locale, key)
    }
    pub fn lang(&self) -> &'static str {
        self.locale.tag()
    }
    /// This page's path and query, to come back to; of an answer to a form, those of the page on which the form stood.
    pub fn path(&self) -> &str {
        &self.path
    }
    pub fn viewer(&self) -> Option<&Viewer> {
        self.viewer.as_ref()
    }
    pub fn demo(&self) -> bool {
        self.demo
    }
    /// Whether it stands in a frame on a page of ours, such as the checkout over a live room's video: then it is drawn
    /// without bars and ways around. Only our own pages may frame it.
    pub fn framed(&self) -> bool {
        self.framed
    }
    /// The signed-in person, or an error that sends the browser to sign in and back.
    pub fn signed_in(&self) -> Result<&Viewer, Error> {
        self.viewer.as_ref().ok_or(Error::SignIn)
    }
    pub fn session(&self) -> Option<SessionId> {
        self.session
    }
    /// Whom a basket belongs to: the account, or the visitor's session; nobody before the first thing is put in.
    pub fn owner(&self) -> Option<Uuid> {
        self.viewer
            .as_ref()
            .map(|viewer| viewer.account_id.uuid())
            .or(self.session.map(|session| session.uuid()))
    }

    /// A picture from the icon sprite (Lucide).
    pub fn icon<'i>(&self, name: &'i str) -> Icon<'i> {
        Icon(name)
    }
    /// The address of a browser file; it changes with the contents, so it may be cached for ever.
    pub fn asset(&self, file: &str) -> String {
        assets::asset_address(file)
    }
    pub fn money(&self, money: impl std::borrow::Borrow<Money>) -> String {
        money.borrow().to_string()
    }
    /// `3 Mar 2026, 10:00` in the given time zone.
    pub fn date_time(&self, at: impl std::borrow::Borrow<Timestamp>, time_zone: &str) -> String {
        let format = match self.locale {
            Locale::English => "%-d %b %Y, %H:%M",
            Locale::Chinese => "%Y年%-m月%-d日 %H:%M",
        };
        zoned(*at.borrow(), time_zone).strftime(format).to_string()
    }
    pub fn date(&self, at: impl std::borrow::Borrow<Timestamp>, time_zone: &str) -> String {
        let format = match self.locale {
            Locale::English => "%-d %b %Y",
            Locale::Chinese => "%Y年%-m月%-d日",
        };
        zoned(*at.borrow(), time_zone).strftime(format).to_string()
    }
    pub fn time(&self, at: impl std::borrow::Borrow<Timestamp>, time_zone: &str) -> String {
        zoned(*at.borrow(), time_zone).strftime("%H:%M").to_string()
    }
    /// What is wrong with a field, in words; nothing when it is right.
    pub fn problem(&self, invalid: &kernel::Invalid, field: &str) -> Option<String> {
        invalid.of(field).map(|problem| problem_text(problem, self.locale))
    }

    /// A page for tests and tools.
    pub fn sample(locale: Locale, viewer: Option<Viewer>) -> Self {
        Self { locale, path: "/".into(), viewer, session: None, demo: true, framed: false }
    }

    #[cfg(test)]
    pub(crate) fn at(path: &str, locale: Locale) -> Self {
        Self { path: path.into(), ..Self::sample(locale, None) }
    }

    pub(crate) fn set_session(&mut self, found: session::Found) {
        self.session = Some(found.id);
        self.viewer = found.viewer();
    }

    pub(crate) fn language_of(parts: &Parts) -> Locale {
        let chosen = session::cookie(&parts.headers, "lang").and_then(|tag| Locale::from_tag(&tag));
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        chosen.or_else(|| accepted.and_then(Locale::from_accept_language)).unwrap_or_default()
    }

    pub(crate) fn bare(parts: &Parts, demo: bool) -> Self {
        let own = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        // A form's own address often takes nothing but the form: one comes back to the page on which it stood.
        let from = (!parts.method.is_safe()).then(|| came_from(&parts.headers, &parts.uri)).flatten();
        let path = from.unwrap_or_else(|| own.to_owned());
        // Browsers say what they fetch a page for, and no page of another site can make them say otherwise.
        let framed = parts.headers.get("sec-fetch-dest").is_some_and(|dest| dest == "iframe");
        Self { locale: Self::language_of(parts), path, viewer: None, session: None, demo, framed }
    }
}

/// The path of the page that a request came from, if it is ours.
pub(crate) fn came_from(headers: &HeaderMap, asked: &Uri) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // HTTP/2 says the host in the address.
    let own = text(header::HOST).or(asked.authority().map(|authority| authority.as_str()));
    let (_, rest) = text(header::REFERER)?.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    (Some(host) == own).then(|| format!("/{path}")).filter(|path| crate::own_path(path) == path)
}

fn zoned(at: Timestamp, time_zone: &str) -> jiff::ZonedDateTime {
    at.to_zoned_datetime(jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC))
}

impl<S: Send + Sync> FromRequestParts<S> for Page
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if let Some(page) = parts.extensions.get::<Page>() {
            return Ok(page.clone());
        }
        let app = App::from_ref(state);
        let mut page = Page::bare(parts, app.platform.demo);
        if let Some(found) = session::find(&app, &parts.headers).await? {
            page.set_session(found);
        }
        parts.extensions.insert(page.clone());
        Ok(page)
    }
}

/// An icon, as a reference into the sprite.
pub struct Icon<'i>(&'i str);

impl fmt::Display for Icon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names are ours, but a template may pass one through: keep what could end the attribute out.
        let name = self.0.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>();
        let sprite = assets::asset_address("icons.svg");
        write!(f, r##"<svg class="icon" aria-hidden="true"><use href="{sprite}#{name}"/></svg>"##)
    }
}
impl askama::filters::HtmlSafe for Icon<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_only_to_a_page_of_ours() {
        let from = |referer: &str| {
            let mut headers = HeaderMap::from_iter([(header::REFERER, referer.parse().unwrap())]);
            let by_http2 = came_from(&headers, &"https://shop.example/".parse().unwrap());
            headers.insert(header::HOST, "shop.example".parse().unwrap());
            let found = came_from(&headers, &"/".parse().unwrap());
            assert_eq!(found, by_http2);
            found
        };
        assert_eq!(from("https://shop.example/s/tea/p/1?x=2").as_deref(), Some("/s/tea/p/1?x=2"));
        for wrong in
            ["https://evil.example/s/tea", "https://shop.example//evil.example", "shop.example/x", ""]
        {
            assert_eq!(from(wrong), None, "{wrong:?}");
        }
    }
}
