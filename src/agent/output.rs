//! A call's output as told so far: known by length and digest, so that a growing text costs only its growth.

use super::look;
use crate::domain::{Digest, OutputPart};
use serde_json::Value;

/// What of a call's output was told.
#[derive(Debug, Default)]
pub(in crate::agent) struct Output {
    from: From,
    len: usize,
    print: Digest,
}

/// Where an output comes from; a poorer source never replaces a better one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum From {
    #[default]
    Nowhere,
    /// `content` of an update, which replaces.
    Content,
    /// `rawOutput`, used while nothing better is known.
    Raw,
    /// `_meta.terminal_output…`, which appends.
    Terminal,
}

impl Output {
    /// The text of `content`: stands instead of what was there (acp.md, 13). Only its growth is told where it grew.
    pub(in crate::agent) fn content(&mut self, text: &str) -> Option<OutputPart> {
        if text.is_empty() && self.from != From::Content {
            return None;
        }
        let streamed = self.from == From::Terminal;
        self.from = From::Content;
        self.replace(text, streamed)
    }

    /// The text of `rawOutput`: only where the call has shown nothing else.
    pub(in crate::agent) fn raw(&mut self, text: &str) -> Option<OutputPart> {
        match self.from {
            From::Content | From::Terminal if self.len > 0 => None,
            From::Nowhere | From::Content | From::Raw | From::Terminal => {
                self.from = From::Raw;
                self.replace(text, false)
            }
        }
    }

    /// More of a terminal (acp.md, 15).
    pub(in crate::agent) fn terminal(&mut self, text: &str) -> Option<OutputPart> {
        if text.is_empty() {
            return None;
        }
        self.from = From::Terminal;
        self.len = self.len.saturating_add(text.len());
        Some(OutputPart::Append(text.into()))
    }

    fn replace(&mut self, text: &str, streamed: bool) -> Option<OutputPart> {
        let (old_len, old_print) = (self.len, self.print);
        self.len = text.len();
        self.print = look::print_of(text);
        let grew = !streamed
            && (old_len == 0
                || (text.is_char_boundary(old_len)
                    && old_len <= text.len()
                    && look::print_of(&text[..old_len]) == old_print));
        match grew {
            true if old_len == text.len() => None,
            true => Some(OutputPart::Append(text[old_len..].into())),
            false => Some(OutputPart::Replace(text.into())),
        }
    }
}

/// What `rawOutput` says: the first text that is known to be one, else the whole as JSON.
pub(in crate::agent) fn raw_text(raw: &Value) -> Option<String> {
    let spoken = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match raw {
        Value::Null => None,
        Value::String(text) => spoken(text),
        Value::Object(map) => {
            let both = [look::text(raw, "stdout"), look::text(raw, "stderr")];
            let text = look::first_text(raw, &["output", "content", "text", "result", "message", "error"]);
            match (text, both) {
                (Some(text), _) => spoken(text),
                (None, [None, None]) => {
                    let only_exit = map.keys().all(|key| matches!(key.as_str(), "exit_code" | "exitCode" | "signal"));
                    (!only_exit).then(|| look::canonical(raw))
                }
                (None, streams) => spoken(&streams.into_iter().flatten().collect::<String>()),
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => Some(look::canonical(raw)),
    }
}

/// The exit code that `rawOutput` tells.
pub(in crate::agent) fn raw_exit(raw: &Value) -> Option<i32> {
    let of = |value: &Value| value.as_i64().and_then(|code| i32::try_from(code).ok());
    [&["exit_code"][..], &["exitCode"], &["metadata", "exit"], &["metadata", "exit_code"], &["metadata", "exitCode"]]
        .iter()
        .find_map(|path| look::at(raw, path).and_then(of))
        .or_else(|| look::list(raw, "contents").iter().find_map(|part| part.get("exitCode").and_then(of)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_replace_that_grows_is_told_as_its_growth() {
        let mut output = Output::default();
        assert_eq!(output.content(""), None);
        assert_eq!(output.content("tick 1\n"), Some(OutputPart::Append("tick 1\n".into())));
        assert_eq!(output.content("tick 1\n"), None);
        assert_eq!(output.content("tick 1\nñ"), Some(OutputPart::Append("ñ".into())));
        assert_eq!(output.content("tick 1\n\u{105}"), Some(OutputPart::Replace("tick 1\n\u{105}".into())));
        assert_eq!(output.content("tail"), Some(OutputPart::Replace("tail".into())));
        assert_eq!(output.content(""), Some(OutputPart::Replace("".into())));
        assert_eq!(output.content(""), None);
    }

    #[test]
    fn raw_output_fills_gaps_only() {
        let mut output = Output::default();
        assert_eq!(output.raw("updated"), Some(OutputPart::Append("updated".into())));
        assert_eq!(output.raw("updated"), None);
        assert_eq!(output.content("better"), Some(OutputPart::Replace("better".into())));
        assert_eq!(output.raw("worse"), None);
        let mut output = Output::default();
        assert_eq!(output.terminal("a"), Some(OutputPart::Append("a".into())));
        assert_eq!(output.raw("a and more"), None);
        assert_eq!(output.content(""), None, "a terminal in the content does not take the stream away");
    }

    #[test]
    fn raw_output_has_many_shapes() {
        assert_eq!(raw_text(&json!("x")), Some("x".to_owned()));
        assert_eq!(raw_text(&json!({"exit_code": 0})), None);
        assert_eq!(raw_text(&json!({"content": "c", "detailedContent": "d"})), Some("c".to_owned()));
        assert_eq!(raw_text(&json!({"stdout": "a", "stderr": "b"})), Some("ab".to_owned()));
        assert_eq!(raw_text(&json!({"rows": [1]})), Some(r#"{"rows":[1]}"#.to_owned()));
        assert_eq!(raw_exit(&json!({"contents": [{"exitCode": 3}]})), Some(3));
        assert_eq!(raw_exit(&json!({"metadata": {"exit": null}})), None);
    }
}
