//! What a frame showed: reading is counted here, anchors settle, and what was lacking is asked for.

use super::super::app::App;
use super::super::console::{Pending, Read};
use super::super::msg::{Effect, Painted, PaintedCard, PaneSettled, Want};
use super::super::{Menu, Overlay, Parts};
use super::{accept, batch, find, losses, parts, past, review, select, undo, within};
use crate::domain::{At, BodyRef, Command, Digest, Query, RequestId, Seen, SessionId};
use crate::state::Life;

/// A frame has reached the terminal.
pub(super) fn painted(app: &mut App, painted: Painted, now: At) -> Vec<Effect> {
    let mut effects = card(app, painted.card, now);
    effects.extend(batch::painted(app, painted.batch, now));
    let diffs = painted.diffs.unwrap_or_default();
    match &mut app.card {
        Some(card) => card.diffs.painted(diffs),
        None => app.inspected.painted(diffs),
    }
    if let Some(shown) = painted.card {
        parts::follow(app, shown.top..shown.top.saturating_add(shown.rows));
    }
    for settled in &painted.panes {
        // Rows that are not here yet have no height: a pane that lacks some stands nowhere yet, and moves from where it was.
        let lacks = |want: &Want| matches!(want, Want::Page(session, _) if *session == settled.session);
        if !painted.wants.iter().any(lacks) {
            pane(app, *settled);
        }
    }
    app.inner.columns = painted.composer.or(app.inner.columns);
    app.inspector_top = painted.inspector_top;
    match (&mut app.overlay, painted.help_top) {
        (Some(Overlay::Help { top, .. }), Some(settled)) => *top = settled,
        (Some(Overlay::Peek(peek)), Some(settled)) => peek.top = settled,
        (Some(Overlay::Context(ui)), Some(settled)) => ui.top = settled,
        _ => {}
    }
    accept::painted(app, painted.accept, now);
    undo::painted(app, painted.undo, now);
    review::painted(app, painted.review);
    find::painted(app, painted.found);
    within::painted(app, painted.within);
    app.inner.hits = painted.hits;
    app.inner.lines = painted.lines;
    effects.extend(select::painted(app, painted.selected, now));
    // What stands before the end of a recording that is read still comes with all of it.
    let is_glimpse = app.replay.as_ref().is_some_and(|replay| replay.glimpse.is_some());
    for want in painted.wants.into_iter().filter(|want| !is_glimpse || !matches!(want, Want::Page(..))) {
        if app.wanted.insert(want.clone()) {
            effects.extend(query(app, &want).map(Effect::Ask));
        }
    }
    // What is painted in a window that somebody has left is seen by nobody.
    let seen = if app.attention.has_left() { Vec::new() } else { painted.noticed };
    for session in seen {
        effects.extend(notice(app, session));
    }
    effects
}

fn query(app: &App, want: &Want) -> Option<Query> {
    Some(match *want {
        Want::Changes(ref what) => past::query(what),
        Want::Body(digest, bytes) => Query::Body { body: BodyRef { digest, bytes, lines: 0, widest: 0 } },
        Want::Page(session, page) => Query::Page { session, page },
        Want::Losses(request) => Query::Losses { request, most: losses::most(app, request), instead: None },
        Want::Ahead(request, of) => return losses::judge(app, request, of),
        Want::LossesAhead(request, of) => return losses::ahead(app, request, of),
    })
}

