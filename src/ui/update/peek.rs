//! A look at a session without going there: nothing is selected, noticed or shown by it.

use super::super::app::{App, Focus, Overlay};
use super::super::peek::{From, Peek};
use super::fleet::rail;
use super::navigation::{Move, moved};
use super::{card, panes};
use crate::domain::{RequestId, SessionId};

/// Opens or closes the look.
pub(super) fn peek(app: &mut App) {
    if matches!(app.overlay, Some(Overlay::Peek(_))) {
        app.overlay = None;
        return;
    }
    let queue = (app.focus == Focus::Queue).then(|| queue(app)).filter(|queue| !queue.is_empty());
    let peek = if let Some(queue) = queue {
        let request = app.queue_selected.filter(|id| queue.contains(id)).unwrap_or(queue[0]);
        Peek { session: request.session, from: From::Queue(request), top: 0 }
    } else {
        let Some(session) = app.subject() else { return };
        Peek { session: session.id, from: From::Rail, top: 0 }
    };
    app.overlay = Some(Overlay::Peek(peek));
}

/// Lines go on to the next session, or request; pages scroll.
pub(super) fn go(app: &mut App, by: Move) {
    let Some(Overlay::Peek(peek)) = &app.overlay else { return };
    let peek = *peek;
    let to = match (by, peek.from) {
        (Move::Halves(_), _) => {
            let rows = by.rows(app.size.1 / 2);
            Peek { top: moved(peek.top, rows).min(10_000), ..peek }
        }
        (Move::Lines(_) | Move::Top | Move::End, From::Rail) => {
            let Some(session) = next(&rail(app), peek.session, by) else { return };
            Peek { session, from: From::Rail, top: 0 }
        }
        (Move::Lines(_) | Move::Top | Move::End, From::Queue(request)) => {
            let Some(request) = next(&queue(app), request, by) else { return };
            Peek { session: request.session, from: From::Queue(request), top: 0 }
        }
    };
    app.overlay = Some(Overlay::Peek(to));
}

fn next<T: Copy + PartialEq>(all: &[T], at: T, by: Move) -> Option<T> {
    let to = match all.iter().position(|one| *one == at) {
        Some(at) => by.within(at, all.len()),
        None => 0,
    };
    all.get(to).copied()
}

/// Goes to what is looked at: the card of its request where one waits, else its pane.
pub(super) fn open(app: &mut App) {
    let Some(Overlay::Peek(peek)) = &app.overlay else { return };
    let (session, from) = (peek.session, peek.from);
    app.overlay = None;
    let first = |id: SessionId| app.state.session(id)?.waiting().next().map(|(request, _, _)| request.id);
    match from {
        From::Queue(request) if app.state.waiting_request(request).is_some() => {
            app.queue_selected = Some(request);
            card::open(app, request);
        }
        From::Queue(_) | From::Rail => {
            let request = first(session);
            panes::select(app, session);
            app.focus = Focus::Pane;
            if let Some(request) = request {
                card::open(app, request);
            }
        }
    }
}

fn queue(app: &App) -> Vec<RequestId> {
    app.state.queue().iter().map(|waiting| waiting.request.id).collect()
}
