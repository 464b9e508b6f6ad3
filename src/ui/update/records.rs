//! New facts: they change what is known and never what is being read.

use super::super::app::{App, Focus};
use super::super::console::Partial;
use super::super::msg::Effect;
use super::super::{attention, queue};
use super::{composer, find, fleet, panes, shelf};
use crate::domain::{At, Event, PageNo, Record, RequestId, Seq, SessionId, Stop};
use crate::state::{Life, Request, Session, State, page};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Requests of which the reading is remembered.
const READS: usize = 256;

/// Folds new records. A replay hears nothing: its past does not change.
pub(super) fn heard(app: &mut App, records: &[Record], now: At) -> Vec<Effect> {
    if app.replay.is_some() {
        return Vec::new();
    }
    let queue: Vec<RequestId> = app.queue().iter().map(|waiting| waiting.request.id).collect();
    let (mut stopped, mut effects) = (None, Vec::new());
    for record in records {
        stopped = stopped.or(stops(app, record));
        lingers(app, record);
        // Only what leaves the rail needs to know what stood below it.
        let leaves = matches!(record.event, Event::Archived { .. } | Event::Deleted { .. });
        let rail = if leaves { fleet::rail(app) } else { Vec::new() };
        app.state.apply(record);
        place(app, record, &rail);
        if matches!(record.event, Event::Undone { .. }) {
            mend(app, record);
        }
        if matches!(record.event, Event::Opened) {
            effects.extend(shelf::opened(app, record.session));
        }
        attention::heard(app, record, now);
    }
    settle_numbers(app);
    panes::fill(app);
    if app.subject().is_some_and(|session| Some(session.id) == stopped && composer::held(session)) {
        composer::say_held(app, now);
    }
    queue::follow(app);
    follow_queue(app, &queue);
    follow_card(app, now);
    forget(app);
    effects.extend(find::heard(app));
    effects
}

/// Steps were taken back: those of earlier pages say so as well.
fn mend(app: &mut App, record: &Record) {
    let Some(session) = app.state.session(record.session) else { return };
    for (_, entries) in app.past.range_mut((session.id, PageNo(0))..=(session.id, PageNo(u64::MAX))) {
        if entries.iter().any(|entry| session.mend(&mut entry.clone())) {
            for entry in Arc::make_mut(entries) {
                if session.mend(entry) {
                    entry.changed = record.seq;
                }
            }
        }
    }
}

/// The session of which this ends a turn in a way after which the hub sends no queued prompt by itself: the human
/// interrupted it, or it was lost.
fn stops(app: &App, record: &Record) -> Option<SessionId> {
    let Event::TurnEnded { stop, .. } = &record.event else { return None };
    let session = app.state.session(record.session)?;
    let interrupted = session.turn.is_some_and(|turn| turn.interrupted);
    (interrupted || *stop == Stop::Lost).then_some(session.id)
}

/// What was selected when it was looked at stays in its group until the selection leaves it.
fn lingers(app: &mut App, record: &Record) {
    let unseen = |session: &Session| !session.noticed;
    if matches!(record.event, Event::Noticed)
        && app.selected == Some(record.session)
        && app.state.session(record.session).is_some_and(unseen)
    {
        app.fleet.lingers = Some(record.session);
    }
}

/// Numbers go with the sessions that are listed; those of earlier runs have none.
pub(super) fn settle_numbers(app: &mut App) {
    let past = &app.inner.past;
    app.fleet.numbers.settle(&app.state, &app.slots, |id| !past.contains(&id));
}

