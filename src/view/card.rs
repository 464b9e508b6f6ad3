//! A request over the whole screen: who asks for what, all of it, why it waits, what can be answered, and what became of it.
//!
//! The payload scrolls and nothing of it is cut; the evidence stands below it, or beside it where there is room: as much as
//! fits, the rest behind its end. What the frame says it showed ([`PaintedCard`]) is exactly what it showed: decisions rest on it.

mod before;
mod check;
mod facts;
mod form;
mod life;
mod losses;
mod menu;
mod next;
mod ondisk;
mod parts;
mod reply;
mod search;
mod shape;
mod sofar;
mod title;

use super::payload::{Edits, Fitting, Place, Stand};
use super::{Area, Cache, Cx, Look, Region, Row, area::cells, find, select};
use crate::domain::{Digest, RequestId, Seq};
use crate::state::{Entry, Request, Session, Step};
use crate::theme::Role;
use crate::ui::diffs::{DiffUi, PaintedDiffs};
use crate::ui::find::WithinFound;
use crate::ui::select::{Line, SelectIn, Selected};
use crate::ui::{CardUi, Hit, PaintedCard, Want, Within};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use shape::{Below, Shape};
pub(super) use title::risk;

/// The least area in which a card can be decided upon.
const LEAST: (u16, u16) = (20, 5);
/// From so many rows on, rules set the parts apart.
const RULES: usize = 12;
/// From so many columns on, the evidence stands beside the payload.
const BESIDE: u16 = 160;

/// What a card gives to the frame.
#[derive(Debug, Default)]
pub(super) struct Plugged {
    /// What it shows.
    pub(super) regions: Vec<Region>,
    /// What of it was painted; `None` where its request is gone.
    pub(super) card: Option<PaintedCard>,
    /// What of its changes was painted.
    pub(super) diffs: Option<PaintedDiffs>,
    /// What it lacked.
    pub(super) wants: Vec<Want>,
    /// Where the mouse can hit.
    pub(super) hits: Vec<((u16, u16, u16, u16), Hit)>,
    /// Rows that can be selected.
    pub(super) lines: Vec<Line>,
    /// What is selected.
    pub(super) selected: Option<Selected>,
    /// Columns of a text of several rows that is typed on it.
    pub(super) columns: Option<usize>,
    /// Where the cursor stands while something is typed on it.
    pub(super) cursor: Option<(u16, u16)>,
    /// What a search within it found.
    pub(super) within: Option<WithinFound>,
}

impl Plugged {
    fn put(&mut self, area: Area, mut rows: Vec<Row>) {
        rows.truncate(area.rows());
        if !area.is_empty() {
            self.regions.push(Region { area, rows });
        }
    }
}

/// What a card is about.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    session: &'a Session,
    request: &'a Request,
    step: &'a Step,
    entry: &'a Entry,
}

impl<'a> Asked<'a> {
    fn of(cx: &Cx<'a>, id: RequestId) -> Option<Self> {
        let session = cx.app.state.session(id.session)?;
        let (request, step, entry) = session.request_and_step(id.seq)?;
        Some(Self { session, request, step, entry })
    }
}

/// Where the parts of a card's middle stand.
#[derive(Debug, Clone, Copy)]
struct Sides {
    /// The payload, and what is pinned below it.
    left: Area,
    /// The rule between.
    line: Area,
    /// The evidence, where there is room for it beside the payload.
    right: Option<Area>,
}

impl Sides {
    fn of(body: Area) -> Self {
        if body.width < BESIDE {
            return Self { left: body, line: Area::default(), right: None };
        }
        // The payload has the greater part: nothing of it may be cut, and its lines are long.
        let (left, rest) = body.left(body.width / 5 * 3);
        let (line, right) = rest.left(1);
        Self { left, line, right: Some(right) }
    }
}

/// Where the cursor stands, and the columns of a text of several rows.
type Typed = (Option<(u16, u16)>, Option<usize>);

