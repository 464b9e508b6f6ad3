//! A pane's timeline: the entries that fit, from where the reader stands.

use super::columns::Columns;
use super::entry::{self, Fold, Shown};
use super::past::Entries;
use super::{Area, Cache, Cx, Look, Row, Scene, area::cells, find, scroll, tail};
use crate::domain::SessionId;
use crate::state::{Phase, Session};
use crate::theme::Role;
use crate::ui::{Focus, PaneSettled, PaneUi, msg::Hit};

/// Cells left of the text for the cursor, and right of it.
const MARGIN: usize = 1;

/// Draws a session's timeline in pane `pane`.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, session: &Session, pane: usize) {
    let own = PaneUi::default();
    let ui = cx.app.views.get(&session.id).unwrap_or(&own);
    let columns = Columns::new(area.columns().saturating_sub(2 * MARGIN).max(1));
    let entries = Entries::new(cx.app, session);
    let below = tail::rows(cx, session, columns.width, &mut scene.painted.wants);
    let end = entries.end() + u64::from(!below.is_empty());
    let fold = |no: u64| if ui.unfolded.contains(&no) { Fold::Unfolded } else { Fold::Folded };

    let sights = find::sights(cx, session.id);
    let begin = columns.gutter() + MARGIN;
    let mut within = None;
    if let (Some(sights), Some(no), true) = (&sights, ui.selected, ui.reveal)
        && sights.is_at(no)
        && let Some(entry) = entries.get(no)
    {
        let all = whole(cx, cache, Shown { session, entry, columns, fold: fold(no) });
        let (row, stops) = sights.stops(&all, begin - MARGIN, area.rows());
        (within, scene.painted.found) = (row, Some((no, stops)));
    }

    // An entry that was scrolled over and is not at hand: where this pane stands is not known before it is.
    let mut passed = None;
    let stand = scroll::settle(ui, within, area.rows(), end, &mut |no| match entries.get(no) {
        Some(entry) => cache.height(cx, Shown { session, entry, columns, fold: fold(no) }).max(1),
        None if no == entries.end() => below.len().max(1),
        None => {
            passed.get_or_insert(no);
            1
        }
    });
    scene.painted.wants.extend(passed.and_then(|no| entries.want(no)));

    let selected = ui.selected.or(entries.end().checked_sub(1));
    let keyed = cx.app.pane == pane && cx.app.focus == Focus::Pane;
    let mut rows: Vec<Row> = Vec::with_capacity(area.rows());
    let (mut no, mut skip) = (stand.top.entry, stand.top.row);
    let mut visible: Option<(u64, u64)> = None;
    let mut loading = false;
    while rows.len() < area.rows() && no < end {
        let begin_of = rows.len();
        let room = area.rows() - begin_of;
        if let Some(entry) = entries.get(no) {
            let shown = Shown { session, entry, columns, fold: fold(no) };
            let kept = cache.entry(cx, shown);
            scene.painted.wants.extend(kept.wants.iter().cloned());
            let height = entry::height(shown, kept);
            let is_selected = selected == Some(no) && (keyed || ui.selected.is_some());
            let before = entry::before(entry);
            for n in (skip..height).take(room) {
                let marked = is_selected && n >= before;
                let mut row = margin(cx, marked.then_some(keyed));
                entry::row(cx, shown, kept, n, &mut row);
                rows.push(row);
            }
            if let Some(sights) = &sights {
                sights.mark(cx, no, &mut rows[begin_of..], begin);
            }
            loading = false;
            let first = visible.map_or(no, |(first, _)| first);
            visible = Some((first, no));
        } else if no == entries.end() {
            rows.extend(below.iter().skip(skip).take(room).map(|row| margin(cx, None).with_row(row.clone())));
        } else {
            rows.push(missing(cx, &mut loading, entries, no, scene));
        }
        let (y, shown) = (area.y.saturating_add(cells(begin_of)), cells(rows.len() - begin_of));
        if no < entries.end() {
            scene.hit(Area { y, height: shown, ..area }, Hit::Entry(pane, no));
        }
        (no, skip) = (no + 1, 0);
    }
    scene.put(area, rows);
    let new = entries.end().saturating_sub(ui.seen_entries);
    if !stand.at_end && new > 0 && !ui.follow {
        marker(cx, scene, area, new);
    }
    scene.painted.panes.push(PaneSettled { session: session.id, top: stand.top, at_end: stand.at_end, visible });
    if stand.at_end && cx.app.pane == pane {
        notice(cx, scene, session);
    }
}

/// All rows of an entry: looked at once when a search goes to it, and not at every frame.
fn whole(cx: &Cx<'_>, cache: &mut Cache, shown: Shown<'_>) -> Vec<Row> {
    let kept = cache.entry(cx, shown);
    let row = |n: usize| {
        let mut row = Row::new();
        entry::row(cx, shown, kept, n, &mut row);
        row
    };
    (0..entry::height(shown, kept)).map(row).collect()
}

/// A row that begins with the cursor, where its entry is selected: loud where its pane has the keys.
fn margin(cx: &Cx<'_>, selected: Option<bool>) -> Row {
    let mut row = Row { spans: Vec::with_capacity(8), back: None };
    match selected {
        Some(keyed) => row.push(cx.glyphs.cursor, if keyed { Role::Accent } else { Role::Muted }),
        None => row.push(" ", Role::Text),
    }
    row
}

fn missing(cx: &Cx<'_>, loading: &mut bool, entries: Entries<'_>, no: u64, scene: &mut Scene) -> Row {
    let want = entries.want(no);
    let said = match (&want, *loading) {
        (_, true) => "",
        (Some(_), false) => "loading…",
        (None, false) => "(not on record any more)",
    };
    scene.painted.wants.extend(want.filter(|_| !*loading));
    *loading = true;
    margin(cx, None).with(said, Role::Muted)
}

/// `12 new ↓` over the end of the last row.
fn marker(cx: &Cx<'_>, scene: &mut Scene, area: Area, new: u64) {
    let row = Row::of(format!(" {new} new {} ", cx.glyphs.below), Look::strong(Role::Info));
    let (last, _) = area.bottom(1);
    let (place, _) = last.right(cells(row.width()));
    scene.put_row(place, row);
}

/// The end of a finished or ended session was on the screen.
fn notice(cx: &Cx<'_>, scene: &mut Scene, session: &Session) {
    let over = match cx.phase(session) {
        Phase::Done | Phase::Failed | Phase::Ended | Phase::Interrupted => true,
        Phase::Starting | Phase::LoginNeeded | Phase::Waiting(_) | Phase::Working | Phase::Stalled(_) | Phase::Idle => {
            false
        }
    };
    let id: SessionId = session.id;
    if over && !session.noticed {
        scene.painted.noticed.push(id);
    }
}
