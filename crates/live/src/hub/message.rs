//! What a viewer says, read from its text: `{type, id, d}`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{Inbound, Position, Reply};

/// Letters of a message's type and of its id; ours are shorter.
const NAME_BYTES: usize = 64;

/// A viewer's message.
#[derive(Debug, PartialEq)]
pub enum Said {
    Join { since: Option<Position> },
    Like { times: u64 },
    Other { id: Option<MessageId>, inbound: Inbound },
}

/// What the viewer calls its message, to know the reply by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MessageId {
    Number(u64),
    Text(String),
}

/// The text is no message of ours.
#[derive(Debug, PartialEq, Eq)]
pub struct NotUnderstood;

#[derive(Deserialize)]
struct Written {
    r#type: String,
    id: Option<MessageId>,
    #[serde(default)]
    d: Value,
}

#[derive(Default, Deserialize)]
struct Join {
    #[serde(default)]
    since: Option<Position>,
}

#[derive(Deserialize)]
struct Like {
    times: u64,
}

pub fn read(text: &str) -> Result<Said, NotUnderstood> {
    let Written { r#type: kind, id, d } = serde_json::from_str(text).map_err(|_| NotUnderstood)?;
    let long_id = matches!(&id, Some(MessageId::Text(id)) if id.len() > NAME_BYTES);
    if long_id || kind.len() > NAME_BYTES {
        return Err(NotUnderstood);
    }
    match kind.as_str() {
        "join" => {
            let join: Option<Join> = serde_json::from_value(d).map_err(|_| NotUnderstood)?;
            Ok(Said::Join { since: join.unwrap_or_default().since })
        }
        "like" => {
            let like: Like = serde_json::from_value(d).map_err(|_| NotUnderstood)?;
            Ok(Said::Like { times: like.times })
        }
        _ => Ok(Said::Other { id, inbound: Inbound { kind, d } }),
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<&'a Value>,
}

/// The `d` of a reply.
pub fn answer(id: &Option<MessageId>, reply: &Reply) -> Result<Box<RawValue>, serde_json::Error> {
    let answer = match reply {
        Reply::Done(ok) => Answer { id, ok: Some(ok), error: None, with: None },
        Reply::Refused { error, with } => Answer { id, ok: None, error: Some(error), with: Some(with) },
    };
    serde_json::value::to_raw_value(&answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_join_may_name_where_it_was() {
        assert_eq!(read(r#"{"type":"join"}"#), Ok(Said::Join { since: None }));
        assert_eq!(read(r#"{"type":"join","d":{}}"#), Ok(Said::Join { since: None }));
        let since = Some(Position::new(2, 71));
        assert_eq!(read(r#"{"type":"join","d":{"since":{"epoch":2,"seq":71}}}"#), Ok(Said::Join { since }));
        assert_eq!(read(r#"{"type":"join","d":{"since":7}}"#), Err(NotUnderstood));
    }

    #[test]
    fn everything_else_is_passed_on_as_it_is() {
        let inbound = Inbound { kind: "chat".into(), d: json!({ "text": "你好" }) };
        let id = Some(MessageId::Text("7".into()));
        assert_eq!(read(r#"{"type":"chat","id":"7","d":{"text":"你好"}}"#), Ok(Said::Other { id, inbound }));
        assert_eq!(read(r#"{"type":"like","d":{"times":3}}"#), Ok(Said::Like { times: 3 }));
    }

    #[test]
    fn what_is_no_message_is_not_understood() {
        let long = "x".repeat(NAME_BYTES + 1);
        let deep = "[".repeat(2_000);
        let wrong = [
            "",
            "null",
            "7",
            r#"{"d":{}}"#,
            r#"{"type":"like","d":{"times":-1}}"#,
            r#"{"type":"chat","id":{}}"#,
            &format!(r#"{{"type":"{long}"}}"#),
            &format!(r#"{{"type":"chat","id":"{long}"}}"#),
            &format!(r#"{{"type":"chat","d":{deep}"#),
        ];
        for text in wrong {
            assert_eq!(read(text), Err(NotUnderstood), "{text}");
        }
    }

    #[test]
    fn a_reply_names_the_message_it_answers() {
        let id = Some(MessageId::Number(7));
        assert_eq!(answer(&id, &Reply::Done(json!({}))).unwrap().get(), r#"{"id":7,"ok":{}}"#);
        let refused = Reply::Refused { error: "slow-mode".into(), with: json!({ "seconds": 5 }) };
        let expected = r#"{"id":7,"error":"slow-mode","with":{"seconds":5}}"#;
        assert_eq!(answer(&id, &refused).unwrap().get(), expected);
    }
}
