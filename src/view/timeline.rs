//! A pane's timeline: the entries that fit, from where the reader stands.

use super::columns::Columns;
use super::entry::{self, Fold, LaneFold, Names, Shown};
use super::past::Entries;
use super::select::{self, Before, Taker};
use super::{Area, Cache, Cx, Look, Row, Scene, area::cells, find, scroll, tail};
use crate::domain::SessionId;
use crate::state::{Entry, Phase, Session, What};
use crate::theme::Role;
use crate::ui::select::{Extent, Select, SelectIn, Selected, Taken};
use crate::ui::{Anchor, Focus, PaneSettled, PaneUi, msg::Hit};

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
    let hidden = |no: u64| (no < entries.end()).then(|| cx.app.hidden(session, no)).flatten();
    let show = |entry| shown(session, ui, columns, entry);

    let sights = find::sights(cx, session.id);
    let mut within = None;
    if let (Some(sights), Some(no), true) = (&sights, ui.selected, ui.reveal)
        && sights.is_at(no)
        && let Some(entry) = entries.get(no)
    {
        let all = whole(cx, cache, show(entry));
        let (row, stops) = sights.stops(&all, area.rows());
        (within, scene.painted.found) = (row, Some((no, stops)));
    }

    // An entry that was scrolled over and is not at hand: where this pane stands is not known before it is.
    let mut passed = None;
    let mut height = |no| match entries.get(no) {
        Some(entry) => cache.height(cx, show(entry)).max(1),
        None if no == entries.end() => below.len().max(1),
        None => {
            passed.get_or_insert(no);
            1
        }
    };
    let mut all = scroll::Entries { end, height: &mut height, hidden: &hidden };
    let stand = scroll::settle(ui, within, area.rows(), &mut all);
    let chosen = select::here(cx, SelectIn::Pane(session.id));
    let (stand, chosen) = scroll::selecting(chosen, stand, area.rows(), entries.end(), &mut all);
    scene.painted.wants.extend(passed.and_then(|no| entries.want(no)));

    let selected = cx.app.current(session);
    let keyed = cx.app.pane == pane && cx.app.focus == Focus::Pane;
    let mut rows: Vec<Row> = Vec::with_capacity(area.rows());
    let mut at: Vec<Anchor> = Vec::with_capacity(area.rows());
    let (mut no, mut skip) = (stand.top.entry, stand.top.row);
    let mut visible: Option<(u64, u64)> = None;
    let mut loading = false;
    let mut lane = None;
    while rows.len() < area.rows() && no < end {
        if let Some((_, last)) = hidden(no) {
            (no, skip) = (last.max(no) + 1, 0);
            continue;
        }
        let begin_of = rows.len();
        let room = area.rows() - begin_of;
        if let Some(entry) = entries.get(no) {
            let names = if lane.replace(entry.lane) == Some(entry.lane) { Names::Same } else { Names::Lane };
            if let What::Lane { opened, .. } = entry.what {
                lane = Some(opened);
            }
            let shown = Shown { names, ..show(entry) };
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
                sights.mark(cx, no, &mut rows[begin_of..]);
            }
            loading = false;
            let first = visible.map_or(no, |(first, _)| first);
            visible = Some((first, no));
        } else if no == entries.end() {
            rows.extend(below.iter().skip(skip).take(room).map(|row| margin(cx, None).with_row(row.clone())));
        } else {
            rows.push(missing(cx, &mut loading, entries, no, scene));
        }
        if no < entries.end() {
            at.extend((0..rows.len() - begin_of).map(|row| Anchor { entry: no, row: skip + row }));
        }
        let (y, shown) = (area.y.saturating_add(cells(begin_of)), cells(rows.len() - begin_of));
        if no < entries.end() {
            scene.hit(Area { y, height: shown, ..area }, Hit::Entry(pane, no));
        }
        (no, skip) = (no + 1, 0);
    }
    select::rows(cx, scene, area, SelectIn::Pane(session.id), &mut rows, &at);
    scene.put(area, rows);
    if let Some((select, to)) = chosen {
        let extent = Select { to, ..select.clone() }.extent();
        let taken = if select.take { taken(cx, cache, scene, session, columns, extent) } else { None };
        scene.painted.selected = Some(Selected { to, taken });
    }
    let new = entries.end().saturating_sub(ui.seen_entries);
    if !stand.at_end && new > 0 && !ui.follow {
        marker(cx, scene, area, new);
    }
    scene.painted.panes.push(PaneSettled { session: session.id, top: stand.top, at_end: stand.at_end, visible });
    if stand.at_end && cx.app.pane == pane {
        notice(cx, scene, session);
    }
}

/// The text of what is selected; `None` while something of it is not at hand.
fn taken(
    cx: &Cx<'_>,
    cache: &mut Cache,
    scene: &mut Scene,
    session: &Session,
    columns: Columns,
    extent: Extent,
) -> Option<Taken> {
    let entries = Entries::new(cx.app, session);
    let before = if extent.first.entry == extent.last.entry { Before::Dropped } else { Before::Kept };
    let own = PaneUi::default();
    let ui = cx.app.views.get(&session.id).unwrap_or(&own);
    let mut taker = Taker::new(cx, extent, before);
    for no in extent.first.entry..=extent.last.entry.min(entries.end().saturating_sub(1)) {
        // What a folded lane hides is not taken, and so not asked for.
        if cx.app.hidden(session, no).is_some() {
            continue;
        }
        let Some(entry) = entries.get(no) else {
            let want = entries.want(no)?;
            scene.painted.wants.push(want);
            return None;
        };
        let shown = shown(session, ui, columns, entry);
        let kept = cache.entry(cx, shown);
        for n in 0..entry::height(shown, kept) {
            let mut row = margin(cx, None);
            entry::row(cx, shown, kept, n, &mut row);
            taker.take(Anchor { entry: no, row: n }, &row);
        }
        if taker.is_full() {
            break;
        }
    }
    Some(taker.taken())
}

/// An entry, as its pane shows it.
fn shown<'a>(session: &'a Session, ui: &PaneUi, columns: Columns, entry: &'a Entry) -> Shown<'a> {
    let fold = if ui.whole.contains(&entry.no) {
        Fold::Whole
    } else if ui.is_unfolded(entry.no) {
        Fold::Unfolded
    } else {
        Fold::Folded
    };
    let is_folded = matches!(entry.what, What::Lane { opened, .. } if ui.lanes.contains(&opened));
    let lane = if is_folded { LaneFold::Hidden } else { LaneFold::Shown };
    let columns = columns.within(session.depth_of(entry.lane));
    Shown { session, entry, columns, fold, lane, names: Names::Lane }
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
    let mut row = Row { spans: Vec::with_capacity(8), lead: MARGIN, ..Row::default() };
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
        Phase::Done | Phase::Failed | Phase::Overspent | Phase::Ended | Phase::Interrupted => true,
        Phase::Starting | Phase::LoginNeeded | Phase::Waiting(_) | Phase::Working | Phase::Stalled(_) | Phase::Idle => {
            false
        }
    };
    let id: SessionId = session.id;
    if over && !session.noticed {
        scene.painted.noticed.push(id);
    }
}
