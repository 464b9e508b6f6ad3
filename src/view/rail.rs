//! The rail: sessions in their groups, each with its mark, number, name and age.

use super::elsewhere::{fold, other};
use super::glyphs::phase_role;
use super::{Area, Cx, Look, Mark, Row, Scene, area::cells, clock, flag, meter};
use crate::domain::{Elsewhere, LaneId};
use crate::keymap;
use crate::state::{Group, Phase, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::{Action, App, Filter, Focus, Listed, OtherCount, OtherRow, Sort, msg::Hit};

/// A row of the rail.
enum Line<'a> {
    Head(Group, usize),
    Session(Listed<'a>),
    /// A rule of space before what is none of taut's own.
    Gap,
    /// How many sessions of other tools there are.
    Fold(OtherCount),
    /// One of them.
    Other(&'a Elsewhere),
}

/// Where the word for a state stands, so that no mark and no colour stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// In the heads of the groups.
    Heads,
    /// In the rows of what wants to be seen.
    Rows,
    /// Nowhere in this row: there is no room, and its mark says it.
    None,
}

/// From so many rows on, groups have heads even if not all sessions have room then.
const HEADS: usize = 12;
/// Cells of a name before which words give way.
const NAME: usize = 10;
/// Cells of a name before which figures give way.
const SHORT_NAME: usize = 6;

/// Draws the rail.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let (head, body) = area.top(u16::from(area.height >= 5 || cx.app.fleet.typing));
    let listed = cx.app.listed();
    draw_head(cx, scene, head, listed.len());
    let others = cx.app.others();
    if listed.is_empty() && others.is_empty() {
        scene.put(body, nothing(cx).into_iter().map(|line| Row::of(line, Role::Muted)).collect());
        return;
    }
    // Folded they stand below everything, whatever is listed above.
    let pinned = !others.is_empty() && !cx.app.lists_others() && body.rows() >= 4;
    let (foot, body) = body.bottom(u16::from(pinned));
    if pinned {
        scene.hit(foot, Hit::Other(OtherRow::Fold));
        scene.put_row(foot, fold(cx, App::count_others(&others), foot.columns()));
    }
    let (mut lines, words) = lines(cx, listed, body.rows());
    if !pinned {
        self::others(cx, &others, &mut lines);
    }
    let selected = lines.iter().position(|line| match (line, cx.app.other_at()) {
        (Line::Session(row), None) => Some(row.session.id) == cx.app.selected,
        (Line::Fold(_), Some(at)) => at == OtherRow::Fold,
        (Line::Other(one), Some(at)) => at == OtherRow::One(one.id),
        _ => false,
    });
    // The selected one is always in sight; otherwise the first ones are.
    let spare = usize::from(body.rows() > 1);
    let from = selected.map_or(0, |at| (at + 1 + spare).saturating_sub(body.rows()));
    let from = from.min(lines.len().saturating_sub(body.rows()));
    let mut rows = Vec::with_capacity(body.rows());
    let place = |row: usize| Area { y: body.y.saturating_add(cells(row)), height: 1, ..body };
    for line in lines.iter().skip(from).take(body.rows()) {
        match line {
            Line::Head(group, count) => rows.push(head_of(*group, *count)),
            Line::Gap => rows.push(Row::new()),
            Line::Fold(count) => {
                scene.hit(place(rows.len()), Hit::Other(OtherRow::Fold));
                rows.push(fold(cx, *count, area.columns()));
            }
            Line::Other(one) => {
                scene.hit(place(rows.len()), Hit::Other(OtherRow::One(one.id)));
                rows.push(other(cx, one, area.columns()));
            }
            Line::Session(listed) => {
                scene.hit(place(rows.len()), Hit::Session(listed.session.id));
                rows.push(row(cx, *listed, words, area.columns()));
            }
        }
    }
    let hidden = lines.len().saturating_sub(from + body.rows());
    if hidden > 0 && body.rows() > 1 {
        rows.pop();
        let below = lines.iter().skip(from + rows.len());
        let count = below.filter(|line| matches!(line, Line::Session(_) | Line::Other(_))).count();
        rows.push(Row::of(format!(" {} {count} more", cx.glyphs.below), Role::Muted));
    }
    scene.put(body, rows);
}

