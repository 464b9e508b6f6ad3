//! A search on the screen: its line, and what it found in the rows. Marked by weight and reverse, so that no colour is needed.

mod bar;
mod seek;

pub(super) use bar::{session, within};
pub(super) use seek::seek;

use super::row::Row;
use super::{Cx, Look, Span};
use crate::domain::SessionId;
use crate::text::{self, Needle};
use crate::theme::Role;
use std::borrow::Cow;
use std::ops::Range;

/// The look of what was found.
pub(super) fn found() -> Look {
    Look::strong(Role::Found).on(Role::Found)
}

/// What is looked for in a session's timeline.
pub(super) struct Sights {
    needle: Needle,
    /// The current hit, and which of its stops is shown.
    at: Option<(u64, usize)>,
}

/// What is looked for in a session's timeline, where something is.
pub(super) fn sights(cx: &Cx<'_>, session: SessionId) -> Option<Sights> {
    let find = cx.app.find.as_ref().filter(|find| find.session == session)?;
    Some(Sights { needle: find.needle()?, at: find.at.map(|at| (at, find.row)) })
}

impl Sights {
    /// True for the current hit.
    pub(super) fn is_at(&self, no: u64) -> bool {
        self.at.is_some_and(|(at, _)| at == no)
    }

    /// Marks what was found in the rows of a hit.
    pub(super) fn mark(&self, cx: &Cx<'_>, no: u64, rows: &mut [Row]) {
        if cx.app.find.as_ref().is_some_and(|find| find.hits.contains_key(&no)) {
            mark(&self.needle, rows);
        }
    }

    /// Where the reader stops in an entry: the first row that holds it, and those further down than the screen reaches from
    /// the stop before. Gives the one that is shown now, and how many there are.
    pub(super) fn stops(&self, rows: &[Row], screen: usize) -> (Option<usize>, usize) {
        let mut stops: Vec<usize> = Vec::new();
        for (row, _, _) in places(&self.needle, rows) {
            if stops.last().is_none_or(|last| row >= last + (screen / 2).max(1)) {
                stops.push(row);
            }
        }
        let chosen = self.at.map_or(0, |(_, row)| row).min(stops.len().saturating_sub(1));
        (stops.get(chosen).copied(), stops.len())
    }
}

/// Marks what was found in some rows that follow each other.
pub(super) fn mark(needle: &Needle, rows: &mut [Row]) {
    let mut places = places(needle, rows);
    // From the end, so that places before it stay where they are.
    while let Some((row, span, range)) = places.pop() {
        split(&mut rows[row].spans, span, range);
    }
}

fn split(spans: &mut Vec<Span>, at: usize, range: Range<usize>) {
    let Some(old) = spans.get(at).cloned() else { return };
    let piece = |range: Range<usize>, look: Look| {
        let text = old.text.get(range)?.to_owned();
        (!text.is_empty()).then_some(Span { text: Cow::Owned(text), look })
    };
    let pieces =
        [piece(0..range.start, old.look), piece(range.clone(), found()), piece(range.end..old.text.len(), old.look)];
    spans.splice(at..=at, pieces.into_iter().flatten());
}

/// Where in some rows it stands: row, span, bytes; in order. It may go on in the next row, where a line was broken.
fn places(needle: &Needle, rows: &[Row]) -> Vec<(usize, usize, Range<usize>)> {
    let mut joined = String::new();
    // Where each piece of the joined text comes from: its first byte there, row, span, its first byte here.
    let mut pieces: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        if !joined.is_empty() {
            joined.truncate(joined.trim_end_matches(' ').len());
            joined.push(' ');
        }
        let (mut cell, mut is_text) = (0, false);
        for (m, span) in row.spans.iter().enumerate() {
            let begin = cell;
            cell += text::width(&span.text);
            if begin < row.lead {
                continue;
            }
            let skip = if is_text { 0 } else { span.text.len() - span.text.trim_start_matches(' ').len() };
            is_text |= skip < span.text.len();
            pieces.push((joined.len(), n, m, skip));
            joined.push_str(&span.text[skip..]);
        }
    }
    let mut found = Vec::new();
    for range in needle.all(&joined) {
        let first = pieces.partition_point(|piece| piece.0 <= range.start).saturating_sub(1);
        for (n, &(start, row, span, skip)) in pieces.iter().enumerate().skip(first) {
            if start >= range.end {
                break;
            }
            let len = rows[row].spans[span].text.len() - skip;
            // Spaces at the end of a row were cut from the joined text.
            let next = pieces.get(n + 1).map_or(joined.len(), |piece| piece.0);
            let end = (start + len).min(next).min(range.end);
            let begin = range.start.max(start);
            if begin < end {
                found.push((row, span, begin - start + skip..end - start + skip));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(needle: &str, rows: &mut [Row], column: usize) -> String {
        rows.iter_mut().for_each(|row| row.lead = column);
        mark(&Needle::new(needle).unwrap(), rows);
        let all = |row: &Row| {
            let shown = |span: &Span| match span.look == found() {
                true => format!("[{}]", span.text),
                false => span.text.to_string(),
            };
            row.spans.iter().map(shown).collect::<String>()
        };
        rows.iter().map(all).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn it_is_marked_over_looks_and_over_the_end_of_a_row() {
        let mut rows = [
            Row::of("14:01 you ", Role::Muted).with("a con", Role::Text).with("stant time", Role::Info),
            Row::of("          ", Role::Text).with("constant", Role::Text),
            Row::of("          ", Role::Text).with("time and you", Role::Text),
        ];
        assert_eq!(
            marked("constant time", &mut rows.clone(), 10),
            "14:01 you a [con][stant time]/          [constant]/          [time] and you"
        );
        assert_eq!(
            marked("you", &mut rows, 10),
            "14:01 you a constant time/          constant/          time and [you]"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn marks_change_no_cell(
            rows in prop::collection::vec(prop::collection::vec("[ab 日]{0,6}", 0..4), 0..5),
            needle in "[ab日]( |)[ab]{0,2}", column in 0usize..6,
        ) {
            let mut made: Vec<Row> = rows
                .iter()
                .map(|spans| spans.iter().fold(Row::new(), |row, text| row.with(text.clone(), Role::Text)))
                .collect();
            let plain = |rows: &[Row]| -> Vec<String> {
                rows.iter().map(|row| row.spans.iter().map(|span| span.text.as_ref()).collect()).collect()
            };
            let before = plain(&made);
            made.iter_mut().for_each(|row| row.lead = column);
            mark(&Needle::new(&needle).unwrap(), &mut made);
            prop_assert_eq!(plain(&made), before);
        }
    }
}
