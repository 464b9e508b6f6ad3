//! One pane: whose it is, what it carries, what happened, and where a prompt is written.

use super::complete;
use super::composer::Composer;
use super::glyphs::phase_role;
use super::{Area, Cache, Cx, Look, Mark, Row, Scene, clock, meter, timeline};
use crate::state::{Phase, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::{Focus, msg::Hit};

/// Draws pane `pane`.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, pane: usize) {
    let shown = cx.app.panes.get(pane).copied().flatten().or(cx.app.selected.filter(|_| pane == cx.app.pane));
    scene.hit(area, Hit::Pane(pane));
    let Some(session) = shown.and_then(|id| cx.app.state.session(id)) else {
        scene.put_row(area, Row::of(" no session here", Role::Muted));
        return;
    };
    let focused = cx.app.pane == pane;
    let (head, rest) = area.top(1);
    scene.put_row(head, title(cx, session, head.columns(), focused));
    let (carried, rest) = rest.top(u16::from(rest.height >= 5));
    scene.put_row(
        carried,
        Row::of(" ", Role::Text).with_row(meter::row(cx, &session.meter, carried.columns().saturating_sub(2))),
    );
    let (_, rest) = rest.top(u16::from(rest.height >= 12));

    let writes = focused && cx.app.replay.is_none() && rest.height >= 3;
    let rest = if writes {
        let composer = Composer::new(cx, session, rest.columns(), (rest.rows() / 3).max(1));
        let (below, rest) = rest.bottom(composer.height());
        composer.draw(scene, below);
        let (_, rest) = rest.bottom(u16::from(rest.height >= 8));
        rest
    } else {
        rest
    };
    timeline::draw(cx, cache, scene, rest, session, pane);
    let completes = cx.app.completion.as_ref().filter(|_| writes && cx.app.focus == Focus::Composer);
    if let Some(completion) = completes.filter(|completion| completion.session == session.id) {
        complete::draw(cx, scene, rest, completion);
    }
}

/// Whose pane it is, and what the session is doing.
fn title(cx: &Cx<'_>, session: &Session, width: usize, focused: bool) -> Row {
    let keyed = focused && matches!(cx.app.focus, Focus::Pane | Focus::Composer);
    let bright = if keyed { Look::strong(Role::EdgeFocused) } else { Role::Muted.into() };
    let mut row = Row::of(" ", Role::Text);
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
    let state = phase(cx, session);
    let room = width.saturating_sub(row.width() + text::width(&about) + state.width() + 2 + text::width(cx.glyphs.dot));
    if !session.cwd.is_empty() && room >= 6 {
        about = format!("{about}{}{}", cx.glyphs.dot, text::middle(&cx.folder(&session.cwd), room));
    }
    row.push(about, Role::Muted);
    row.right(state, width.saturating_sub(1))
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
