//! `/api/docs`: the OpenAPI document as a page, without any script.

use std::sync::Arc;

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use web::{App, Error, Page};

#[derive(Clone)]
struct Document {
    json: Arc<str>,
    sections: Arc<Vec<Section>>,
}

/// The operations of one tag.
struct Section {
    tag: String,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    request: Option<String>,
    answers: Vec<(String, String)>,
}

struct Parameter {
    name: String,
    place: String,
    kind: String,
    description: String,
}

/// Routes of the document, as JSON and as a page.
pub fn routes(document: OpenApi) -> Router<App> {
    let json = document.to_pretty_json().unwrap_or_default();
    let value: Value = serde_json::from_str(&json).unwrap_or_default();
    let document = Document { json: json.into(), sections: Arc::new(sections(&value)) };
    let (raw, shown) = (document.clone(), document);
    Router::new()
        .route(
            "/api/openapi.json",
            get(async move || ([(header::CONTENT_TYPE, "application/json")], raw.json.to_string())),
        )
        .route("/api/docs", get(async move |State(_): State<App>, page: Page| show(page, shown)))
}

#[derive(askama::Template)]
#[template(path = "docs.html")]
struct Docs {
    page: Page,
    sections: Arc<Vec<Section>>,
}

fn show(page: Page, document: Document) -> Result<impl IntoResponse, Error> {
    web::html(&Docs { page, sections: document.sections })
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn sections(document: &Value) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let tag = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or("other").to_owned();
            let described = describe(document, path, method, operation);
            match sections.iter_mut().find(|section| section.tag == tag) {
                Some(section) => section.operations.push(described),
                None => sections.push(Section { tag, operations: vec![described] }),
            }
        }
    }
    sections
}

fn describe(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let answers = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let request = operation.pointer("/requestBody/content").and_then(Value::as_object);
    let schema = request.and_then(|content| content.values().next()).and_then(|body| body.get("schema"));
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        parameters: parameters
            .map(|parameter| Parameter {
                name: text(parameter, "name"),
                place: text(parameter, "in"),
                kind: kind(parameter.get("schema").unwrap_or(&Value::Null)),
                description: text(parameter, "description"),
            })
            .collect(),
        request: schema.map(|schema| outline(document, schema, 0)),
        answers: answers.map(|(status, answer)| (status.clone(), text(answer, "description"))).collect(),
    }
}

/// A schema's kind in one word.
fn kind(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|r| r.rsplit('/').next())
            .unwrap_or("any")
            .to_owned(),
    }
}

/// How deep a schema is written out; below it only the kind is named.
const DEEPEST: usize = 3;

/// A schema as an outline that reads like the JSON it stands for.
fn outline(document: &Value, schema: &Value, depth: usize) -> String {
    let target =
        schema.get("$ref").and_then(Value::as_str).and_then(|r| document.pointer(r.trim_start_matches('#')));
    let schema = target.unwrap_or(schema);
    if depth > DEEPEST {
        return kind(schema);
    }
    if let Some(items) = schema.get("items") {
        return format!("[ {} ]", outline(document, items, depth + 1));
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return kind(schema) };
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    let indent = "  ".repeat(depth + 1);
    let lines = properties.iter().map(|(name, property)| {
        let optional = if required.contains(&&Value::String(name.clone())) { "" } else { "?" };
        let note = text(property, "description").replace('\n', " ");
        let note = if note.is_empty() { note } else { format!("   // {note}") };
        format!("{indent}{name}{optional}: {}{note}\n", outline(document, property, depth + 1))
    });
    format!("{{\n{}{}}}", lines.collect::<String>(), "  ".repeat(depth))
}
