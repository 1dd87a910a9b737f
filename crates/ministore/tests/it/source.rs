//! Reads the workspace's own source: which routes and templates there are, so that a forgotten one is found.

use std::path::{Path, PathBuf};

/// A page's route as it is written in the code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub path: String,
    pub method: &'static str,
}

/// All source files of the crates.
pub fn files() -> Vec<(PathBuf, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path().join("src")).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// Every `.route("path", get(…).post(…))` of the code.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for (file, text) in files() {
        // The addresses of video stand under the rooms' media.
        let nested =
            if file.components().any(|part| part.as_os_str() == "broadcast") { "/media" } else { "" };
        for part in text.split(".route(").skip(1) {
            let Some(path) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            let arguments = &part[..closing(part)];
            for (call, method) in
                [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("delete", "DELETE"), ("patch", "PATCH")]
            {
                let is_called = arguments
                    .match_indices(&format!("{call}("))
                    .any(|(at, _)| !arguments[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
                if is_called {
                    routes.push(Route { path: format!("{nested}{path}"), method });
                }
            }
        }
    }
    routes.sort();
    routes.dedup();
    routes
}

/// Where the parenthesis that was opened before `text` closes.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The names of all types that are templates.
pub fn templates() -> Vec<String> {
    let mut names = Vec::new();
    for (_, text) in files() {
        for part in text.split("#[template(").skip(1) {
            if let Some(after) = part.split("struct ").nth(1) {
                names.push(after.chars().take_while(|c| c.is_alphanumeric()).collect());
            }
        }
    }
    names.sort();
    names
}

#[test]
fn routes_and_templates_are_found_in_the_code() {
    let routes = routes();
    assert!(routes.contains(&Route { path: "/language".into(), method: "POST" }), "{routes:?}");
    assert!(routes.contains(&Route { path: "/healthz".into(), method: "GET" }));
    assert!(templates().contains(&"ErrorPage".to_owned()));
}

#[test]
fn no_two_shapes_of_the_api_share_a_name() {
    // The document knows a shape by its bare name: a second one would silently take the place of the first.
    let mut names: Vec<String> = Vec::new();
    for (_, text) in files() {
        for part in text.split("ToSchema)]").skip(1) {
            let at = [" struct ", " enum ", "\nstruct ", "\nenum "]
                .iter()
                .filter_map(|word| part.find(word))
                .min();
            let declared = at.and_then(|at| part[at..].split_whitespace().nth(1)).unwrap_or_default();
            let attributes = at.map_or("", |at| &part[..at]);
            let name = attributes.split("schema(as = ").nth(1).unwrap_or(declared);
            names.push(name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names.retain(|name| !name.is_empty());
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
