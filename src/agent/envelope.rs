//! One line of an agent: JSON-RPC taken apart as far as its envelope, the payload left as text.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a line is.
#[derive(Debug, PartialEq)]
pub(in crate::agent) enum Frame<'a> {
    /// The agent asks for something. `id` is JSON text, echoed as it is (acp.md, 2).
    Request {
        /// Its id.
        id: &'a str,
        /// What is asked for.
        method: Cow<'a, str>,
        /// The payload.
        params: &'a str,
    },
    /// The agent tells something.
    Notification {
        /// What.
        method: Cow<'a, str>,
        /// The payload.
        params: &'a str,
    },
    /// The agent answers one of our requests.
    Answer {
        /// The id, where it can be one of ours.
        id: Option<u64>,
        /// What it says.
        outcome: Result<&'a str, Refusal>,
        /// The whole, for where it answers nothing.
        raw: &'a str,
    },
    /// No JSON at all: a line for people (acp.md, 1).
    Prose(&'a str),
    /// JSON, or nearly, but no message.
    Odd {
        /// What it seems to be.
        what: String,
        /// The whole.
        raw: &'a str,
    },
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::agent) struct Refusal {
    /// The JSON-RPC code; 0 where there is none.
    pub(in crate::agent) code: i64,
    /// The message with its details, in one sentence.
    pub(in crate::agent) said: String,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// The messages of a line: one, or those of a batch, or none of an empty line.
pub(in crate::agent) fn frames(line: &str) -> Vec<Frame<'_>> {
    let line = line.trim_start_matches('\u{feff}').trim();
    match line.as_bytes().first() {
        None => vec![],
        Some(b'{') => vec![frame(line)],
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(line) {
            Ok(batch) => batch.into_iter().map(|one| frame(one.get())).collect(),
            Err(_) => vec![Frame::Prose(line)],
        },
        Some(_) => vec![Frame::Prose(line)],
    }
}

fn frame(raw: &str) -> Frame<'_> {
    let wire: Wire = match serde_json::from_str(raw) {
        Ok(wire) => wire,
        Err(error) => return Frame::Odd { what: format!("a line that is no message ({error})"), raw },
    };
    let params = wire.params.map_or("null", RawValue::get);
    match (wire.id, wire.method) {
        (Some(id), Some(method)) => Frame::Request { id: id.get(), method, params },
        (None, Some(method)) => Frame::Notification { method, params },
        (Some(id), None) => {
            let outcome = match wire.error {
                Some(error) => Err(Refusal::read(error.get())),
                None => Ok(wire.result.map_or("null", RawValue::get)),
            };
            Frame::Answer { id: id.get().trim_matches('"').parse().ok(), outcome, raw }
        }
        (None, None) if wire.error.is_some() || wire.result.is_some() => {
            Frame::Odd { what: "an answer without an id".to_owned(), raw }
        }
        (None, None) => Frame::Odd { what: "a message with neither method nor id".to_owned(), raw },
    }
}

impl Refusal {
    fn read(raw: &str) -> Self {
        let error: Value = serde_json::from_str(raw).unwrap_or(Value::Null);
        let message = super::look::text(&error, "message").unwrap_or("no message").to_owned();
        let details = match error.get("data") {
            Some(Value::String(text)) => Some(text.as_str()),
            Some(data) => super::look::first_text(data, &["details", "message", "error", "reason"]),
            None => None,
        };
        let said = match details {
            Some(details) if !details.is_empty() && !message.contains(details) => format!("{message}: {details}"),
            Some(_) | None => message,
        };
        Self { code: error.get("code").and_then(Value::as_i64).unwrap_or(0), said }
    }

    /// Whether the agent wants a login first.
    pub(in crate::agent) fn wants_login(&self) -> bool {
        let said = self.said.to_lowercase();
        self.code == -32000
            || ["authentication required", "auth_required", "auth required", "not logged in", "login required"]
                .iter()
                .any(|sign| said.contains(sign))
    }

    /// Whether the agent has no such method.
    pub(in crate::agent) fn unknown_method(&self) -> bool {
        self.code == -32601
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_type_and_zero_is_an_id() {
        for id in ["0", "7", "\"a-b\"", "\"0\""] {
            let line = format!(r#"{{"method":"m","id":{id},"jsonrpc":"2.0"}}"#);
            assert_eq!(frames(&line), [Frame::Request { id, method: "m".into(), params: "null" }]);
        }
    }

    #[test]
    fn an_answer_may_have_its_id_last_and_a_null_result() {
        let [Frame::Answer { id, outcome, .. }] = &frames(r#"{"result":null,"jsonrpc":"2.0","id":3}"#)[..] else {
            panic!("no answer")
        };
        assert_eq!((*id, outcome), (Some(3), &Ok("null")));
    }

    #[test]
    fn errors_say_their_details() {
        let refusal = Refusal::read(r#"{"code":-32603,"message":"Internal error","data":{"details":"No key."}}"#);
        assert_eq!(refusal, Refusal { code: -32603, said: "Internal error: No key.".to_owned() });
        assert_eq!(Refusal::read("7").said, "no message");
    }

    #[test]
    fn what_is_no_message_is_prose_or_odd() {
        assert_eq!(frames("kimi-cli has moved"), [Frame::Prose("kimi-cli has moved")]);
        assert_eq!(frames("[INFO] hello"), [Frame::Prose("[INFO] hello")]);
        assert_eq!(frames("  \r"), []);
        for odd in ["{", "{}", r#"{"id":null}"#, r#"{"method":5}"#, r#"{"result":1}"#] {
            assert!(matches!(frames(odd)[..], [Frame::Odd { .. }]), "{odd}");
        }
        assert_eq!(frames(r#"[{"method":"a"},{"method":"b"}]"#).len(), 2);
    }
}
