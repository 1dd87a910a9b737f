//! The attribute `#[db_test]`.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Runs a test on SQLite and on PostgreSQL. Write `#[db_test] async fn name(db: Db) { … }`: it becomes the tests
/// `name::sqlite` and `name::postgres`, each with a fresh, migrated database.
#[proc_macro_attribute]
pub fn db_test(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut tokens =
        item.clone().into_iter().skip_while(|t| !matches!(t, TokenTree::Ident(i) if i.to_string() == "fn"));
    let name = match (tokens.next(), tokens.next()) {
        (Some(_), Some(TokenTree::Ident(name))) => name.to_string(),
        _ => return "compile_error!(\"#[db_test] goes on an async fn\");".parse().unwrap_or_default(),
    };
    let takes_argument = tokens
        .find_map(|t| match t {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                Some(!group.stream().is_empty())
            }
            _ => None,
        })
        .unwrap_or(false);
    if !takes_argument {
        return "compile_error!(\"a #[db_test] takes the database\");".parse().unwrap_or_default();
    }
    let wrapper = format!(
        "mod {name} {{
            #[test] fn sqlite() {{ ::testkit::on_sqlite(|db| super::{name}(db)); }}
            #[test] fn postgres() {{ ::testkit::on_postgres(|db| super::{name}(db)); }}
        }}"
    );
    let mut out = item;
    out.extend(wrapper.parse::<TokenStream>().unwrap_or_default());
    out
}
