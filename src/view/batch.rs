//! Several requests over the whole screen, one below the other: each with who asks, what for, why it waits, and its payload
//! whole. What the frame says it showed ([`PaintedBatch`]) is exactly what it showed: decisions rest on it.

use super::payload::{Fitting, Ink, Payload, Place};
use super::{Area, Cache, Cx, Look, Region, Row, area::cells, card, clock};
use crate::domain::{Completeness, Decision, LaneId, RequestId};
use crate::keymap;
use crate::state::{Entry, Request, Session, Stage, Step};
use crate::text;
use crate::theme::Role;
use crate::ui::batch::{BatchUi, Item, PaintedBatch, PaintedItem};
use crate::ui::diffs::{DiffUi, Manner};
use crate::ui::{Action, Want};
use std::collections::BTreeSet;

/// The least area in which several can be decided upon.
const LEAST: (u16, u16) = (20, 5);
/// From so many rows on, rules set the parts apart.
const RULES: usize = 12;
/// Sentences of what fell out that are shown.
const FALLEN: usize = 3;

/// What the card gives to the frame.
#[derive(Debug, Default)]
pub(super) struct Plugged {
    /// What it shows.
    pub(super) regions: Vec<Region>,
    /// What of it was painted.
    pub(super) batch: PaintedBatch,
    /// What it lacked.
    pub(super) wants: Vec<Want>,
    /// The area in which it scrolls.
    pub(super) view: Area,
    /// Where the cursor stands while a reason is typed.
    pub(super) cursor: Option<(u16, u16)>,
}

impl Plugged {
    fn put(&mut self, area: Area, mut rows: Vec<Row>) {
        rows.truncate(area.rows());
        if !area.is_empty() {
            self.regions.push(Region { area, rows });
        }
    }
}

/// What one of them is about.
#[derive(Clone, Copy)]
struct Asked<'a> {
    session: &'a Session,
    request: &'a Request,
    step: &'a Step,
    entry: &'a Entry,
}

fn asked<'a>(cx: &Cx<'a>, id: RequestId) -> Option<Asked<'a>> {
    let session = cx.app.state.session(id.session)?;
    let (request, step, entry) = session.request_and_step(id.seq)?;
    Some(Asked { session, request, step, entry })
}

/// One of them, laid out: its head, and how many rows its payload has.
struct Block<'a> {
    asked: Option<Asked<'a>>,
    head: Vec<Row>,
    shown: PaintedItem,
    /// Its first row among all.
    start: usize,
}

impl Block<'_> {
    fn rows(&self) -> usize {
        // An empty row after it.
        self.shown.of + 1
    }
}

/// Lays the card out in an area: everything but the last line of the screen.
pub(super) fn layout(cx: &Cx<'_>, ui: &BatchUi, cache: &mut Cache, area: Area) -> Plugged {
    let mut out = Plugged::default();
    let width = area.columns();
    let has_rules = area.rows() >= RULES;
    let rule = || Row::of(cx.glyphs.across.repeat(width), cx.edge());
    let mut head = vec![title(cx, ui, width)];
    head.extend(has_rules.then(rule));
    let (place, rest) = area.top(cells(head.len()));
    out.put(place, head);
    let (last, rest) = rest.bottom(1);
    let (below, cursor) = below(cx, ui, width, rest.rows());
    let (pinned, rest) = rest.bottom(cells(below.len()));
    let (line, view) = rest.bottom(u16::from(has_rules));
    out.put(line, vec![rule()]);

    let inner = width.saturating_sub(2).max(1);
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut start = 0;
    for (n, item) in ui.items.iter().enumerate() {
        let block = block(cx, cache, &mut out.wants, (ui, n, item), (start, width, inner));
        start += block.rows();
        blocks.push(block);
    }
    let all = start.saturating_sub(1);
    let top = settle(ui, all, view.rows());
    let bottom = top.saturating_add(view.rows());
    let mut rows = Vec::with_capacity(view.rows());
    for block in &mut blocks {
        draw(cx, cache, block, (top, bottom), inner, &mut rows);
    }
    if ui.items.is_empty() {
        rows.push(Row::of(" nothing is left of it: esc goes back to the queue", Role::Warn).clip(width));
    }
    let is_large = area.width >= LEAST.0 && area.height >= LEAST.1 && !view.is_empty();
    out.put(view, rows);
    out.put(pinned, below);
    out.cursor = cursor.map(|(column, row)| (pinned.x.saturating_add(column), pinned.y.saturating_add(row)));
    out.batch = PaintedBatch {
        top,
        framed: is_large,
        whole: is_large && blocks.iter().all(|block| block.shown.here),
        items: blocks.iter().map(|block| block.shown).collect(),
    };
    let said = status(cx, ui, &out.batch, is_large);
    let unseen = all.saturating_sub(bottom);
    let more = match unseen {
        0 => Row::new(),
        unseen => Row::of(format!("{} {unseen} more ", cx.glyphs.below), Look::strong(Role::Info)),
    };
    let said = Row::of(format!(" {}", said.0), said.1);
    let fits = said.width() + more.width() < width;
    out.put(last, vec![if fits { said.right(more, width) } else { said.clip(width) }]);
    out.view = view;
    out
}

