//! One pane: whose it is, what it carries, what happened, and where a prompt is written.

use super::complete;
use super::composer::Composer;
use super::elsewhere;
use super::glyphs::phase_role;
use super::{Area, Cache, Cx, Look, Mark, Row, Scene, area::cells, clock, entry, find, flag, meter, timeline};
use crate::domain::Risk;
use crate::state::{Life, Phase, Request, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::{Focus, Want, msg::Hit};

/// Whether a pane stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// It is the only one.
    Alone,
    /// Others stand beside it: which one has the focus shows in its head.
    Others,
}

/// Draws pane `pane`.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, pane: usize, among: Among) {
    let shown = cx.app.panes.get(pane).copied().flatten().or(cx.app.selected.filter(|_| pane == cx.app.pane));
    scene.hit(area, Hit::Pane(pane));
    if let Some(at) = cx.app.other_at().filter(|_| pane == cx.app.pane) {
        return elsewhere::draw(cx, scene, area, at);
    }
    let Some(session) = shown.and_then(|id| cx.app.state.session(id)) else {
        scene.put_row(area, Row::of(" no session here", Role::Muted));
        return;
    };
    let focused = cx.app.pane == pane;
    let (head, rest) = area.top(1);
    scene.put_row(head, title(cx, session, head.columns(), focused, among));
    let (second, rest) = rest.top(u16::from(rest.height >= 5));
    let room = second.columns().saturating_sub(2);
    let told = match among {
        Among::Others => waits_for(cx, session, room, &mut scene.painted.wants),
        Among::Alone => None,
    };
    let told = told.unwrap_or_else(|| meter::row(cx, &session.meter, room));
    scene.put_row(second, Row::of(" ", Role::Text).with_row(told));
    // A pane among others is small: what it says comes right below its head.
    let (_, rest) = rest.top(u16::from(rest.height >= 12 && among == Among::Alone));

    let writes = focused && cx.app.replay.is_none() && rest.height >= 3;
    let rest = if writes {
        // It grows to a third of the screen, and leaves the timeline half of its pane.
        let most = usize::from(scene.size.1 / 3).min(rest.rows() / 2).max(1);
        let composer = Composer::new(cx, session, rest.columns(), most);
        let (below, rest) = rest.bottom(composer.height());
        composer.draw(scene, below);
        let (_, rest) = rest.bottom(u16::from(rest.height >= 8));
        rest
    } else {
        rest
    };
    let rest = search(cx, scene, rest, session, focused);
    timeline::draw(cx, cache, scene, rest, session, pane);
    let completes = cx.app.completion.as_ref().filter(|_| writes && cx.app.focus == Focus::Composer);
    if let Some(completion) = completes.filter(|completion| completion.session == session.id) {
        complete::draw(cx, scene, rest, completion);
    }
}

/// The line of a search below the timeline; gives what is above it.
fn search(cx: &Cx<'_>, scene: &mut Scene, area: Area, session: &Session, focused: bool) -> Area {
    let Some(search) = cx.app.find.as_ref().filter(|find| find.session == session.id && area.height >= 2) else {
        return area;
    };
    let bar = find::session(cx, search, area.columns(), if area.height >= 8 { 2 } else { 1 });
    let (place, rest) = area.bottom(cells(bar.rows.len()));
    scene.put(place, bar.rows);
    if let Some(column) = bar.cursor.filter(|_| focused) {
        scene.cursor = Some((place.x.saturating_add(cells(column)), place.y));
    }
    rest
}

