//! The document's operations, ready to be written on a page.

use std::fmt::Write;

use axum::http::StatusCode;
use serde_json::Value;

use super::schema::{self, Line, text};

/// The operations of one tag.
pub struct Section {
    pub tag: String,
    pub operations: Vec<Operation>,
}

pub struct Operation {
    /// Names it in the page's address.
    pub id: String,
    /// Lower case.
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
    /// What of the answer a program reads: the first good one's example.
    pub answer: Option<String>,
}

pub struct Parameter {
    pub name: String,
    pub place: String,
    pub kind: String,
    pub required: bool,
    pub description: String,
}

pub struct Body {
    pub content: String,
    pub lines: Vec<Line>,
    pub example: String,
}

pub struct Answer {
    pub status: String,
    pub words: String,
    pub kind: Option<String>,
    pub lines: Vec<Line>,
}

impl Answer {
    pub fn is_good(&self) -> bool {
        self.status.starts_with('2')
    }
}

impl Operation {
    /// A command line that does it, at the platform's own address.
    pub fn curl(&self, base: &str) -> String {
        let mut line = format!("curl {base}{}", self.path);
        let mut add = |part: &str| {
            let _ = write!(line, " \\\n  {part}");
        };
        if self.method != "get" {
            add(&format!("-X {}", self.method.to_uppercase()));
        }
        add("-H 'Authorization: Bearer TOKEN'");
        if self.method == "post" {
            add("-H 'Idempotency-Key: KEY'");
        }
        match &self.body {
            Some(body) if body.content == "application/json" => {
                add("-H 'Content-Type: application/json'");
                add(&format!("-d '{}'", body.example.replace('\'', "'\\''")));
            }
            Some(body) if body.content == "multipart/form-data" => {
                body.lines.iter().for_each(|field| add(&format!("-F {}=@FILE", field.name)));
            }
            Some(body) => {
                add(&format!("-H 'Content-Type: {}'", body.content));
                add("--data-binary @FILE");
            }
            None => {}
        }
        line
    }
}

/// All operations, by their first tag, in the order of their paths.
pub fn sections(document: &Value) -> Vec<Section> {
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
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let answers: Vec<_> =
        responses.clone().map(|(status, response)| answer(document, status, response)).collect();
    let good =
        responses.filter(|(status, _)| status.starts_with('2')).find_map(|(_, response)| content(response));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    Operation {
        id: format!("{method}{path}").chars().filter(|c| !matches!(c, '{' | '}')).map(plain).collect(),
        method: method.to_owned(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        parameters: parameters.map(|one| parameter(document, one)).collect(),
        body: operation.get("requestBody").and_then(content).map(|(content, schema)| Body {
            content: content.clone(),
            lines: schema::lines(document, schema),
            example: pretty(&schema::example(document, schema)),
        }),
        answers,
        answer: good
            .filter(|(content, _)| content.as_str() == "application/json")
            .map(|(_, schema)| pretty(&schema::example(document, schema))),
    }
}

fn parameter(document: &Value, parameter: &Value) -> Parameter {
    Parameter {
        name: text(parameter, "name"),
        place: text(parameter, "in"),
        kind: schema::kind(document, parameter.get("schema").unwrap_or(&Value::Null)),
        required: parameter.get("required").and_then(Value::as_bool).unwrap_or_default(),
        description: text(parameter, "description"),
    }
}

fn answer(document: &Value, status: &str, response: &Value) -> Answer {
    let words = text(response, "description");
    let known =
        status.parse::<u16>().ok().and_then(|code| StatusCode::from_u16(code).ok()?.canonical_reason());
    let schema = content(response).map(|(_, schema)| schema);
    Answer {
        status: status.to_owned(),
        words: if words.is_empty() { known.unwrap_or_default().to_owned() } else { words },
        kind: schema.map(|schema| schema::kind(document, schema)),
        // Every error has the same shape, which the page says once.
        lines: schema
            .filter(|_| status.starts_with('2'))
            .map_or(Vec::new(), |schema| schema::lines(document, schema)),
    }
}

/// The first kind of content of a body or an answer.
fn content(of: &Value) -> Option<(&String, &Value)> {
    let (content, body) = of.get("content")?.as_object()?.iter().next()?;
    Some((content, body.get("schema")?))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_can_be_tried_on_a_command_line() {
        let document = json!({ "paths": { "/api/v1/orders/{order}/ship": { "post": {
            "tags": ["orders"],
            "requestBody": { "content": { "application/json": { "schema": {
                "type": "object", "properties": { "carrier": { "type": "string", "example": "Ninja's" } },
            } } } },
            "responses": { "200": { "content": { "application/json": { "schema": { "type": "boolean" } } } }, "409": {} },
        } } } });
        let sections = sections(&document);
        let operation = &sections[0].operations[0];
        assert_eq!(operation.id, "post-api-v1-orders-order-ship");
        let curl = operation.curl("https://shop.example");
        assert!(
            curl.starts_with("curl https://shop.example/api/v1/orders/{order}/ship \\\n  -X POST"),
            "{curl}"
        );
        assert!(curl.contains("Ninja'\\''s"), "a quote must not end the argument: {curl}");
        assert_eq!(operation.answer.as_deref(), Some("true"));
        assert_eq!(operation.answers[1].words, "Conflict");
    }
}