/// Where the reader stands.
fn settle(ui: &BatchUi, all: usize, view: usize) -> usize {
    let most = all.saturating_sub(view);
    let far = usize::try_from(ui.delta.unsigned_abs()).unwrap_or(usize::MAX);
    let top = ui.top.min(most);
    if ui.delta < 0 { top.saturating_sub(far) } else { top.saturating_add(far).min(most) }
}

/// ` BATCH 3 alike    run    ● mid    in ~/app`.
fn title(cx: &Cx<'_>, ui: &BatchUi, width: usize) -> Row {
    let space = if width >= 72 { "    " } else { "  " };
    let mut row = Row::of(format!(" BATCH {}", ui.items.len()), Look::strong(Role::Accent));
    let Some(first) = ui.items.first().and_then(|item| asked(cx, item.request)) else { return row.clip(width) };
    row.push(format!("{space}{}", first.step.impact.word()), Look::strong(Role::Text));
    if let Some(verdict) = &first.request.verdict {
        let (sign, look) = card::risk(cx, verdict.risk);
        row.push(format!("{space}{sign} {}", verdict.risk.word()), look);
    }
    let all = folders(cx, ui);
    let folder = match all.len() {
        0 | 1 => cx.folder(folder(&first)),
        several => format!("{several} folders, each at its own"),
    };
    let room = width.saturating_sub(row.width() + space.len() + 4);
    if room >= 8 {
        row.push(format!("{space}in {}", text::middle(&folder, room)), Role::Muted);
    }
    row.clip(width)
}

/// The folder that one of them works in.
fn folder<'a>(asked: &Asked<'a>) -> &'a str {
    asked.step.cwd.as_deref().unwrap_or(&asked.session.cwd)
}

/// The folders that they work in.
fn folders<'a>(cx: &Cx<'a>, ui: &BatchUi) -> BTreeSet<&'a str> {
    ui.items.iter().filter_map(|item| asked(cx, item.request)).map(|asked| folder(&asked)).collect()
}

/// One of them: its head and its payload.
fn block<'a>(
    cx: &Cx<'a>,
    cache: &mut Cache,
    wants: &mut Vec<Want>,
    (ui, n, item): (&BatchUi, usize, &Item),
    (start, width, inner): (usize, usize, usize),
) -> Block<'a> {
    let gone = PaintedItem {
        request: item.request,
        digest: item.digest,
        first: 0,
        uncut: 0,
        of: 1,
        lines: 0,
        fit: crate::ui::diffs::Fit::default(),
        here: false,
    };
    let Some(asked) = asked(cx, item.request) else {
        let head = vec![Row::of(" it is not in memory any more", Role::Warn).clip(width)];
        return Block { asked: None, head, shown: gone, start };
    };
    let payload = payload(cx, cache, &asked, inner);
    wants.extend(payload.wants.iter().cloned());
    let rows = payload.rows();
    let shown = PaintedItem {
        digest: asked.request.digest,
        lines: payload.lines(),
        fit: payload.fit(),
        here: payload.is_here(),
        ..gone
    };
    let doubts = payload.doubts.sentences();
    let mut head = vec![head_row(cx, &asked, (ui, n, item), width)];
    let place = (folders(cx, ui).len() > 1).then(|| cx.folder(folder(&asked)));
    facts(&asked, place.as_deref(), &doubts, width, &mut head);
    let shown = PaintedItem { of: head.len() + rows, ..shown };
    Block { asked: Some(asked), head, shown, start }
}

/// Its payload, always wrapped and unified: nothing of it may be cut.
fn payload<'c>(cx: &Cx<'_>, cache: &'c mut Cache, asked: &Asked<'_>, width: usize) -> &'c mut Payload {
    let diffs = DiffUi::default();
    let to = Fitting { width, manner: Manner::default(), diffs: &diffs, edits: None };
    cache.payloads.payload(cx, asked.session, asked.entry, asked.step, Place::Batch, (&to, None))
}