/// ` FLEET by need     7`; what is listed where that is not all; the letters while a name is typed.
fn draw_head(cx: &Cx<'_>, scene: &mut Scene, area: Area, listed: usize) {
    let fleet = &cx.app.fleet;
    let keyed = cx.app.focus == Focus::Rail;
    let look = if keyed { Look::strong(Role::EdgeFocused) } else { Role::Muted.into() };
    let narrowed = fleet.filter != Filter::All || !fleet.name.is_empty();
    let of = cx.app.slots.len();
    let count =
        if narrowed && fleet.filter != Filter::Archived { format!("{listed}/{of}") } else { listed.to_string() };
    let count = Row::of(count, Role::Muted);
    let width = area.columns().saturating_sub(1);
    if fleet.typing || !fleet.name.is_empty() {
        let typed = text::visible(&fleet.name).text.into_owned();
        let room = width.saturating_sub(count.width() + 4);
        // What is being typed stays in sight: its end.
        let typed = if text::width(&typed) > room { last(&typed, room) } else { typed };
        let row = Row::of(" /", Look::strong(Role::Accent)).with(typed, Look::strong(Role::Text));
        if fleet.typing && !area.is_empty() {
            scene.cursor = Some((area.x.saturating_add(cells(row.width())), area.y));
        }
        scene.put_row(area, row.right(count, width));
        return;
    }
    let mut row = match fleet.filter {
        Filter::All => Row::of(" FLEET", look),
        filter => Row::of(format!(" {}", filter.words().to_uppercase()), Look::strong(Role::Info)),
    };
    let sort = Row::of(format!(" {}", fleet.sort.words()), Role::Muted);
    if row.width() + sort.width() + count.width() < width {
        row.append(sort);
    }
    scene.put_row(area, row.right(count, width));
}

/// The end of a text, in at most `room` cells.
fn last(text: &str, room: usize) -> String {
    let mut used = 1;
    let mut from = text.len();
    for (at, _, cells) in text::graphemes(text).rev() {
        used += cells;
        if used > room {
            break;
        }
        from = at;
    }
    format!("…{}", &text[from..])
}

/// Why nothing is listed, and what lists something.
fn nothing(cx: &Cx<'_>) -> Vec<String> {
    let fleet = &cx.app.fleet;
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    match fleet.filter {
        _ if !fleet.name.is_empty() => vec![" no such name".to_owned(), " esc lists all".to_owned()],
        Filter::All => vec![" no session yet".to_owned()],
        _ => {
            vec![" none".to_owned(), format!(" {} lists others", key(Action::Filter, "f")), " esc lists all".to_owned()]
        }
    }
}

/// The rows under the heads of their groups, where there is room for all of it.
fn lines<'a>(cx: &Cx<'a>, listed: Vec<Listed<'a>>, room: usize) -> (Vec<Line<'a>>, Words) {
    let count = |group| listed.iter().filter(|row| row.group == group).count();
    let heads: Vec<(Group, usize)> = Group::ALL.into_iter().map(|group| (group, count(group))).collect();
    let used = heads.iter().filter(|(_, count)| *count > 0).count();
    // Where not all has room, the heads stay: what they push out of sight is what nobody waits for.
    let with_heads = cx.app.fleet.sort == Sort::Need && (listed.len() + used <= room || room >= HEADS);
    let mut lines = Vec::with_capacity(listed.len() + used);
    let mut newest = None;
    for row in listed {
        if with_heads && newest != Some(row.group) {
            newest = Some(row.group);
            lines.push(Line::Head(
                row.group,
                heads.iter().find(|(group, _)| *group == row.group).map_or(0, |(_, n)| *n),
            ));
        }
        lines.push(Line::Session(row));
    }
    (lines, if with_heads { Words::Heads } else { Words::Rows })
}

/// The sessions of other tools, below taut's own.
fn others<'a>(cx: &Cx<'a>, others: &[&'a Elsewhere], lines: &mut Vec<Line<'a>>) {
    if others.is_empty() {
        return;
    }
    if !lines.is_empty() {
        lines.push(Line::Gap);
    }
    lines.push(Line::Fold(App::count_others(others)));
    if cx.app.lists_others() {
        lines.extend(others.iter().map(|one| Line::Other(one)));
    }
}

fn head_of(group: Group, count: usize) -> Row {
    let look: Look = match group {
        Group::NeedsYou => Role::Accent.into(),
        Group::Failed => Role::Danger.into(),
        Group::Done => Role::Good.into(),
        Group::Working | Group::Idle | Group::Ended => Role::Muted.into(),
    };
    Row::of(format!(" {}", group.words()), look).with(format!(" {count}"), Role::Muted)
}

