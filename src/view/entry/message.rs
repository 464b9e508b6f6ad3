//! A message as rows. One that grows is broken anew only from its last block on.

use super::markdown::{self, End, Lines, Page, Place};
use crate::domain::{Digest, Text};
use crate::state::Parts;
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::{Found, rows_of};
use crate::view::payload::{Code, Told};
use crate::view::{Cx, Row};

/// How far a message was broken into rows.
#[derive(Debug, Clone, Default)]
pub(in crate::view) struct Stream {
    /// Bytes of the text whose rows are final.
    done: usize,
    /// How many rows these are.
    rows: usize,
    /// What the block after them stands in.
    place: Place,
    /// Code whose colours are not known yet.
    plain: Vec<Plain>,
}

/// Lines of code whose colours are not known yet.
#[derive(Debug, Clone)]
struct Plain {
    lines: Lines,
    /// The code that they are of, once it was asked for.
    asked: Option<Digest>,
}

/// Brings the rows of a message up to date.
pub(in crate::view) fn update(
    cx: &Cx<'_>,
    parts: &Parts,
    (width, end): (usize, End),
    stream: &mut Stream,
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    if let Some(pieces) = whole(cx, parts) {
        grow(cx, &pieces, (width, end), stream, rows);
    } else {
        // The next change begins anew.
        *stream = Stream { done: usize::MAX, ..Stream::default() };
        rows.clear();
        with_gaps(cx, parts, width, rows, wants);
    }
}

/// The pieces of a message of which everything is here.
fn whole<'a>(cx: &Cx<'a>, parts: &'a Parts) -> Option<Vec<&'a str>> {
    let here = |piece| match Found::of(cx.app, piece) {
        Found::Here(text) => Some(text),
        Found::Missing(_) | Found::Purged => None,
    };
    parts.pieces().map(here).collect::<Option<_>>().filter(|_| parts.cut_bytes == 0)
}

fn grow(cx: &Cx<'_>, pieces: &[&str], (width, end): (usize, End), stream: &mut Stream, rows: &mut Vec<Row>) {
    let whole: usize = pieces.iter().map(|piece| piece.len()).sum();
    if stream.done > whole || stream.rows > rows.len() {
        *stream = Stream::default();
    }
    rows.truncate(stream.rows);
    let page = Page { width, glyphs: cx.glyphs, depth: 0 };
    let rest = slice(pieces, stream.done, usize::MAX);
    let mut lines = Vec::new();
    let took = markdown::add(&mut stream.place, &page, (&rest, stream.done), end, rows, &mut lines);
    stream.plain.extend(lines.into_iter().map(|lines| Plain { lines, asked: None }));
    (stream.done, stream.rows) = (stream.done + took, rows.len());
    if took < rest.len() {
        markdown::add_open(stream.place.clone(), &page, &rest[took..], end, rows);
    }
}

impl Stream {
    /// True where colours were found that are not shown yet.
    pub(in crate::view) fn may_colour(&self, code: &Code) -> bool {
        self.plain.iter().any(|plain| plain.asked.is_none_or(|digest| code.has(digest, plain.first())))
    }

    /// Asks for the colours of code, and shows those that were found.
    pub(in crate::view) fn colour(
        &mut self,
        cx: &Cx<'_>,
        parts: &Parts,
        width: usize,
        rows: &mut [Row],
        code: &mut Code,
    ) {
        if self.plain.is_empty() {
            return;
        }
        let Some(pieces) = whole(cx, parts) else { return };
        self.plain.retain_mut(|plain| !plain.show(&pieces, width, rows, code));
    }
}

impl Plain {
    fn first(&self) -> u32 {
        u32::try_from(self.lines.first).unwrap_or(u32::MAX)
    }

    /// Asks for the colours, or shows them; true where that is done.
    fn show(&mut self, pieces: &[&str], width: usize, rows: &mut [Row], code: &mut Code) -> bool {
        let lines = &self.lines;
        let first = u32::try_from(lines.first).unwrap_or(u32::MAX);
        let Some(digest) = self.asked else {
            let source = slice(pieces, lines.start, lines.bytes.end);
            let digest = Digest::of(format!("{}\n{source}", lines.language).as_bytes());
            let of = lines.of(&source);
            code.line(digest, Told::Language(&lines.language), first, |line| of.get(line as usize).copied());
            self.asked = Some(digest);
            return false;
        };
        if !code.has(digest, first) {
            return false;
        }
        let source = slice(pieces, lines.bytes.start, lines.bytes.end);
        let count = u32::try_from(lines.of(&source).len()).unwrap_or(0);
        let mut found = Vec::new();
        for line in first..first.saturating_add(count) {
            found.push(code.line(digest, Told::Language(&lines.language), line, |_| None).to_vec());
        }
        let found: Vec<_> = found.iter().map(Vec::as_slice).collect();
        let coloured = lines.rows(&source, width, &found);
        // The same cells as before: colours never move anything.
        if let Some(place) = rows.get_mut(lines.rows.clone()).filter(|place| place.len() == coloured.len()) {
            place.clone_from_slice(&coloured);
        }
        true
    }
}