/// How the payload, the evidence and an open menu share the rows; what stands beside; where something is typed.
fn shaped(
    cx: &Cx<'_>,
    (ui, hits): (&CardUi, &[Row]),
    asked: &Asked<'_>,
    payload: usize,
    evidence: Vec<Vec<Row>>,
    (inner, beside): (usize, Option<usize>),
    rows: usize,
) -> (Shape, Vec<Row>, Typed) {
    match (&ui.menu, beside) {
        (Some(menu), _) => {
            let menu = menu::draw(cx, (ui, hits), asked, menu, (inner, rows.saturating_sub(2)));
            let (right, _) = shape::fit(evidence, rows);
            (Shape::new(payload, Below::Menu(menu.rows), rows), right, (menu.cursor, menu.columns))
        }
        (None, None) => (Shape::new(payload, Below::Facts(evidence), rows), Vec::new(), (None, None)),
        (None, Some(_)) => {
            let (shape, right) = Shape::beside(payload, evidence, rows);
            (shape, right, (None, None))
        }
    }
}

/// What stands in the payload's place: the call as it is asked, or a changed one before it is sent.
struct Shown<'a> {
    entry: Cow<'a, Entry>,
    step: &'a Step,
    place: Place,
    face: Digest,
    /// It is what must stand there.
    is_there: bool,
}

impl<'a> Shown<'a> {
    fn of(ui: &'a CardUi, asked: &Asked<'a>) -> Self {
        let shows = ui.shows();
        match ui.changed() {
            Some(changed) => {
                // What it was made of stands for it: a payload is made anew once that changes.
                let made = shows.0.iter().take(8).fold(0u64, |all, &byte| all << 8 | u64::from(byte));
                let entry = Cow::Owned(Entry { changed: Seq(made), ..asked.entry.clone() });
                Self { entry, step: &changed.step, place: Place::Changed, face: shows, is_there: true }
            }
            None => Self {
                entry: Cow::Borrowed(asked.entry),
                step: asked.step,
                place: Place::Card,
                // With a hunk as it was edited it is not the call that is asked about: that is not read by it.
                face: ui.parts.edits(),
                is_there: shows == Digest::default(),
            },
        }
    }
}

impl Shown<'_> {
    /// What was written in the place of its hunks, where the call itself stands there.
    fn edits<'c>(&self, ui: &'c CardUi) -> Option<Edits<'c>> {
        let is_edited = self.place == Place::Card && ui.parts.edited() > 0;
        is_edited.then_some(Edits { parts: &ui.parts, digest: self.face })
    }
}

/// Rows for what was done before to the same files: beside the payload it takes the room that the other facts leave.
fn most_so_far(evidence: &[Vec<Row>], is_beside: bool, rows: usize) -> usize {
    let taken: usize = evidence.iter().map(Vec::len).sum();
    if is_beside { rows.saturating_sub(taken).max(4) } else { sofar::ROWS }
}

/// Rows of the payload with an empty cell before them; where the keys are at a hunk, with a mark there.
fn indented(cx: &Cx<'_>, rows: Vec<Row>, at_hand: Option<&Range<usize>>, top: usize) -> Vec<Row> {
    let lead = |(n, row): (usize, Row)| match at_hand {
        Some(hunk) if hunk.contains(&(top + n)) => {
            Row { spans: Row::of(cx.glyphs.cursor, Look::strong(Role::Accent)).with_row(row.clone()).spans, ..row }
        }
        Some(_) | None => row.indented(),
    };
    rows.into_iter().enumerate().map(lead).collect()
}

/// Where the cursor stands in what is typed below the payload.
fn cursor(place: Area, typed: Option<(u16, u16)>) -> Option<(u16, u16)> {
    let (column, row) = typed.filter(|&(_, row)| row < place.height)?;
    let column = (place.x + 1).saturating_add(column).min(place.x.saturating_add(place.width.saturating_sub(1)));
    Some((column, place.y.saturating_add(row)))
}

/// Puts the evidence beside the payload, where it stands there.
fn beside_it(cx: &Cx<'_>, sides: &Sides, right: Vec<Row>, rows: usize, out: &mut Plugged) {
    if let Some(place) = sides.right {
        out.put(sides.line, (0..rows).map(|_| Row::of(cx.glyphs.down, cx.edge())).collect());
        out.put(place, right.into_iter().map(Row::indented).collect());
    }
}