/// Whose pane it is, and what the session is doing.
fn title(cx: &Cx<'_>, session: &Session, width: usize, focused: bool, among: Among) -> Row {
    let keyed = focused && matches!(cx.app.focus, Focus::Pane | Focus::Composer);
    let bright = if keyed { Look::strong(Role::EdgeFocused) } else { Role::Muted.into() };
    // Among others, the focused one is known by a sign and not by its colour.
    let mut row = match (focused && among == Among::Others, keyed) {
        (true, true) => Row::of(cx.glyphs.cursor, Role::Accent),
        (true, false) => Row::of(cx.glyphs.cursor, Role::Muted),
        (false, _) => Row::of(" ", Role::Text),
    };
    if let Some(slot) = cx.slot(session.id).filter(|_| cx.app.replay.is_none()) {
        row.push(format!("{slot} "), bright);
    }
    row.push(
        cx.name(session),
        if keyed {
            bright
        } else if focused {
            Look::strong(Role::Text)
        } else {
            Role::Text.into()
        },
    );
    row.push(format!("  {}", text::visible(&session.agent).text), cx.hue(session.id));
    let mut about = String::new();
    if let Some(mode) = &session.mode {
        about = format!("{}{} mode", cx.glyphs.dot, text::prose(cx.mode_name(session, mode)).text);
    }
    let state = match flag::short(cx, session, flag::Room::Words) {
        Some(flag) => flag.with(" ", Role::Text).with_row(phase(cx, session)),
        None => phase(cx, session),
    };
    let beside: String = beside(cx, session);
    let room = width.saturating_sub(row.width() + text::width(&about) + state.width() + 2 + text::width(cx.glyphs.dot));
    if !session.cwd.is_empty() && room >= 6 {
        about = format!("{about}{}{}", cx.glyphs.dot, text::middle(&cx.folder(&session.cwd), room));
    }
    row.push(about, Role::Muted);
    if row.width() + text::width(&beside) + state.width() + 2 < width {
        row.push(beside, Role::Muted);
    }
    row.right(state, width.saturating_sub(1))
}

/// ` · beside docs`: who else writes in the same work tree.
fn beside(cx: &Cx<'_>, session: &Session) -> String {
    let all = cx.app.state.beside(session.id);
    let Some(first) = all.first() else { return String::new() };
    let more = if all.len() > 1 { format!(" +{}", all.len() - 1) } else { String::new() };
    format!("{}beside {}{more}", cx.glyphs.dot, text::end(&text::visible(&first.name).text, 16))
}

/// What a session waits for, in a line: `asks run  git push`. The card says all of it.
fn waits_for(cx: &Cx<'_>, session: &Session, width: usize, wants: &mut Vec<Want>) -> Option<Row> {
    if let Life::LoginNeeded { .. } = &session.life {
        return Some(Row::of("asks for a login", Look::strong(Role::Accent)));
    }
    // What is most dangerous, as in the queue.
    let risk = |request: &Request| request.verdict.as_ref().map_or(Risk::High, |verdict| verdict.risk);
    let order = |request: &Request| (std::cmp::Reverse(risk(request)), request.asked, request.id);
    let (_, step, _) = session.waiting().min_by_key(|(request, _, _)| order(request))?;
    entry::target_lacks(cx, step, wants);
    let row = Row::of(format!("asks {:<6}", step.impact.word()), Look::strong(Role::Accent));
    let more = match session.waiting().count() {
        0 | 1 => Row::new(),
        count => Row::of(format!("+{}", count - 1), Role::Accent),
    };
    let room = width.saturating_sub(row.width() + more.width() + 2);
    Some(row.with(" ", Role::Text).with(entry::target(cx, session, step, room), Role::Text).right(more, width))
}

/// What a session is doing, and since when: `? waiting 3m`.
pub(super) fn phase(cx: &Cx<'_>, session: &Session) -> Row {
    let phase = cx.phase(session);
    let role = phase_role(phase);
    let look = if role == Role::Accent { Look::strong(role) } else { role.into() };
    let count = match phase {
        Phase::Waiting(count) if count > 1 => format!("{count} "),
        _ => String::new(),
    };
    let sign = Mark::of_phase(phase).sign(cx.glyphs);
    Row::of(format!("{sign} {count}{} {}", phase.word(), clock::age(session.since(phase), cx.now)), look)
}