/// `── 2 of 3   2 fix-auth › reviewer   run   cargo test   waiting 3m ── read`.
fn head_row(cx: &Cx<'_>, asked: &Asked<'_>, (ui, n, item): (&BatchUi, usize, &Item), width: usize) -> Row {
    let mut row = Row::of(format!("{} ", cx.glyphs.across.repeat(2)), cx.edge());
    row.push(format!("{} of {}  ", n + 1, ui.items.len()), Look::strong(Role::Accent));
    if let Some(slot) = cx.slot(asked.session.id) {
        row.push(format!("{slot} "), Role::Muted);
    }
    row.push(cx.name(asked.session), Look::strong(cx.hue(asked.session.id)));
    if asked.entry.lane != LaneId::ROOT {
        for lane in asked.session.path_of(asked.entry.lane).iter().skip(1) {
            row.push(format!("{}{}", cx.glyphs.path, text::visible(lane).text), Role::Text);
        }
    }
    row.push(format!("  {}", asked.step.impact.word()), Role::Text);
    let fate = fate(cx, asked.request, item);
    let room = width.saturating_sub(row.width() + fate.width() + 4);
    let age = format!("  waiting {}", clock::age(asked.request.asked, cx.now));
    let mut row = row.clip(width);
    if asked.request.waits() && age.len() <= room {
        row.push(age, Role::Muted);
    }
    let fill = width.saturating_sub(row.width() + fate.width() + 4);
    row.push(format!(" {}", cx.glyphs.across.repeat(fill)), cx.edge());
    if fate.width() > 0 && row.width() + fate.width() < width {
        row.push(" ", Role::Text);
        row.append(fate);
    }
    row.clip(width)
}

/// How far it was read, or what became of it.
fn fate(cx: &Cx<'_>, request: &Request, item: &Item) -> Row {
    match (request.stage(), item.sent) {
        (Stage::Open, false) if item.end => Row::of("read", Role::Good),
        (Stage::Open, false) if item.seen > 0 => Row::of(format!("{} of {}", item.seen, item.of), Role::Muted),
        (Stage::Open, false) => Row::new(),
        (Stage::Open, true) => {
            let held =
                cx.app.status.store_error.is_some() && cx.app.answer_to(item.request).is_some_and(Decision::allows);
            match held {
                true => Row::of("HELD: not written yet", Look::strong(Role::Warn)),
                false => Row::of("on its way", Role::Info),
            }
        }
        (..) => match (&request.answered, &request.closed) {
            (Some(answered), None) => {
                let role = if answered.decision.allows() { Role::Good } else { Role::Warn };
                Row::of(answered.decision.word(), Look::strong(role))
            }
            (Some(answered), Some(_)) => Row::of(format!("{}, and over", answered.decision.word()), Role::Muted),
            (None, _) => Row::of("over", Role::Muted),
        },
    }
}

/// Why it waits, what to look at closely, and that it is not all.
fn facts(asked: &Asked<'_>, place: Option<&str>, doubts: &[Ink], width: usize, rows: &mut Vec<Row>) {
    let mut say = |label: &'static str, ink: &Ink| {
        let lead = if width >= 32 { 6 } else { 1 };
        for (n, range) in ink.wrap(width.saturating_sub(lead + 1).max(1)).enumerate() {
            let mut row = Row::of(if n == 0 && lead > 1 { label } else { "" }, Role::Muted);
            row.pad_to(lead);
            ink.draw(range, &mut row);
            rows.push(row);
        }
    };
    if let Some(place) = place {
        say(" in", &Ink::exact(place, Look::strong(Role::Text)));
    }
    if asked.request.payload == Completeness::Fragment {
        say(
            " ",
            &Ink::plain(
                "A FRAGMENT: the agent shows a piece, not everything that it would do",
                Look::strong(Role::Warn),
            ),
        );
    }
    for changed in &asked.request.changed {
        say(" new", &Ink::exact(changed, Look::strong(Role::Warn)));
    }
    for doubt in doubts {
        say(" look", doubt);
    }
    if let Some(verdict) = &asked.request.verdict {
        let line = verdict.rule.line.map(|line| format!(":{line}")).unwrap_or_default();
        let mut ink = Ink::exact(&verdict.reasons.join("; "), Role::Text).and("  ", Role::Text);
        ink.append(Ink::exact(&format!("{}{line}", verdict.rule.source), Role::Muted));
        say(" why", &ink);
    }
}