/// What stands on the disk: what became of its files since it was asked before, and what its command would hit.
fn aids(
    cx: &Cx<'_>,
    cache: &mut Cache,
    (ui, asked): (&CardUi, &Asked<'_>),
    (room, stands): (usize, losses::Stands),
    wants: &mut Vec<Want>,
) -> (Vec<Row>, Vec<Row>) {
    let on_disk = ondisk::rows(cx, cache, asked, room, wants);
    let changed = ui.changed().map(|face| (face, &ui.outlook));
    (on_disk, losses::rows(cx, cache, (asked, changed), (room + 2, stands), wants))
}

/// Lays a card out in an area: everything but the last line of the screen.
pub(super) fn layout(cx: &Cx<'_>, ui: &CardUi, cache: &mut Cache, area: Area) -> Plugged {
    let mut out = Plugged::default();
    let (id, width) = (ui.request, area.columns());
    let Some(asked) = Asked::of(cx, id) else {
        let said = " This request is not in memory any more: the session's timeline has it.";
        out.put(area, vec![Row::of(said, Role::Warn).clip(width)]);
        return out;
    };
    let body = frame(cx, ui, &asked, area, &mut out);
    let (within, middle) = search::bar(cx, id, body.middle, &mut out);
    let sides = Sides::of(middle);
    let inner = sides.left.columns().saturating_sub(2).max(1);
    let beside = sides.right.map(|right| right.columns().saturating_sub(2).max(1));
    let room = facts::room(beside.unwrap_or(inner)).saturating_sub(2);
    let so_far = sofar::rows(cx, cache, &asked, room, &mut out.wants);
    let aids = aids(cx, cache, (ui, &asked), (room, beside.into()), &mut out.wants);
    // Where a menu stands in the place of the facts, the last look has it.
    let hits = if beside.is_none() { aids.1.clone() } else { Vec::new() };
    let of = Some((asked.session.id, asked.entry.no));
    let nothing = DiffUi::default();
    let shown = Shown::of(ui, &asked);
    out.wants.extend(ui.changed().map(|face| Want::Ahead(id, face.digest)));
    let (entry, step, place) = (shown.entry.as_ref(), shown.step, shown.place);
    let diffs = if ui.diffs.of == of && place == Place::Card { &ui.diffs } else { &nothing };
    let to = Fitting { width: inner, manner: cx.app.manner, diffs, edits: shown.edits(ui) };
    let reader = Stand { top: ui.top, seen: ui.seen_rows };
    let known = ui.fit.map(|fit| (fit, reader));
    let payload = cache.payloads.payload(cx, asked.session, entry, step, place, (&to, known));
    out.wants.extend(payload.wants.iter().cloned());

    let rows = sides.left.rows();
    let mut evidence = facts::all(cx, (ui, &asked), payload, aids, beside.unwrap_or(inner), &mut out.wants);
    if let Some(so_far) = so_far {
        let most = most_so_far(&evidence, beside.is_some(), rows);
        facts::put_so_far(&mut evidence, so_far.into_rows(cx, most), beside.unwrap_or(inner));
    }
    let (shape, right, (typed, columns)) =
        shaped(cx, (ui, &hits), &asked, payload.rows(), evidence, (inner, beside), rows);
    let shape = shape.listing(facts::all_hits(cx, ui, &asked, inner), rows);
    out.columns = columns;
    beside_it(cx, &sides, right, rows, &mut out);
    // After a change of width or layout the same line stands first.
    let reader = payload.stand(ui.fit, reader);
    let (top, delta) = search::stand(within, payload, (reader.top, ui.delta), shape.view, &mut out);
    let stand = shape.settle(top, delta);
    let select = select::here(cx, SelectIn::Card);
    let chosen = select.map(|select| select::in_list(select, stand.top, shape.view, shape.all()));
    let stand = chosen.map_or(stand, |(top, _)| shape.settle(top, 0));
    let is_large = area.width >= LEAST.0 && area.height >= LEAST.1 && shape.view > 0;
    let left = payload.left(diffs);
    let receipt = PaintedCard {
        request: id,
        digest: asked.request.digest,
        face: shown.face,
        top: stand.top,
        rows: stand.payload.len(),
        uncut: payload.uncut(&stand.payload, left),
        fit: payload.fit(),
        carried: reader.seen,
        of: shape.of,
        lines: payload.lines(),
        // What is selected is looked at for another reason: it reads nothing.
        framed: is_large && select.is_none(),
        whole: is_large && payload.is_here() && select.is_none() && shown.is_there,
    };
    let top = i64::try_from(stand.top).unwrap_or(i64::MAX);
    let marks = payload.marks(&stand.payload, top);
    let hunks = if place == Place::Card { payload.hunks() } else { Arc::default() };
    out.diffs = Some(PaintedDiffs { of, top, marks, files: payload.files(), hunks: Arc::clone(&hunks) });
    let can_choose = place == Place::Card && parts::can_choose(cx, &asked);
    let hunks_of = u32::try_from(hunks.len()).ok().filter(|_| can_choose).unwrap_or(0);
    let (loading, purged) = (payload.loading, payload.purged);
    let here = life::Here { receipt, loading, purged, is_large, marks, left, hunks: hunks_of };
    out.put(body.last, vec![last_row(cx, ui, &asked, &here, (select.is_some(), width))]);
    out.card = Some(receipt);

    let mut rows = cache.payloads.rows(cx, asked.session, entry, place, (stand.payload.clone(), left));
    if ui.menu.is_none() && can_choose {
        parts::mark(cx, &ui.parts, &hunks, &mut rows, (stand.payload.start, inner));
    }
    if let Some(needle) = within.and_then(Within::needle) {
        find::mark(&needle, &mut rows);
    }
    rows.extend(shape.behind(&stand));
    let (view, rest) = sides.left.top(cells(shape.view));
    let at_hand = parts::at_hand(cx, ui, &asked, &hunks);
    let mut rows = indented(cx, rows, at_hand.as_ref(), stand.top);
    let at = select::anchors(stand.top, rows.len());
    select::mark(cx, &mut out.lines, view, SelectIn::Card, &mut rows, &at);
    out.put(view, rows);
    out.selected = select.zip(chosen).map(|(select, (_, to))| {
        select::of_list(cx, (select, to), shape.all(), |rows| {
            let payload = rows.start.min(shape.of)..rows.end.min(shape.of);
            let mut made = cache.payloads.rows(cx, asked.session, entry, place, (payload, left));
            made.extend(shape.behind_rows(rows));
            made.into_iter().map(Row::indented).collect()
        })
    });
    out.hits.push((view.tuple(), Hit::Card));
    let (gap, rest) = rest.top(cells(shape.gap));
    if shape.view < shape.of || !shape.is_flat() {
        out.put(gap, vec![more(cx, shape.of - stand.payload.end, sides.left.columns())]);
    }
    out.cursor = cursor(rest, typed);
    out.put(rest, shape.pinned.into_iter().map(Row::indented).collect());
    out
}

/// What the card says of itself below all.
fn last_row(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, here: &life::Here, (selects, width): (bool, usize)) -> Row {
    match selects {
        true => Row::of(" rows are selected: nothing is read or decided meanwhile", Role::Info).clip(width),
        false => life::row(cx, ui, asked, here, width),
    }
}

/// What is left of a card's area between its head and its foot.
struct Body {
    middle: Area,
    last: Area,
}

/// Puts the head and the rules; gives what is left.
fn frame(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, area: Area, out: &mut Plugged) -> Body {
    let width = area.columns();
    let mut head = vec![title::row(cx, (ui, asked), width)];
    head.extend(title::banner(asked, width));
    if area.rows() >= RULES {
        head.extend(title::held(cx, asked, width));
    }
    let has_rules = area.rows() >= RULES;
    if has_rules {
        head.push(Row::of(cx.glyphs.across.repeat(width), cx.edge()));
    }
    let (place, rest) = area.top(cells(head.len()));
    out.put(place, head);
    let (last, rest) = rest.bottom(1);
    let (line, middle) = rest.bottom(u16::from(has_rules));
    if has_rules {
        let rule = next::rule(cx, ui, asked, width, &mut out.wants);
        out.put(line, vec![rule]);
    }
    Body { middle, last }
}

/// The rule below a payload that goes on: `── ↓ 350 more ──`.
fn more(cx: &Cx<'_>, unseen: usize, width: usize) -> Row {
    let rule = |cells: usize| Row::of(cx.glyphs.across.repeat(cells), cx.edge());
    if unseen == 0 {
        return rule(width);
    }
    let said = Row::of(format!(" {} {unseen} more ", cx.glyphs.below), Look::strong(Role::Info));
    rule(width.saturating_sub(said.width() + 2)).with_row(said).with_row(rule(2)).clip(width)
}
