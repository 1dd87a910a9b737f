//! Who works in a store: the console's page and the API. The rules and rows are `people::roles`.

mod api;
mod pages;
#[cfg(test)]
mod tests;

pub(crate) use api::api;
pub(crate) use pages::routes;
