//! The API's document is checked in, so that a change of the API is seen in review.

use std::path::Path;

#[test]
fn the_checked_in_document_is_that_of_the_code() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        checked_in.trim() == ministore::wiring::openapi_json().trim(),
        "docs/openapi.json is not what the code says: run `cargo xtask docs` and read the difference"
    );
}
