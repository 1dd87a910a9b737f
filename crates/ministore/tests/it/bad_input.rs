//! Whatever is sent: a 4xx that names the field, never a 5xx, and nothing changed.

use axum::http::Method;
use ministore::wiring;
use serde_json::{Map, Value, json};

use crate::{
    places::Places,
    site::{Site, difference},
};

/// One operation of the API that takes a document.
struct Operation {
    method: Method,
    path: String,
    schema: Value,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if !schema.is_null() {
                let method = method.to_uppercase().parse().unwrap();
                found.push(Operation { method, path: path.clone(), schema: resolve(document, schema) });
            }
        }
    }
    found
}

fn resolve(document: &Value, schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap().clone(),
        None => schema.clone(),
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("any")
        }
        _ => "object",
    }
}

/// A value that the schema describes; not more, so that only the mutated field is certainly wrong.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    if let Some(example) = schema["examples"].as_array().and_then(|all| all.first()) {
        return example.clone();
    }
    if let Some(choice) = schema["enum"].as_array().and_then(|all| all.first()) {
        return choice.clone();
    }
    if let Some(first) =
        schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"))
    {
        return sample(document, first);
    }
    match kind(&schema) {
        "string" => json!("text"),
        "integer" => json!(1),
        "boolean" => json!(true),
        "array" => json!([]),
        _ => object(document, &schema),
    }
}

fn object(document: &Value, schema: &Value) -> Value {
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let wanted = properties.iter().filter(|(name, _)| required.contains(&json!(name)));
    let members = wanted.map(|(name, property)| (name.clone(), sample(document, property)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Values that a property of this kind can never be.
fn wrong(document: &Value, property: &Value, required: bool) -> Vec<Value> {
    let schema = resolve(document, property);
    let mut values = match kind(&schema) {
        "string" => vec![
            json!(7),
            json!(true),
            json!([]),
            json!({"a": 1}),
            json!("a\u{0}b"),
            json!("x".repeat(200_000)),
        ],
        "integer" => vec![json!("many"), json!(1.5), json!([]), json!({}), json!(1e300), json!(i64::MIN)],
        "boolean" => vec![json!("yes"), json!(2), json!([])],
        "array" => vec![json!("x"), json!(7), json!([[["x"]]]), json!({"a": 1})],
        _ => vec![json!("x"), json!(7), json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])],
    };
    if required {
        values.push(Value::Null);
    }
    values
}

/// Bodies that are wrong whatever the operation.
fn wrong_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let json = "application/json";
    vec![
        (json, Vec::new()),
        (json, b"{".to_vec()),
        (json, b"null".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"7".to_vec()),
        (json, b"{} {}".to_vec()),
        (json, b"{\"a\": \"\xff\xfe\"}".to_vec()),
        (json, "[".repeat(100_000).into_bytes()),
        (json, vec![b' '; 2 * 1024 * 1024]),
        ("text/plain", b"{}".to_vec()),
        ("application/x-www-form-urlencoded", b"a=b".to_vec()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_document_is_refused_by_its_field_and_changes_nothing() {
    let site = Site::new().await;
    let places = Places::of(&site).await;
    let document: Value = serde_json::from_str(&wiring::openapi_json()).unwrap();
    let (mut cases, mut hidden, mut wrongs) = (0, 0, Vec::new());
    for operation in operations(&document) {
        let (path, who) = places.fill(&operation.path);
        let where_ = format!("{} {}", operation.method, operation.path);
        // What the sample itself is refused for hides what comes after it.
        let sample = serde_json::to_vec(&object(&document, &operation.schema)).unwrap();
        let sent = site.raw(&operation.method, &path, who, "application/json", sample).await;
        let hidden_by: Vec<String> = fields(&sent.json());
        let before = site.contents();
        for (kind, body) in wrong_bodies() {
            cases += 1;
            let shown = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            let answer = site.raw(&operation.method, &path, who, kind, body).await;
            if !answer.status.is_client_error() {
                wrongs.push(format!("{where_} {shown:?}: {}", answer.status));
            }
        }
        for (field, value) in mutations(&document, &operation.schema) {
            cases += 1;
            let body = serde_json::to_vec(&value).unwrap();
            let answer = site.raw(&operation.method, &path, who, "application/json", body).await;
            let named = fields(&answer.json());
            let right = named.iter().any(|named| is_about(named, &field));
            let status = answer.status.as_u16();
            if status == 422 && !right && named.iter().all(|field| hidden_by.contains(field)) {
                hidden += 1;
            } else if !(status == 422 && right || status == 409) {
                let text = answer.text();
                wrongs.push(format!("{where_} {field}: {} {}", answer.status, &text[..text.len().min(300)]));
            }
        }
        let after = site.contents();
        if before != after {
            wrongs.push(format!("{where_} changed something:\n{}", difference(&before, &after)));
        }
    }
    assert!(wrongs.is_empty(), "{} of {cases} cases:\n{}", wrongs.len(), wrongs.join("\n"));
    assert!(cases - hidden >= 300, "only {cases} cases, and {hidden} of them were hidden by another field");
    assert!(
        hidden * 10 <= cases,
        "{hidden} of {cases} cases were hidden by another field: give it an example"
    );
}

/// The fields that an answer names.
fn fields(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    errors.map(|error| error["field"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Whether an error names this field or something inside it.
fn is_about(named: &str, field: &str) -> bool {
    named == field || named.starts_with(&format!("{field}.")) || named == "body"
}

/// The sample with one field wrong, missing or unknown, and the name of that field.
fn mutations(document: &Value, schema: &Value) -> Vec<(String, Value)> {
    let sample = object(document, schema);
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut all = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let is_required = required.contains(&name.as_str());
        for value in wrong(document, property, is_required) {
            let mut document = sample.clone();
            document[name] = value;
            all.push((name.clone(), document));
        }
        if is_required {
            let mut document = sample.clone();
            document.as_object_mut().unwrap().remove(name);
            all.push((name.clone(), document));
        }
    }
    let mut document = sample;
    document["no_such_field"] = json!(1);
    all.push(("no_such_field".into(), document));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_address_is_not_found_and_changes_nothing() {
    let site = Site::new().await;
    let before = site.contents();
    let mut wrongs = Vec::new();
    for route in crate::source::routes().into_iter().filter(|route| route.path.contains('{')) {
        for wrong in [
            "x",
            "%00",
            "..%2f..%2fetc%2fpasswd",
            "ord_00000000000000000000000000",
            "%F0%9F%8D%9C",
            "-1",
            "%ff",
        ] {
            let path = crate::places::fill_all(&route.path, wrong);
            let method: Method = route.method.parse().unwrap();
            let kind = "application/x-www-form-urlencoded";
            for who in ["visitor", "buyer", "merchant", "operator"] {
                let answer = site.raw(&method, &path, who, kind, Vec::new()).await;
                if answer.status.is_server_error() || answer.status.is_success() {
                    wrongs.push(format!("{} {path} as {who}: {}", route.method, answer.status));
                }
            }
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    let after = site.contents();
    assert!(before == after, "{}", difference(&before, &after));
}
