//! Searching a payload: the rows that hold it, found once for each needle, by line and not by row.

use super::{Body, Heights, Payload};
use crate::text::Needle;

impl Payload {
    /// The rows that hold something, in order.
    pub(in crate::view) fn hits(&mut self, needle: &Needle) -> &[usize] {
        let known = self.found.as_ref().is_some_and(|(of, _)| of == needle);
        if !known {
            let mut rows = Vec::new();
            for (part, &start) in self.parts.iter().zip(&self.starts) {
                part.body.hits(needle, start, &mut rows);
            }
            self.found = Some((needle.clone(), rows));
        }
        self.found.as_ref().map_or(&[], |(_, rows)| rows)
    }
}

impl Body {
    fn hits(&self, needle: &Needle, start: usize, out: &mut Vec<usize>) {
        let mut add = |row: usize| {
            if out.last() != Some(&(start + row)) {
                out.push(start + row);
            }
        };
        match self {
            Self::Note(note) => needle.all(note.text()).for_each(|found| add(note.row_of(found.start))),
            Self::Lines(lines, _) => in_lines(lines.heights(), |line| [lines.line(line), None], needle, add),
            Self::Diff(change) => in_lines(change.diff.heights(), |line| change.diff.texts(line), needle, add),
        }
    }
}

fn in_lines<'l>(
    heights: &Heights,
    texts: impl Fn(u32) -> [Option<&'l str>; 2],
    needle: &Needle,
    mut add: impl FnMut(usize),
) {
    let both = |line: u32| texts(line).into_iter().flatten().map(move |source| (line, source));
    for (line, source) in (0..heights.lines()).flat_map(both) {
        for found in needle.all(source) {
            let first = heights.first_row(line);
            let rows = if line + 1 < heights.lines() { heights.first_row(line + 1) } else { heights.rows() } - first;
            // Where a line is broken into rows, about: the rows around it are in sight as well.
            let within = found.start.saturating_mul(rows) / source.len().max(1);
            add(first + within.min(rows.saturating_sub(1)));
            if rows <= 1 {
                break;
            }
        }
    }
}