/// Puts those rows of one that are in sight, and notes which these are.
fn draw(
    cx: &Cx<'_>,
    cache: &mut Cache,
    block: &mut Block<'_>,
    (top, bottom): (usize, usize),
    inner: usize,
    rows: &mut Vec<Row>,
) {
    let (start, end) = (block.start, block.start + block.rows());
    if start >= bottom || end <= top {
        return;
    }
    let (head, all) = (block.head.len(), block.shown.of);
    let from = top.saturating_sub(start);
    let to = (bottom - start).min(all + 1);
    rows.extend(block.head.iter().take(to.min(head)).skip(from).cloned());
    block.shown.first = from.min(all);
    block.shown.uncut = to.min(head).saturating_sub(from);
    let (first, last) = (from.saturating_sub(head), to.min(all).saturating_sub(head));
    if let Some(asked) = block.asked.filter(|_| first < last) {
        let payload = payload(cx, cache, &asked, inner);
        block.shown.uncut += payload.uncut(&(first..last), 0);
        let drawn = cache.payloads.rows(cx, asked.session, asked.entry, Place::Batch, (first..last, 0));
        rows.extend(drawn.into_iter().map(Row::indented));
    }
    if to > all {
        rows.push(Row::new());
    }
}

/// What stands below them: what fell out, and the reason that is typed.
fn below(cx: &Cx<'_>, ui: &BatchUi, width: usize, room: usize) -> (Vec<Row>, Option<(u16, u16)>) {
    let mut rows = Vec::new();
    let inner = width.saturating_sub(2).max(1);
    let skip = ui.fallen.len().saturating_sub(FALLEN);
    for fallen in ui.fallen.iter().skip(skip) {
        let ink = Ink::plain("fell out  ", Look::strong(Role::Warn));
        let mut ink = ink;
        ink.append(Ink::exact(fallen, Role::Warn));
        for range in ink.wrap(inner) {
            let mut row = Row::of(" ", Role::Text);
            ink.draw(range, &mut row);
            rows.push(row);
        }
    }
    rows.truncate(room / 3);
    let Some(reason) = &ui.reason else { return (rows, None) };
    let open = ui.open().count();
    rows.push(Row::of(format!(" DENY ALL {open}"), Look::strong(Role::Accent)).clip(width));
    let lead = " why not: ";
    let ink = Ink::exact(reason, Role::Text);
    let mut cursor = (0, 0);
    for (n, range) in ink.wrap(width.saturating_sub(lead.len() + 1).max(1)).enumerate() {
        let mut row = Row::of(if n == 0 { lead } else { "" }, Look::strong(Role::Accent));
        row.pad_to(lead.len());
        ink.draw(range, &mut row);
        cursor = (row.width(), rows.len());
        rows.push(row);
    }
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    let hint = format!(" {} denies them   {} back", key(Action::Submit, "enter"), key(Action::Back, "esc"));
    rows.push(Row::of(hint, Role::Muted).clip(width));
    // What is typed stays in sight; it may take all but a few rows.
    let over = rows.len().saturating_sub(room.saturating_sub(2).max(1));
    rows.drain(..over);
    (rows, Some((cells(cursor.0), cells(cursor.1.saturating_sub(over)))))
}

/// The last line: how far they were read, or why they can't be decided.
fn status(cx: &Cx<'_>, ui: &BatchUi, shown: &PaintedBatch, is_large: bool) -> (String, Look) {
    if let Err(why) = cx.app.can_act() {
        return (text::prose(&why).text.into_owned(), Role::Warn.into());
    }
    if !is_large {
        return ("too small to decide here: needs 20x6".to_owned(), Look::strong(Role::Warn));
    }
    let open = ui.open().count();
    if ui.items.is_empty() {
        return ("nothing is left of it".to_owned(), Role::Warn.into());
    }
    if open == 0 {
        return ("each was answered by itself: its own line says what became of it".to_owned(), Role::Info.into());
    }
    if ui.reason.is_some() {
        return ("nothing is denied before it is sent".to_owned(), Role::Muted.into());
    }
    if !shown.whole {
        return ("loading: they can be denied now, and allowed once all is here".to_owned(), Role::Info.into());
    }
    // This frame counted.
    let (mut seen, mut of) = (0, 0);
    for (item, shown) in ui.items.iter().zip(&shown.items).filter(|(item, _)| !item.sent) {
        let before = if item.fit == Some(shown.fit) && item.of == shown.of { item.seen } else { 0 };
        let now = if shown.first <= before { before.max(shown.first + shown.uncut) } else { before };
        of += shown.of;
        seen += if item.end { shown.of } else { now.min(shown.of) };
    }
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    if seen >= of {
        let (allow, deny) = (key(Action::Allow, "a"), key(Action::Deny, "d"));
        return (format!("all of them were read: {allow} allows {open} once, {deny} denies {open}"), Role::Good.into());
    }
    let page = key(Action::PageDown, "space");
    (format!("seen {seen} of {of} lines{}{page} reads on", cx.glyphs.dot), Look::strong(Role::Accent))
}
