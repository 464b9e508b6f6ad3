//! A message as rows. One that grows is broken anew only from its last line on.

use super::markdown::Place;
use crate::domain::Text;
use crate::state::Parts;
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::{Found, rows_of};
use crate::view::{Cx, Row};

/// A line longer than this is taken in pieces, so that no delta costs more than this.
const PIECE: usize = 4096;

/// How far a message was broken into rows.
#[derive(Debug, Clone, Default)]
pub(in crate::view) struct Stream {
    /// Bytes of the text whose rows are final.
    done: usize,
    /// How many rows these are.
    rows: usize,
    /// What the line after them stands in.
    place: Place,
}

/// Brings the rows of a message up to date.
pub(in crate::view) fn update(
    cx: &Cx<'_>,
    parts: &Parts,
    width: usize,
    stream: &mut Stream,
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    let pieces: Option<Vec<&str>> = parts
        .pieces()
        .map(|piece| match Found::of(cx.app, piece) {
            Found::Here(text) => Some(text),
            Found::Missing(_) | Found::Purged => None,
        })
        .collect();
    if let Some(pieces) = pieces.filter(|_| parts.cut_bytes == 0) {
        grow(cx, &pieces, width, stream, rows);
    } else {
        // The next change begins anew.
        *stream = Stream { done: usize::MAX, ..Stream::default() };
        rows.clear();
        with_gaps(cx, parts, width, rows, wants);
    }
}

fn grow(cx: &Cx<'_>, pieces: &[&str], width: usize, stream: &mut Stream, rows: &mut Vec<Row>) {
    let whole: usize = pieces.iter().map(|piece| piece.len()).sum();
    if stream.done > whole || stream.rows > rows.len() {
        *stream = Stream::default();
    }
    rows.truncate(stream.rows);
    let rest = tail(pieces, stream.done);
    let mut at = 0;
    while let Some((end, next)) = line_end(&rest[at..]) {
        stream.place.line(&rest[at..at + end], cx.glyphs.bullet, width, rows);
        stream.place.within = next == end;
        at += next;
    }
    (stream.done, stream.rows) = (stream.done + at, rows.len());
    if at < rest.len() {
        let mut place = stream.place;
        place.line(&rest[at..], cx.glyphs.bullet, width, rows);
    }
}

/// The text from a byte on.
fn tail(pieces: &[&str], mut skip: usize) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece.get(skip..) {
            Some(rest) => {
                out.push_str(rest);
                skip = 0;
            }
            None => skip = skip.saturating_sub(piece.len()),
        }
    }
    out
}

/// Where the first line ends and where the next one begins, as soon as that is certain.
fn line_end(text: &str) -> Option<(usize, usize)> {
    let reach = text.len().min(PIECE + 1);
    match text.as_bytes()[..reach].iter().position(|&byte| byte == b'\n') {
        Some(end) => Some((end, end + 1)),
        None if reach > PIECE => {
            let space = text.as_bytes()[..PIECE].iter().rposition(|&byte| byte == b' ').map(|at| at + 1);
            let end = space.unwrap_or_else(|| text.floor_char_boundary(PIECE));
            Some((end, end))
        }
        None => None,
    }
}

/// A message of which something is not here: gaps keep their rows.
fn with_gaps(cx: &Cx<'_>, parts: &Parts, width: usize, rows: &mut Vec<Row>, wants: &mut Vec<Want>) {
    let mut run = String::new();
    let flush = |run: &mut String, rows: &mut Vec<Row>| {
        let mut own = Vec::new();
        grow(cx, &[run], width, &mut Stream::default(), &mut own);
        rows.append(&mut own);
        run.clear();
    };
    for (n, piece) in parts.pieces().enumerate() {
        if n == parts.head.len() && parts.cut_bytes > 0 {
            flush(&mut run, rows);
            rows.push(Row::of(format!("… {} lines are in the log only …", parts.cut_lines), Role::Muted));
        }
        match (Found::of(cx.app, piece), piece) {
            (Found::Here(text), _) => run.push_str(text),
            (Found::Missing(body), _) => {
                flush(&mut run, rows);
                wants.push(Want::body(body));
                rows.push(Row::of("loading…", Role::Muted));
                rows.extend((1..rows_of(body, width)).map(|_| Row::new()));
            }
            (Found::Purged, Text::Body(_) | Text::Inline(_)) => {
                flush(&mut run, rows);
                rows.push(Row::of("(this text was purged)", Role::Muted));
            }
        }
    }
    flush(&mut run, rows);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;
    use crate::ui::App;
    use crate::view::UNICODE;
    use proptest::prelude::*;

    fn rows(parts: &Parts, width: usize, stream: &mut Stream, rows: &mut Vec<Row>) {
        let app = App::default();
        let cx = Cx { app: &app, now: At(0), glyphs: &UNICODE };
        update(&cx, parts, width, stream, rows, &mut Vec::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_message_that_grew_looks_like_one_that_came_whole(
            deltas in prop::collection::vec("[a-c `*#\n\\-日é\u{301}]{0,40}", 0..30), width in 1usize..40,
        ) {
            let mut grown = (Stream::default(), Vec::new());
            let mut parts = Parts::default();
            for delta in &deltas {
                parts.push(&Text::Inline(delta.clone()));
                rows(&parts, width, &mut grown.0, &mut grown.1);
            }
            let mut whole = (Stream::default(), Vec::new());
            rows(&parts, width, &mut whole.0, &mut whole.1);
            prop_assert_eq!(&grown.1, &whole.1);
        }
    }

    #[test]
    fn a_line_without_end_is_taken_in_pieces() {
        let mut parts = Parts::default();
        let mut grown = (Stream::default(), Vec::new());
        for _ in 0..300 {
            parts.push(&Text::Inline("word and word ".repeat(10)));
            rows(&parts, 60, &mut grown.0, &mut grown.1);
            assert!(usize::try_from(parts.bytes).unwrap() - grown.0.done <= PIECE + 140);
        }
        let mut whole = (Stream::default(), Vec::new());
        rows(&parts, 60, &mut whole.0, &mut whole.1);
        assert_eq!(grown.1, whole.1);
    }
}
