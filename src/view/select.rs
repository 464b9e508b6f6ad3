//! What is selected: shown in its rows, and taken out of them as text, also where they are not on the screen.

use super::row::Break;
use super::{Area, Cx, Look, Row, Scene, Span};
use crate::text;
use crate::theme::Role;
use crate::ui::Anchor;
use crate::ui::select::{Extent, Line, Manner, Select, SelectIn, Selected, Taken};
use std::borrow::Cow;
use std::ops::Range;

/// Stands for a tab while a row is cut; no row has one of its own, since such characters are marks.
const TAB: char = '\u{e000}';
/// Stands for the blanks after it.
const PADDING: char = '\u{e001}';

/// What is selected in a place.
pub(super) fn here<'a>(cx: &Cx<'a>, place: SelectIn) -> Option<&'a Select> {
    cx.app.selection().filter(|select| select.place == place)
}

/// Tells where rows stand that can be selected, and shows those that are.
pub(super) fn rows(cx: &Cx<'_>, scene: &mut Scene, area: Area, place: SelectIn, rows: &mut [Row], at: &[Anchor]) {
    let mut lines = std::mem::take(&mut scene.painted.lines);
    mark(cx, &mut lines, area, place, rows, at);
    scene.painted.lines = lines;
}

/// The same, where no scene is at hand.
pub(super) fn mark(cx: &Cx<'_>, lines: &mut Vec<Line>, area: Area, place: SelectIn, rows: &mut [Row], at: &[Anchor]) {
    let select = here(cx, place);
    let extent = select.map(Select::extent);
    for (n, (row, at)) in rows.iter_mut().zip(at).enumerate() {
        let y = area.y.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
        lines.push(Line { area: (area.x, y, area.width), place, at: *at });
        let Some(cells) = extent.and_then(|extent| extent.of(*at, area.columns())) else { continue };
        match select.map(|select| select.manner) {
            Some(Manner::Rows) => whole(cx, row, select.is_some_and(|select| select.to == *at)),
            Some(Manner::Cells { .. }) | None => part(row, &cells),
        }
    }
}

/// A selected row: its ground, and a sign before it, since colour alone says nothing to some.
fn whole(cx: &Cx<'_>, row: &mut Row, is_cursor: bool) {
    row.back = Some(Role::Selection);
    // One ground and one ink: a theme that turns colours around would make a patchwork of it.
    row.spans.iter_mut().for_each(|span| span.look = plain(span.look));
    let (sign, look) = (cx.glyphs.cursor, if is_cursor { Role::Accent } else { Role::Muted });
    match row.spans.first_mut() {
        Some(first) if first.text.starts_with([' ', '▌', '>']) => {
            let rest = first.text.chars().next().map_or(0, char::len_utf8);
            let behind = Span { text: first.text[rest..].to_owned().into(), look: first.look };
            *first = Span { text: sign.into(), look: look.into() };
            row.spans.insert(1, behind);
        }
        Some(_) => {}
        None => row.push(sign, look),
    }
}

fn plain(look: Look) -> Look {
    Look { bold: look.bold, ..Look::from(Role::Text) }
}

/// Some cells of a row.
fn part(row: &mut Row, cells: &Range<usize>) {
    let mut x = 0;
    let mut spans = Vec::with_capacity(row.spans.len() + 2);
    for span in row.spans.drain(..) {
        let width = text::width(&span.text);
        let within = cells.start.saturating_sub(x).min(width)..cells.end.saturating_sub(x).min(width);
        x += width;
        if within.is_empty() {
            spans.push(span);
            continue;
        }
        let (_, chosen) = text::columns(&span.text, &within);
        let look = span.look;
        let pieces = [
            (0..chosen.start, look),
            (chosen.clone(), plain(look).on(Role::Selection)),
            (chosen.end..span.text.len(), look),
        ];
        for (range, look) in pieces.into_iter().filter(|(range, _)| !range.is_empty()) {
            spans.push(Span { text: Cow::Owned(span.text[range].to_owned()), look });
        }
    }
    row.spans = spans;
}

/// What stands before a line that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// The time and the label of an entry are taken along: there are several.
    Kept,
    /// Only what was said is taken.
    Dropped,
}

/// Takes rows one after the other: broken lines become whole again, and what is the screen's own is left out.
#[derive(Debug)]
pub(super) struct Taker {
    extent: Extent,
    before: Before,
    most: usize,
    text: String,
    began: bool,
    full: bool,
}

impl Taker {
    pub(super) fn new(cx: &Cx<'_>, extent: Extent, before: Before) -> Self {
        Self { extent, before, most: cx.app.copy_to.most(), text: String::new(), began: false, full: false }
    }