/// Counts what of the card was read. A card that is covered, cut or changed begins to dwell anew.
fn card(app: &mut App, painted: Option<PaintedCard>, now: At) -> Vec<Effect> {
    let Some(card) = &mut app.card else { return Vec::new() };
    let Some(shown) = painted.filter(|shown| shown.request == card.request) else {
        (card.framed, card.painted) = (None, None);
        return Vec::new();
    };
    if card.digest != Some(shown.digest) {
        let read = app.inner.reads.get(&card.request).filter(|read| read.digest == shown.digest);
        card.end_seen = shown.face == Digest::default() && read.is_some_and(|read| read.end);
        (card.framed, card.painted, card.seen_rows) = (None, None, 0);
        card.shown = shown.face;
        if card.digest.replace(shown.digest).is_some() {
            card.menu = card.menu.take().and_then(Menu::for_a_change);
            (card.face, card.parts) = (None, Parts::default());
        }
    } else if card.shown != shown.face {
        // Something else stands there: it is read anew, and the call itself is as far as it was.
        let read = app.inner.reads.get(&card.request).filter(|read| read.digest == shown.digest);
        card.end_seen = shown.face == Digest::default() && read.is_some_and(|read| read.end);
        (card.framed, card.painted, card.seen_rows, card.shown) = (None, None, 0, shown.face);
    } else if card.fit != Some(shown.fit) {
        // Rows are no longer what they were: what counts is the lines that were read whole.
        card.seen_rows = shown.carried;
    } else if shown.of != card.of_rows && !card.end_seen {
        card.seen_rows = 0;
    }
    (card.top, card.delta, card.of_rows, card.fit) = (shown.top, 0, shown.of, Some(shown.fit));
    // A clock that stepped back must not hold the human up.
    let since = |at: Option<At>, is_so: bool| at.filter(|&at| at <= now).or(Some(now)).filter(|_| is_so);
    card.framed = since(card.framed, shown.framed);
    card.painted = since(card.painted, shown.whole);
    if !shown.whole {
        return Vec::new();
    }
    if shown.top <= card.seen_rows {
        card.seen_rows = card.seen_rows.max(shown.top.saturating_add(shown.uncut)).min(shown.of);
    }
    card.end_seen |= card.seen_rows >= shown.of;
    if shown.face != Digest::default() {
        return Vec::new();
    }
    let (request, seen_rows, end) = (card.request, card.seen_rows, card.end_seen);
    let lines = lines((seen_rows, shown.of), shown.lines, end);
    tell(app, shown.digest, Seen { lines, of: shown.lines, end }, request)
}

/// Lines of the payload that the rows seen make up.
pub(super) fn lines((seen, of): (usize, usize), lines: u32, end: bool) -> u32 {
    if end || of == 0 {
        return lines;
    }
    let seen = u64::from(lines).saturating_mul(seen as u64) / of as u64;
    u32::try_from(seen).unwrap_or(u32::MAX).min(lines)
}

/// Tells the hub of the first paint and of the end, each once.
pub(super) fn tell(app: &mut App, digest: Digest, seen: Seen, request: RequestId) -> Vec<Effect> {
    let before = app.inner.reads.get(&request).copied().filter(|read| read.digest == digest);
    let mut read = before.unwrap_or(Read { digest, end: false, told: false, told_end: false });
    read.end |= seen.end;
    let news = !read.told || (seen.end && !read.told_end);
    let mut effects = Vec::new();
    if news && app.state.waiting_request(request).is_some() {
        let command = Command::Shown { request, digest, seen };
        effects = app.send(command, Pending::Quiet, "");
        if !effects.is_empty() {
            (read.told, read.told_end) = (true, seen.end);
        }
    }
    app.inner.reads.insert(request, read);
    effects
}

fn pane(app: &mut App, settled: PaneSettled) {
    let next = app.state.session(settled.session).map_or(0, |session| session.timeline.next);
    let view = app.views.entry(settled.session).or_default();
    let (scrolled, down) = (view.delta != 0, view.delta > 0);
    (view.top, view.delta, view.reveal) = (settled.top, 0, false);
    if down && settled.at_end {
        view.follow_end();
    } else if let (true, Some((first, last))) = (scrolled, settled.visible) {
        // The selection comes along, so that the next key goes on from what is looked at.
        let at = view.selected.unwrap_or(next.saturating_sub(1));
        view.selected = Some(at.clamp(first, last.max(first)));
    }
}

/// The human has seen that a session finished: told once for each finish.
fn notice(app: &mut App, id: SessionId) -> Vec<Effect> {
    let Some(session) = app.state.session(id).filter(|session| !session.noticed) else { return Vec::new() };
    let finished = match (&session.life, &session.stopped) {
        (Life::Ended { at, .. }, _) | (_, Some((_, at))) => *at,
        _ => return Vec::new(),
    };
    if app.inner.noticed.get(&id) == Some(&finished) {
        return Vec::new();
    }
    let effects = app.send(Command::Notice { session: id }, Pending::Quiet, "");
    if !effects.is_empty() {
        app.inner.noticed.insert(id, finished);
    }
    effects
}
