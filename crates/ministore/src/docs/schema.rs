//! A JSON schema as lines to read, and as an example of what it allows.

use serde_json::{Map, Value, json};

/// How deep a schema is written out; below it only the kind is named.
const DEEPEST: usize = 4;

/// One field of a body.
pub struct Line {
    /// How many objects it lies in.
    pub depth: usize,
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub note: String,
}

/// What a reference stands for, and the name it has.
fn resolve<'v>(document: &'v Value, schema: &'v Value) -> (&'v Value, Option<&'v str>) {
    let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return (schema, None) };
    let target = document.pointer(reference.trim_start_matches('#')).unwrap_or(schema);
    (target, reference.rsplit('/').next())
}

/// The possibilities of a schema other than null.
fn variants(schema: &Value) -> Vec<&Value> {
    let of = |key| schema.get(key).and_then(Value::as_array).into_iter().flatten();
    let all = of("oneOf").chain(of("anyOf")).chain(of("allOf"));
    all.filter(|variant| variant.get("type").and_then(Value::as_str) != Some("null")).collect()
}

/// A schema's kind in a few words.
pub fn kind(document: &Value, schema: &Value) -> String {
    let (schema, name) = resolve(document, schema);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    if let Some(items) = schema.get("items") {
        return format!("[{}]", kind(document, items));
    }
    let variants = variants(schema);
    match (schema.get("type"), name) {
        (_, Some(name)) if schema.get("properties").is_some() || !variants.is_empty() => name.to_owned(),
        _ if !variants.is_empty() => {
            variants.iter().map(|variant| kind(document, variant)).collect::<Vec<_>>().join(" | ")
        }
        (Some(Value::String(kind)), _) => kind.clone(),
        (Some(Value::Array(kinds)), _) => {
            kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ")
        }
        _ => "any".to_owned(),
    }
}

/// The fields of a body and of what lies in them.
pub fn lines(document: &Value, schema: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    fields(document, schema, 0, &mut lines);
    lines
}

fn fields(document: &Value, schema: &Value, depth: usize, lines: &mut Vec<Line>) {
    let (schema, _) = resolve(document, schema);
    if depth > DEEPEST {
        return;
    }
    if let Some(items) = schema.get("items") {
        return fields(document, items, depth, lines);
    }
    for variant in variants(schema) {
        fields(document, variant, depth, lines);
    }
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        lines.push(Line {
            depth,
            name: name.clone(),
            kind: kind(document, property),
            required: required.iter().any(|one| one.as_str() == Some(name)),
            note: text(property, "description"),
        });
        fields(document, property, depth + 1, lines);
    }
}

/// An example of what a schema allows, to be read and mended, not sent as it is.
pub fn example(document: &Value, schema: &Value) -> Value {
    sample(document, schema, "", 0)
}

fn sample(document: &Value, schema: &Value, field: &str, depth: usize) -> Value {
    let (schema, _) = resolve(document, schema);
    let given = ["example", "default", "const"].into_iter().find_map(|key| schema.get(key));
    let first = |key| schema.get(key).and_then(Value::as_array).and_then(|values| values.first());
    if let Some(given) = given.filter(|value| !value.is_null()).or(first("examples")).or(first("enum")) {
        return given.clone();
    }
    if depth > DEEPEST {
        return json!("…");
    }
    if let Some(items) = schema.get("items") {
        return json!([sample(document, items, field, depth + 1)]);
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let pairs = properties.iter().map(|(name, of)| (name.clone(), sample(document, of, name, depth + 1)));
        return Value::Object(pairs.collect::<Map<_, _>>());
    }
    if let Some(variant) = variants(schema).first() {
        return sample(document, variant, field, depth);
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        other => other.and_then(Value::as_str),
    };
    match kind {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("object") => json!({}),
        _ if field.ends_with("_at") => json!("2026-11-24T10:00:00Z"),
        _ => json!("…"),
    }
}

/// A description for a page: escaped, and what stands between backticks as code.
pub fn with_code(words: &str) -> String {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let pieces = escaped.split('`').enumerate();
    pieces
        .map(|(at, piece)| if at % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() })
        .collect()
}

pub fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({ "components": { "schemas": {
            "Way": { "type": "string", "enum": ["pickup", "delivery"] },
            "Price": { "type": "object", "required": ["amount"], "properties": {
                "amount": { "type": "integer", "description": "Minor units." },
                "was": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Price" }] },
            } },
            "Order": { "type": "object", "required": ["way", "lines"], "properties": {
                "lines": { "type": "array", "items": { "$ref": "#/components/schemas/Price" } },
                "note": { "type": ["string", "null"] },
                "placed_at": { "type": "string" },
                "way": { "$ref": "#/components/schemas/Way" },
            } },
        } } })
    }

    #[test]
    fn fields_are_listed_with_what_lies_in_them() {
        let order = json!({ "$ref": "#/components/schemas/Order" });
        let lines = lines(&document(), &order);
        let top: Vec<_> = lines
            .iter()
            .filter(|l| l.depth == 0)
            .map(|l| (l.name.as_str(), l.kind.as_str(), l.required))
            .collect();
        assert_eq!(
            top,
            [
                ("lines", "[Price]", true),
                ("note", "string | null", false),
                ("placed_at", "string", false),
                ("way", "\"pickup\" | \"delivery\"", true),
            ]
        );
        assert!(lines.iter().any(|l| l.depth == 1 && l.name == "amount" && l.note == "Minor units."));
    }

    #[test]
    fn a_schema_that_holds_itself_ends() {
        let price = json!({ "$ref": "#/components/schemas/Price" });
        assert!(lines(&document(), &price).len() > 2);
        assert_eq!(example(&document(), &price)["amount"], 1);
    }

    #[test]
    fn a_description_cannot_bring_markup() {
        assert_eq!(with_code("`a<b>` & c"), "<code>a&lt;b&gt;</code> &amp; c");
    }

    #[test]
    fn an_example_has_every_field() {
        let order = example(&document(), &json!({ "$ref": "#/components/schemas/Order" }));
        assert_eq!(order["way"], "pickup");
        assert_eq!(order["placed_at"], "2026-11-24T10:00:00Z");
        assert!(order["lines"][0]["was"]["amount"].is_number());
    }
}
