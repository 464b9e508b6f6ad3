//! Searching within a card's payload: its line, and where it leads. What it jumps over was not on the screen.

use super::Plugged;
use crate::domain::RequestId;
use crate::ui::Within;
use crate::ui::find::Sheet;
use crate::view::area::cells;
use crate::view::payload::Payload;
use crate::view::{Area, Cx, find};

/// The search within the card of a request, where there is one and room for its line: draws it below; gives what is above.
pub(super) fn bar<'a>(cx: &Cx<'a>, id: RequestId, area: Area, out: &mut Plugged) -> (Option<&'a Within>, Area) {
    let within = cx.app.within.as_ref().filter(|within| within.sheet == Sheet::Card(id) && area.height >= 2);
    let (line, rest) = area.bottom(u16::from(within.is_some()));
    if let Some(within) = within {
        let bar = find::within(cx, within, line.columns());
        out.put(line, bar.rows);
        out.cursor = bar.cursor.map(|column| (line.x.saturating_add(cells(column)), line.y));
    }
    (within, rest)
}

/// Where the reader comes to stand: the first row, and how far from it. A search that goes somewhere goes first.
pub(super) fn stand(
    within: Option<&Within>,
    payload: &mut Payload,
    (top, delta): (usize, i64),
    view: usize,
    out: &mut Plugged,
) -> (usize, i64) {
    let Some((within, go)) = within.and_then(|within| Some((within, within.go?))) else { return (top, delta) };
    let needle = within.needle();
    let hits = needle.as_ref().map_or(&[][..], |needle| payload.hits(needle));
    let sought = find::seek(hits, go, within.found, top, view);
    out.within = Some(sought.found);
    (sought.top, 0)
}