/// New sessions come after those of this run, so that their slots stay, and before those that ended earlier; what is
/// put away leaves the rail.
fn place(app: &mut App, record: &Record, rail: &[SessionId]) {
    let id = record.session;
    let Some(session) = app.state.session(id) else { return };
    if session.archived {
        if session.deleted {
            // What was wiped from the disk is not shown from memory.
            (app.bodies, app.bodies_order) = (BTreeMap::new(), VecDeque::new());
        }
        panes::take_out(app, id, rail);
        return;
    }
    let began = matches!(record.event, Event::SessionStarted { .. } | Event::Archived { archived: false });
    let shown = began || !matches!(session.life, Life::Ended { .. });
    if shown && (app.inner.past.remove(&id) || !app.slots.contains(&id)) {
        app.slots.retain(|slot| *slot != id);
        let at = app.slots.iter().position(|slot| app.inner.past.contains(slot)).unwrap_or(app.slots.len());
        app.slots.insert(at, id);
    }
    if app.inner.awaited == Some(id) {
        go_to(app, id);
    }
}

/// Shows a session that the human started, unless they write or decide meanwhile.
pub(super) fn go_to(app: &mut App, id: SessionId) {
    app.inner.awaited = None;
    let writes = app.focus == Focus::Composer
        && app.selected.and_then(|id| app.drafts.get(&id)).is_some_and(|draft| !draft.text.is_empty());
    if !writes && app.focus != Focus::Card {
        panes::select(app, id);
        if app.inner.handed.take_if(|handed| *handed == id).is_some() {
            app.focus = Focus::Composer;
        }
    }
}

/// A selected row that is gone is followed by the one that took its place.
fn follow_queue(app: &mut App, before: &[RequestId]) {
    let queue: Vec<RequestId> = app.queue().iter().map(|waiting| waiting.request.id).collect();
    let Some(selected) = app.queue_selected.filter(|id| !queue.contains(id)) else { return };
    let at = before.iter().position(|id| *id == selected).unwrap_or(0);
    app.queue_selected = queue.get(at).or(queue.last()).copied();
}

/// Where the open card's request is asked anew, the card goes along: reading starts anew, and the card says why.
fn follow_card(app: &mut App, now: At) {
    let Some(card) = &app.card else { return };
    let Some((new, changed)) = asked_anew(&app.state, card.request) else { return };
    let what = if changed.is_empty() { "something changed".to_owned() } else { changed.join("; ") };
    app.card = Some(card.anew(new, app.is_same_change(new)));
    app.inner.unread_armed = None;
    app.say(format!("it asks anew, read it again: {what}"), now);
}

/// The request that waits in the place of an old one, and what changed; a chain of changes ends at its last.
fn asked_anew(state: &State, old: RequestId) -> Option<(RequestId, Vec<String>)> {
    let session = state.session(old.session)?;
    let origins = |request: &Request| {
        let before = |seq: Seq| session.request(seq)?.instead_of.map(|id| id.seq).filter(|before| *before < seq);
        std::iter::successors(request.instead_of.map(|id| id.seq), |seq| before(*seq)).any(|seq| seq == old.seq)
    };
    let (new, _, _) = session.waiting().find(|(request, _, _)| request.id > old && origins(request))?;
    Some((new.id, new.changed.clone()))
}

/// Forgets readings of requests that are over, and pages that have a hole by now.
fn forget(app: &mut App) {
    if app.inner.reads.len() > READS {
        let state = &app.state;
        app.inner.reads.retain(|id, _| state.waiting_request(*id).is_some());
        app.inner.answered.retain(|id, _| state.waiting_request(*id).is_some());
    }
    let is_stale = |id: SessionId, partial: &Partial| {
        app.state.session(id).is_some_and(|session| {
            let timeline = &session.timeline;
            let has_left = |no: &u64| !timeline.entries.contains_key(no);
            timeline.whole_from() > partial.last + 1 || partial.open.iter().any(has_left)
        })
    };
    let partial = app.inner.partial.iter();
    let stale: Vec<_> = partial.filter(|(key, partial)| is_stale(key.0, partial)).map(|(key, _)| *key).collect();
    for key in stale {
        app.inner.partial.remove(&key);
        app.past.remove(&key);
        app.past_order.retain(|kept| *kept != key);
    }
}

/// True where the records of a page are all written.
pub(super) fn is_whole(app: &App, session: SessionId, page_no: PageNo) -> bool {
    app.state.session(session).is_some_and(|session| page::page_of(Seq(session.seq.0.saturating_add(1))) > page_no)
}
