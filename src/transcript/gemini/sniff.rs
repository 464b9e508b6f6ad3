//! Whose file it is, by its beginning.

use crate::transcript::fields::Fields;
use crate::transcript::{Sniff, heads};

/// Whether a file that begins like this is one.
pub(super) fn sniff(head: &[u8]) -> Sniff {
    let text = heads::text(head);
    if begins_document(text.as_bytes()) || text.starts_with("{\n") || text.starts_with("{\r\n") {
        let marks = ["\"messages\"", "\"sessionId\""].iter().all(|mark| text.contains(mark));
        let own = ["\"projectHash\"", "\"gemini\""].iter().any(|mark| text.contains(mark));
        return if marks && own { Sniff::Mine } else { Sniff::Not("it is one JSON object of another tool".to_owned()) };
    }
    heads::of_lines(head, &is_one)
}

fn is_one(line: &Fields<'_>) -> bool {
    let is_header = line.raw("sessionId").is_some() && line.raw("projectHash").is_some();
    let is_message = line.text("type").as_deref() == Some("gemini") && line.raw("content").is_some();
    is_header || is_message
}

/// Whether a line begins an object that does not end on it: the first of a document.
pub(super) fn begins_document(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = text.trim();
    if text == "{" {
        return true;
    }
    // An object that is cut off behind a whole field, and not in the middle of anything.
    let ends_open = text.starts_with('{') && (text.ends_with(',') || text.ends_with('['));
    ends_open && serde_json::from_str::<Fields<'_>>(text).is_err_and(|error| error.is_eof())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_are_known_and_others_are_not() {
        for head in [
            "{\"sessionId\":\"a\",\"projectHash\":\"b\",\"kind\":\"main\"}\r\n",
            "{\n  \"sessionId\": \"a\",\n  \"messages\": [ {\"type\": \"gemini\"",
            "{\"id\":\"a\",\"type\":\"gemini\",\"content\":\"x\"}\n",
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in ["{\n \"history\": []\n}", "[\n {\"sessionId\": \"a\"}]", "{\"method\":\"x\"}\n", "x"] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