    /// True where more than can be sent was taken.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Takes a row, as it is drawn.
    pub(super) fn take(&mut self, at: Anchor, row: &Row) {
        let Some(cells) = self.extent.of(at, usize::MAX) else { return };
        match row.breaks {
            _ if !self.began => {}
            Break::Begins => {
                self.text.truncate(self.text.trim_end_matches(' ').len());
                self.text.push('\n');
            }
            Break::Blank => self.text.push(' '),
            Break::Within => {}
        }
        self.began = true;
        let keeps = self.before == Before::Kept && row.breaks == Break::Begins;
        let own = if keeps { row.lead.min(1) } else { row.lead };
        self.text.push_str(&source(row, &(cells.start.max(own)..cells.end)));
        self.full |= self.text.len() > self.most;
    }

    pub(super) fn taken(mut self) -> Taken {
        if self.full {
            return Taken::TooMuch;
        }
        self.text.truncate(self.text.trim_end_matches([' ', '\n']).len());
        // Whole rows are whole lines.
        if self.extent.cells.is_none() && !self.text.is_empty() {
            self.text.push('\n');
        }
        Taken::Text(self.text)
    }
}

/// The text of some cells of a row, with its tabs.
fn source(row: &Row, cells: &Range<usize>) -> String {
    let mut all = String::new();
    for span in &row.spans {
        let muted = matches!(span.look.role, Role::Muted | Role::Gutter);
        if muted && span.text.starts_with('→') && span.text.chars().all(|c| matches!(c, '→' | ' ')) {
            all.extend(span.text.chars().map(|c| if c == '→' { TAB } else { PADDING }));
        } else {
            all.push_str(&span.text);
        }
    }
    let (_, range) = text::columns(&all, cells);
    let chosen = all[range].chars().filter(|c| *c != PADDING);
    chosen.map(|c| if c == TAB { '\t' } else { c }).collect()
}

/// Where a list of rows stands so that the end of what is selected can be seen; and that end.
pub(super) fn in_list(select: &Select, top: usize, view: usize, all: usize) -> (usize, usize) {
    let delta = usize::try_from(select.delta.unsigned_abs()).unwrap_or(usize::MAX);
    let from = if select.to.entry > 0 { usize::MAX } else { select.to.row };
    let last = all.saturating_sub(1);
    let to = if select.delta < 0 { from.min(last).saturating_sub(delta) } else { from.saturating_add(delta).min(last) };
    let shown = if to < top { to } else { top.max((to + 1).saturating_sub(view)) };
    (if select.reveal { shown } else { top }, to)
}

/// What is selected of a list up to row `to`, and its text where that is asked for. `make` makes any of its rows: a piece
/// at a time, and no more than can be sent.
pub(super) fn of_list(
    cx: &Cx<'_>,
    (select, to): (&Select, usize),
    all: usize,
    mut make: impl FnMut(Range<usize>) -> Vec<Row>,
) -> Selected {
    const PIECE: usize = 256;
    let to = Anchor { entry: 0, row: to };
    if !select.take {
        return Selected { to, taken: None };
    }
    let extent = Select { to, ..select.clone() }.extent();
    let mut taker = Taker::new(cx, extent, Before::Dropped);
    let mut from = extent.first.row;
    let end = extent.last.row.saturating_add(1).min(all);
    while from < end && !taker.is_full() {
        let to = (from + PIECE).min(end);
        for (row, made) in (from..to).zip(make(from..to)) {
            taker.take(Anchor { entry: 0, row }, &made);
        }
        from = to;
    }
    Selected { to, taken: Some(taker.taken()) }
}

/// The rows of a list from `top` on, as anchors.
pub(super) fn anchors(top: usize, count: usize) -> Vec<Anchor> {
    (top..top + count).map(|row| Anchor { entry: 0, row }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, lead: usize, breaks: Break) -> Row {
        Row { lead, breaks, ..Row::of(text.to_owned(), Role::Text) }
    }

    #[test]
    fn broken_lines_are_whole_again_and_tabs_are_tabs() {
        let rows = [
            row("$ one two", 2, Break::Begins),
            row("» three", 2, Break::Within),
            row("  four", 2, Break::Blank),
            row("  ", 2, Break::Begins).with("→   ", Role::Muted).with("x = 1  ", Role::Text),
        ];
        let extent = Extent { first: Anchor::default(), last: Anchor { entry: 0, row: 3 }, cells: None };
        let mut taker =
            Taker { extent, before: Before::Dropped, most: 100, text: String::new(), began: false, full: false };
        for (n, row) in rows.iter().enumerate() {
            taker.take(Anchor { entry: 0, row: n }, row);
        }
        assert_eq!(taker.taken(), Taken::Text("one twothree four\n\tx = 1\n".into()));
    }

    #[test]
    fn a_part_of_a_row_is_cut_at_cells_and_wide_characters_stay_whole() {
        let mut shown = row("ab日本cd", 0, Break::Begins);
        part(&mut shown, &(2..6));
        let chosen: Vec<&str> =
            shown.spans.iter().filter(|s| s.look.back == Some(Role::Selection)).map(|s| s.text.as_ref()).collect();
        assert_eq!(chosen, ["日本"]);
        assert_eq!(source(&row("ab日本cd", 0, Break::Begins), &(3..7)), "本c");
        assert_eq!(source(&row("ab", 0, Break::Begins), &(9..usize::MAX)), "");
    }
}