/// The text from one byte to another.
fn slice(pieces: &[&str], from: usize, to: usize) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for piece in pieces {
        let end = at + piece.len();
        if let Some(part) = piece.get(from.clamp(at, end) - at..to.clamp(at, end) - at) {
            out.push_str(part);
        }
        at = end;
    }
    out
}

/// A message of which something is not here: gaps keep their rows.
fn with_gaps(cx: &Cx<'_>, parts: &Parts, width: usize, rows: &mut Vec<Row>, wants: &mut Vec<Want>) {
    let mut run = String::new();
    let flush = |run: &mut String, rows: &mut Vec<Row>| {
        let mut own = Vec::new();
        grow(cx, &[run], (width, End::Closed), &mut Stream::default(), &mut own);
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
    const PIECE: usize = 4096;
    use proptest::prelude::*;

    fn rows(parts: &Parts, width: usize, end: End, stream: &mut Stream, rows: &mut Vec<Row>) {
        let app = App::default();
        let cx = Cx { app: &app, now: At(0), glyphs: &UNICODE };
        update(&cx, parts, (width, end), stream, rows, &mut Vec::new());
    }

    const WORDS: [&str; 34] = [
        "a",
        "bc ",
        "word ",
        "`",
        "*",
        "**",
        "#",
        "\n",
        "\n\n",
        "\n",
        "- ",
        "  - ",
        "1. ",
        "\n2) ",
        "> ",
        "|",
        "| a | b |\n",
        "|---|:-:|\n",
        "```\n",
        "```rust\n",
        "   ",
        "[x](y)",
        "[",
        "](",
        ")",
        "<b>",
        "---\n",
        "日本",
        "é\u{301}",
        "\\",
        "[a]: b\n",
        "- [ ] ",
        "===\n",
        "~~",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_message_that_grew_looks_like_one_that_came_whole(
            deltas in prop::collection::vec(prop::collection::vec(0..WORDS.len(), 0..8), 0..20), width in 1usize..40,
        ) {
            let mut grown = (Stream::default(), Vec::new());
            let mut parts = Parts::default();
            for delta in &deltas {
                parts.push(&Text::Inline(delta.iter().map(|&n| WORDS[n]).collect()));
                rows(&parts, width, End::Open, &mut grown.0, &mut grown.1);
                let mut whole = (Stream::default(), Vec::new());
                rows(&parts, width, End::Open, &mut whole.0, &mut whole.1);
                prop_assert_eq!(&grown.1, &whole.1);
            }
            rows(&parts, width, End::Closed, &mut grown.0, &mut grown.1);
            let mut whole = (Stream::default(), Vec::new());
            rows(&parts, width, End::Closed, &mut whole.0, &mut whole.1);
            prop_assert_eq!(&grown.1, &whole.1);
        }
    }

    #[test]
    fn a_piece_costs_what_its_block_costs() {
        for source in ["word and word ".repeat(10), "- one more\n".repeat(12), "| a | b |\n|---|---|\n".repeat(6)] {
            let mut parts = Parts::default();
            let mut grown = (Stream::default(), Vec::new());
            for _ in 0..300 {
                parts.push(&Text::Inline(source.clone()));
                rows(&parts, 60, End::Open, &mut grown.0, &mut grown.1);
                assert!(usize::try_from(parts.bytes).unwrap() - grown.0.done <= 2 * PIECE, "{source}");
            }
            let mut whole = (Stream::default(), Vec::new());
            rows(&parts, 60, End::Open, &mut whole.0, &mut whole.1);
            assert_eq!(grown.1, whole.1);
        }
    }

    #[test]
    fn code_is_plain_first_and_its_colours_move_nothing() {
        let app = App::default();
        let cx = Cx { app: &app, now: At(0), glyphs: &UNICODE };
        let mut parts = Parts::default();
        let code = "let a = \"text that is longer than the row\";\n".repeat(150);
        parts.push(&Text::Inline(format!("So:\n\n- here\n\n  ```rust\n{code}  ```")));
        let (mut stream, mut all, mut code) = (Stream::default(), Vec::new(), Code::default());
        update(&cx, &parts, (30, End::Closed), &mut stream, &mut all, &mut Vec::new());
        let plain = all.clone();
        stream.colour(&cx, &parts, 30, &mut all, &mut code);
        assert_eq!(all, plain);
        let wanted = code.take_wanted();
        assert_eq!(wanted.len(), 3);
        wanted.into_iter().for_each(|wanted| code.give(wanted.find()));
        assert!(stream.may_colour(&code));
        stream.colour(&cx, &parts, 30, &mut all, &mut code);
        let text = |rows: &[Row]| -> Vec<String> {
            rows.iter().map(|row| row.spans.iter().map(|span| span.text.as_ref()).collect()).collect()
        };
        assert_eq!(text(&all), text(&plain));
        let has = |row: &Row| row.spans.iter().any(|span| span.look.role == Role::SyntaxKeyword);
        assert_eq!(all.iter().filter(|row| has(row)).count(), 150);
        assert!(!stream.may_colour(&code));
    }
}
