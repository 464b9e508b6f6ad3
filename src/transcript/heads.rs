//! How a file begins: as lines of JSON, as one document, or as neither.

use super::fields::Fields;
use super::{NO_JSON, Sniff, seems};

/// Lines that are looked at.
const LINES: usize = 16;

/// The beginning of a file as text, without what is no part of it.
pub(super) fn text(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    text.trim_start_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned()
}

/// Whether one of the first lines is of the format.
pub(super) fn of_lines(head: &[u8], is_one: &dyn Fn(&Fields<'_>) -> bool) -> Sniff {
    let mut seen = NO_JSON.to_owned();
    for line in text(head).lines().take(LINES) {
        match serde_json::Deserializer::from_str(line).into_iter::<Fields<'_>>().next() {
            Some(Ok(fields)) if is_one(&fields) => return Sniff::Mine,
            Some(Ok(fields)) => seen = seems(&fields.text("type").unwrap_or_default()),
            _ => {}
        }
    }
    Sniff::Not(seen)
}