/// `▌? 2 fix-auth ↳1   3m`.
fn row(cx: &Cx<'_>, listed: Listed<'_>, words: Words, width: usize) -> Row {
    let Listed { session, group } = listed;
    let phase = cx.phase(session);
    let keyed = cx.app.focus == Focus::Rail;
    let unseen = matches!(group, Group::Done | Group::Failed);
    let role = match group {
        // What was seen is quiet, however it ended: its mark stays.
        Group::Idle | Group::Ended => Role::Muted,
        Group::Done => Role::Good,
        Group::NeedsYou | Group::Working | Group::Failed => phase_role(phase),
    };
    let loud = role == Role::Accent;
    let look = if loud || unseen { Look::strong(role) } else { role.into() };
    // The cursor is where the keys are: it may have left taut's own sessions.
    let selected = cx.app.selected == Some(session.id) && cx.app.other_at().is_none();
    let mut row = match selected {
        true if keyed => Row::of(cx.glyphs.cursor, Role::Accent),
        true => Row::of(cx.glyphs.cursor, Role::Muted),
        false => Row::of(" ", Role::Text),
    };
    row.push(Mark::of_phase(phase).sign(cx.glyphs), look);
    let slot = cx.slot(session.id).map_or_else(|| "   ".to_owned(), |slot| format!("{slot:>2} "));
    row.push(slot, if loud { look } else { Role::Muted.into() });

    let name = cx.name(session);
    let room = |right: &Row| width.saturating_sub(row.width() + right.width() + 2);
    // Marks say as well that it is stalled or flagged: the name goes before the words.
    let gives_way = matches!(phase, Phase::Stalled(_)) || flag::short(cx, session, flag::Room::Mark).is_some();
    let ways = [
        (NAME, (words, flag::Room::Words)),
        (SHORT_NAME, (words, flag::Room::Figure)),
        (0, (Words::None, flag::Room::Mark)),
    ];
    let mut right = Row::new();
    for (enough, way) in ways.into_iter().take(if gives_way { 3 } else { 1 }) {
        right = self::right(cx, session, phase, way, (look, loud), width);
        if room(&right) >= enough.min(text::width(&name)) {
            break;
        }
    }
    let room = room(&right);
    let name_look = match (loud, selected, role == Role::Muted) {
        (true, ..) => look,
        (false, true, _) => Look::strong(Role::Text),
        (false, false, true) => Role::Muted.into(),
        (false, false, false) => Role::Text.into(),
    };
    // Names that begin alike are told apart by how they end.
    row.push(text::middle(&name, room).into_owned(), name_look);
    row.right(right, width.saturating_sub(1))
}

/// Subagents, the word where no head says it, the age.
fn right(
    cx: &Cx<'_>,
    session: &Session,
    phase: Phase,
    (words, flags): (Words, flag::Room),
    (look, loud): (Look, bool),
    width: usize,
) -> Row {
    let mut right = Row::new();
    let lanes = session.lanes.iter().filter(|(id, lane)| **id != LaneId::ROOT && !lane.ended).count();
    if lanes > 0 && session.is_live() {
        right.push(format!("{}{lanes} ", Mark::Lane.sign(cx.glyphs)), Role::Muted);
    }
    if let Some(near) = meter::near(cx, &session.meter, width).filter(|_| session.is_live()) {
        right.push(near, Role::MeterHigh);
    }
    if session.is_pinned() {
        right.push(format!("{} ", Mark::Pinned.sign(cx.glyphs)), Role::Muted);
    }
    if let Some(beside) = flag::beside(cx, session) {
        right.append(beside);
    }
    if let Some(flag) = flag::short(cx, session, flags) {
        right.append(flag);
    }
    let word = match cx.app.group_of(session) {
        Group::Done | Group::Failed if words == Words::Rows => cx.app.group_of(session).words(),
        _ if matches!(phase, Phase::Stalled(_)) && words != Words::None => "stalled",
        _ => "",
    };
    // Where no word has room, a sign of its own stands for it: the one before the name is small.
    let stalled_alone = matches!(phase, Phase::Stalled(_)) && words == Words::None;
    if stalled_alone && flag::short(cx, session, flag::Room::Mark).is_none() {
        right.push(format!("{} ", Mark::Flag.sign(cx.glyphs)), look);
    }
    if !word.is_empty() {
        right.push(format!("{word} "), look);
    }
    let by_cost = cx.app.fleet.sort == Sort::Cost;
    let cost = session.meter.cost.filter(|_| by_cost);
    let told = match cost {
        Some(cost) => text::human::money(cost.micros, cost.currency),
        None if by_cost => cx.glyphs.unknown.to_owned(),
        None => clock::age(session.since(phase), cx.now),
    };
    right.push(format!("{told:>3}"), if loud { look } else { Role::Muted.into() });
    right
}
