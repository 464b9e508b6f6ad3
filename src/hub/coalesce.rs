//! Streams in pieces: what says one thing becomes one record, and what is long becomes several that stay inline.

use crate::domain::body::INLINE_MAX;
use crate::domain::{Event, OutputPart, Text};

/// How much a fact weighs in memory, about.
pub(super) fn weight(event: &Event) -> usize {
    let mut bytes = 0;
    match event {
        Event::Said { text, .. }
        | Event::CallOutput { part: OutputPart::Append(text) | OutputPart::Replace(text), .. } => {
            bytes += text.inline().map_or(0, str::len);
        }
        Event::Called { patch, .. } => {
            bytes += patch.args.as_ref().map_or(256, |args| 256 + usize::try_from(args.bytes()).unwrap_or(0));
        }
        _ => {}
    }
    bytes
}

/// Lets `last` say what `next` says as well, where the two are one stream.
pub(super) fn merge(last: &mut Event, next: &Event) -> bool {
    fn join(a: &mut Text, b: &Text) -> bool {
        match (a, b) {
            (Text::Inline(a), Text::Inline(b)) if a.len() + b.len() <= INLINE_MAX => {
                a.push_str(b);
                true
            }
            _ => false,
        }
    }
    match (last, next) {
        (Event::Said { who: a, message: m, text }, Event::Said { who: b, message: n, text: more })
            if a == b && m == n =>
        {
            join(text, more)
        }
        (
            Event::CallOutput { call: a, part: OutputPart::Append(text) | OutputPart::Replace(text) },
            Event::CallOutput { call: b, part: OutputPart::Append(more) },
        ) if a == b => join(text, more),
        _ => false,
    }
}

/// A text in pieces that stay inline, cut at the edges of characters.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(INLINE_MAX.min(rest.len()));
        let (piece, after) = rest.split_at(end);
        out.push(piece);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_inline_and_whole() {
        let text = "ä€😀x".repeat(3000);
        let cut = pieces(&text);
        assert!(cut.iter().all(|piece| piece.len() <= INLINE_MAX));
        assert_eq!(cut.concat(), text);
    }

    #[test]
    fn a_replaced_output_goes_on_with_what_is_appended() {
        let part = |part| Event::CallOutput { call: "c".into(), part };
        let mut last = part(OutputPart::Replace("a".into()));
        assert!(merge(&mut last, &part(OutputPart::Append("b".into()))));
        assert_eq!(last, part(OutputPart::Replace("ab".into())));
        assert!(!merge(&mut last, &part(OutputPart::Replace("c".into()))));
    }
}
