//! A member of a store's staff at its desk, in a browser or through the API: the store of the address and what
//! this person may do in it.

use std::{marker::PhantomData, ops::Deref};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use kernel::AccountId;
use people::roles::{self, Permission, Role};
use web::{ApiViewer, App, ConsoleFrame, ConsoleLink, Error, Page, Viewer};

use crate::{
    store::{self, Store},
    storefront::{AskLive, handle_of},
};

/// The store of `{handle}` in the path and the viewer's role in it. Someone without a role is refused here; most
/// handlers ask for [`Allowed`] instead, which refuses who lacks a permission too.
#[derive(Clone, Debug)]
pub struct Console {
    pub store: Store,
    pub role: Role,
    pub viewer: Viewer,
    /// Whether stores can go live here.
    has_live: bool,
}

/// A console for those who hold one permission, such as `Allowed<may::EditGoods>`. It is asked before the request's body
/// is read: who may not is told so, whatever they sent.
pub struct Allowed<P> {
    console: Console,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    pub fn into_console(self) -> Console {
        self.console
    }
}

impl<P> Deref for Allowed<P> {
    type Target = Console;
    fn deref(&self) -> &Console {
        &self.console
    }
}

/// The permissions as types.
pub mod may {
    use people::roles::Permission;

    pub trait Permitted {
        const PERMISSION: Permission;
    }

    macro_rules! permissions {
        ($($name:ident),+) => {$(
            pub struct $name;
            impl Permitted for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+};
    }
    permissions!(
        SeeConsole,
        EditPage,
        EditGoods,
        EditStock,
        SeeOrders,
        HandleOrders,
        HandOver,
        SeeMoney,
        EditSettings,
        ManageStaff,
        HostLive
    );
}

/// Every link of the console, in the order of use, and what one must be allowed to see it.
const LINKS: [(&str, &str, &str, &str, Permission); 10] = [
    ("home", "", "house", "layout-nav-home", Permission::SeeConsole),
    ("orders", "/orders", "receipt-text", "layout-nav-orders", Permission::SeeOrders),
    ("live", "/live", "radio", "studio-nav-live", Permission::HostLive),
    ("products", "/products", "tag", "layout-nav-products", Permission::EditStock),
    ("page", "/page", "palette", "layout-nav-page", Permission::EditPage),
    ("shelves", "/shelves", "layers", "layout-nav-shelves", Permission::EditGoods),
    ("branches", "/branches", "map-pin", "stores-nav-branches", Permission::EditPage),
    ("money", "/money", "wallet", "layout-nav-money", Permission::SeeMoney),
    ("staff", "/staff", "users", "layout-nav-staff", Permission::ManageStaff),
    ("settings", "/settings", "settings", "layout-nav-settings", Permission::EditSettings),
];

impl Console {
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }
    /// Refuses who may not, and what is not to be had on this server.
    pub fn need(&self, permission: Permission) -> Result<(), Error> {
        if !self.may(permission) {
            Err(Error::Forbidden)
        } else if !self.offers(permission) {
            Err(Error::Unavailable)
        } else {
            Ok(())
        }
    }
    /// Whether this server has what the permission is for.
    fn offers(&self, permission: Permission) -> bool {
        self.has_live || permission != Permission::HostLive
    }
    pub fn actor(&self) -> AccountId {
        self.viewer.account_id
    }

    /// The frame of a page of this console; `section` is the current link.
    pub fn frame(&self, page: &Page, section: &'static str) -> ConsoleFrame {
        let is_there = |permission| self.may(permission) && self.offers(permission);
        let allowed = LINKS.iter().filter(|link| is_there(link.4));
        let links = allowed.map(|(section, path, icon, label, _)| ConsoleLink {
            section,
            href: format!("/console/{}{path}", self.store.handle),
            icon,
            label,
            count: 0,
        });
        ConsoleFrame {
            title: self.store.name.clone(),
            subtitle: page.tr(role_key(self.role)).to_string(),
            address: self.store.state.is_shown().then(|| format!("/s/{}", self.store.handle)),
            section,
            links: links.collect(),
        }
    }
}

/// The key of a role's name.
pub const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Owner => "stores-role-owner",
        Role::Manager => "stores-role-manager",
        Role::Clerk => "stores-role-clerk",
        Role::Host => "stores-role-host",
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Console
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let handle = handle_of(parts, state).await?;
        let ApiViewer(viewer) = ApiViewer::from_request_parts(parts, state).await?;
        let app = App::from_ref(state);
        let mut read = app.db.read().await?;
        let store = store::by_handle(&mut read, &handle).await?.ok_or(Error::NotFound)?;
        let role = roles::role_of(&mut read, store.id, viewer.account_id).await?.ok_or(Error::Forbidden)?;
        Ok(Console { store, role, viewer, has_live: app.parts.get::<AskLive>().is_some() })
    }
}

impl<S: Send + Sync, P: may::Permitted> FromRequestParts<S> for Allowed<P>
where
    App: FromRef<S>,
{
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let console = Console::from_request_parts(parts, state).await?;
        console.need(P::PERMISSION)?;
        Ok(Self { console, permission: PhantomData })
    }
}
