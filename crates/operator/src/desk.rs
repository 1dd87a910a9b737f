//! An operator at their desk. Everyone else is told that there is nothing here: who runs the platform, and where,
//! is nobody's business.

use ::stores::applications::{self, Status};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use kernel::AccountId;
use web::{ApiViewer, App, ConsoleFrame, ConsoleLink, Error, Page};

/// An operator, in a browser or through the API. The session's and the token's query has read whether they still are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator(pub AccountId);

impl<S: Send + Sync> FromRequestParts<S> for Operator
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let ApiViewer(viewer) = ApiViewer::from_request_parts(parts, state).await?;
        if viewer.operator { Ok(Operator(viewer.account_id)) } else { Err(Error::NotFound) }
    }
}

/// Section, address, icon and name of every page of the desk, by use.
const LINKS: [(&str, &str, &str, &str); 6] = [
    ("home", "/operator", "house", "operator-nav-home"),
    ("applications", "/operator/applications", "clipboard-check", "operator-nav-applications"),
    ("stores", "/operator/stores", "store", "operator-nav-stores"),
    ("alpha", "/operator/alpha", "user-plus", "operator-nav-alpha"),
    ("jobs", "/operator/jobs", "timer", "operator-nav-jobs"),
    ("audit", "/operator/audit", "history", "operator-nav-audit"),
];

/// The frame of a page of the desk, with how many applications wait.
pub(crate) async fn frame(app: &App, page: &Page, section: &'static str) -> Result<ConsoleFrame, Error> {
    let waiting = applications::count(&mut app.db.read().await?, Status::Submitted).await?;
    let link = |(name, href, icon, label): (&'static str, &str, &'static str, &'static str)| ConsoleLink {
        section: name,
        href: href.to_owned(),
        icon,
        label,
        count: if name == "applications" { u32::try_from(waiting).unwrap_or(u32::MAX) } else { 0 },
    };
    Ok(ConsoleFrame {
        title: page.tr("operator-title").to_string(),
        subtitle: page.viewer().map_or(String::new(), |viewer| viewer.name.clone()),
        address: None,
        section,
        links: LINKS.into_iter().map(link).collect(),
    })
}
