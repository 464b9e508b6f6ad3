//! Whose file it is, by its beginning.

use crate::transcript::fields::Fields;
use crate::transcript::{Sniff, heads};

/// Whether a file that begins like this is one.
pub(super) fn sniff(head: &[u8]) -> Sniff {
    heads::of_lines(head, &is_one)
}

fn is_one(line: &Fields<'_>) -> bool {
    let kind = line.text("type").unwrap_or_default();
    let known = ["session.", "assistant.", "user.message", "system.message", "tool.execution_", "subagent.", "hook."];
    let enveloped = ["data", "id", "timestamp"].iter().all(|name| line.raw(name).is_some());
    enveloped && line.object("data").is_some() && known.iter().any(|known| kind.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_lines_are_known_and_others_are_not() {
        let mine = r#"{"type":"session.start","data":{"sessionId":"a"},"id":"e","timestamp":"2026-01-02T03:04:05Z"}"#;
        assert_eq!(sniff(mine.as_bytes()), Sniff::Mine);
        assert_eq!(sniff(format!("{{torn\n{mine}\n").as_bytes()), Sniff::Mine);
        for head in [
            r#"{"type":"user.message","prompt":"x","timestamp":1}"#,
            r#"{"type":"session","id":"a","timestamp":"b"}"#,
            r#"{"type":"event_msg","payload":{},"timestamp":"x"}"#,
            r#"{"resourceSpans":[]}"#,
        ] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
