//! What the hub says back: replies to commands, answers to queries, and the link itself.

use super::super::app::{App, Overlay};
use super::super::attention;
use super::super::console::{Partial, Pending};
use super::super::msg::{Effect, Want};
use super::super::past::{Between, Tree};
use super::{
    accept, batch, card, complete, composer, copy, edit, elsewhere, everywhere, files, find, fleet, guard, losses,
    onward, panes, past, records, review, shelf, silence, stats, undo, way,
};
use crate::domain::{Answer, At, CommandId, Digest, PageNo, Query, Record, Reply, SessionId};
use crate::state::{Entry, Group, Life, Session, State, page};
use std::sync::Arc;

/// Long texts in memory hold at most so many bytes ...
const BODIES: usize = 16 << 20;
/// ... but so many of the newest stay in any case: one card may need them all at once.
const BODIES_MIN: usize = 32;
/// ... unless they hold more than this: one call says at most 64 MB, and each byte of it in three texts at most.
const BODIES_MOST: usize = 256 << 20;
/// Pages of the past in memory.
const PAGES: usize = 64;
/// Sessions that ended before this console began, in the rail.
const PAST_SHOWN: usize = 20;

pub(super) fn replied(app: &mut App, id: CommandId, reply: Reply, now: At) -> Vec<Effect> {
    silence::answered(app, id.0);
    // How far that is stands in the pane, with the key that lets the call go without it.
    if reply == Reply::KeptFirst {
        return Vec::new();
    }
    let words = app.in_flight.remove(&id.0);
    let Some(pending) = app.inner.pending.remove(&id.0) else {
        // The command line asked for a session; whoever has pressed a key since then has gone where they want to be.
        let elsewhere = app.inner.last_key.is_some() || app.inner.awaited.is_some();
        if let (Reply::Started { session }, false) = (&reply, elsewhere) {
            await_it(app, *session);
        }
        return Vec::new();
    };
    let came_to_nothing = !matches!(reply, Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Started { .. });
    if let (true, Pending::Decision(request)) = (came_to_nothing, &pending) {
        app.inner.answered.remove(request);
        batch::came_to_nothing(app, *request);
        if let Some(open) = app.card.as_mut().filter(|card| card.request == *request) {
            open.sent = false;
        }
    }
    let quiet = pending == Pending::Quiet;
    let is_undo = matches!(pending, Pending::Undo(..));
    way::replied(app, &pending, &reply, now);
    let mut effects = Vec::new();
    match (&reply, pending) {
        (Reply::Done, Pending::Release(session, text)) => effects = composer::released(app, session, &text),
        (Reply::Started { session }, Pending::Reopen(old)) => {
            effects = shelf::reopened(app, old, *session);
            await_it(app, *session);
        }
        (Reply::Started { session }, Pending::Hand(draft)) => {
            app.hand(*session, draft);
            await_it(app, *session);
        }
        (_, Pending::Undo(session, undo)) => effects = undo::replied(app, (session, undo), &reply, now),
        (Reply::Started { session }, _) => await_it(app, *session),
        (Reply::Done, Pending::Unqueue(session, text)) | (Reply::Refused { .. }, Pending::Prompt(session, text)) => {
            composer::give_back(app, session, &text);
        }
        (Reply::Refused { .. }, Pending::Start(form)) if app.overlay.is_none() => {
            app.overlay = Some(Overlay::NewSession(form));
        }
        _ => {}
    }
    let what = words.unwrap_or_else(|| "a command".to_owned());
    match reply {
        _ if quiet => {}
        // That an answer is held stands in the header.
        Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Started { .. } => {}
        Reply::Already { decision } => {
            app.say(format!("it was {} before this answer came", guard::said(&decision)), now);
        }
        Reply::Stale { .. } if is_undo => {}
        Reply::Stale { .. } => app.say("it changed while you read it: nothing was decided, read it again", now),
        Reply::Refused { why } => app.say(format!("{what}: {why}"), now),
    }
    effects
}

/// Shows a session that was started from here, now or once it is heard of.
fn await_it(app: &mut App, session: SessionId) {
    if app.state.session(session).is_some() {
        records::go_to(app, session);
    } else {
        app.inner.awaited = Some(session);
    }
}

pub(super) fn answered(app: &mut App, answer: Answer, now: At) -> Vec<Effect> {
    match answer {
        found @ Answer::Found { .. } => return find::answered(app, found),
        Answer::Page { session, page, keyframe, records } => page_came(app, session, page, keyframe, records, now),
        Answer::Body { digest, text } => {
            body(app, digest, text);
            return copy::arrived(app, now);
        }
        Answer::Files { .. } => return complete::found(app, answer, now),
        Answer::Weighed { session, weight, stay } => shelf::weighed(app, session, (weight, &stay), now),
        Answer::Settings { waits } => accept::show(app, waits, now),
        Answer::Losses(previewed) => losses::came(app, previewed),
        Answer::Judged { request, of, verdict } => edit::judged(app, request, of, *verdict),
        Answer::Elsewhere { listed } => elsewhere::all(app, listed),
        Answer::Numbers { tallies } => stats::came(app, Ok(*tallies)),
        Answer::Everywhere { number, groups, looked } => everywhere::came(app, number, groups, looked),
        Answer::NoNumbers { why } => stats::came(app, Err(why)),
        // Nobody here asks for bare records, or for what would be pruned.
        Answer::Records { .. } | Answer::Prunable(_) => {}
        Answer::Brief { session, text, secrets } => return onward::told(app, session, text, secrets, now),
        Answer::UndoPlan { plan } => undo::answered(app, *plan),
        Answer::Changes { changes } => return past::came(app, *changes),
        Answer::NoChanges { session, stretch, paths, why } => {
            past::failed(app, Between { session, stretch, paths }, why);
        }
        Answer::Tree { session, at, files, more, why } => {
            let files = why.map_or(Ok((files, more)), Err);
            files::came(app, Tree { session, at, files }, now);
        }
        Answer::Failed { why } if undo::failed(app, &why) => {}
        // What failed is not asked for again at once: a fault must not become a flood.
        Answer::Failed { why } => app.say(format!("it can't be read: {why}"), now),
    }
    Vec::new()
}

/// Everything that is known, to begin with.
pub(super) fn known(app: &mut App, state: State, now: At) {
    if app.replay.is_some() {
        return;
    }
    app.state = state;
    app.slots.retain(|id| app.state.sessions.get(id).is_some_and(|session| !session.archived));
    if std::mem::take(&mut app.inner.came_back) {
        app.stand_anew();
    }
    let mut new: Vec<&Session> =
        app.state.sessions.values().filter(|session| !app.slots.contains(&session.id)).collect();
    new.sort_by_key(|session| (session.started, session.id));
    let (past, live): (Vec<&Session>, Vec<&Session>) = new.into_iter().partition(|session| has_ended(session));
    let shown = newest_that_ended(&app.state);
    // What lives has the low numbers, before what ended earlier.
    let at = app.slots.iter().position(|id| app.inner.past.contains(id)).unwrap_or(app.slots.len());
    app.slots.splice(at..at, live.into_iter().filter(|session| !session.archived).map(|session| session.id));
    app.inner.past.extend(past.into_iter().map(|session| session.id));
    let unseen: Vec<SessionId> = shown.into_iter().filter(|id| !app.slots.contains(id)).collect();
    app.slots.extend(unseen);
    app.selected = app.selected.filter(|id| app.slots.contains(id));
    app.panes.iter_mut().for_each(|pane| *pane = pane.filter(|id| app.slots.contains(id)));
    if let (None, Some(first)) = (app.selected, first_to_show(app)) {
        panes::select(app, first);
    }
    if let Some(awaited) = app.inner.awaited.filter(|id| app.slots.contains(id)) {
        records::go_to(app, awaited);
    }
    records::settle_numbers(app);
    panes::fill(app);
    if let Some(request) = app.inner.card_to_open.take().filter(|id| app.state.waiting_request(*id).is_some()) {
        card::open(app, request);
    }
    attention::caught_up(app, now);
}

fn has_ended(session: &Session) -> bool {
    match &session.life {
        Life::Ended { .. } => true,
        Life::Unknown | Life::Starting(_) | Life::LoginNeeded { .. } | Life::Open => false,
    }
}

/// Past sessions that can be opened and read, the newest first; what was put away is not among them.
fn newest_that_ended(state: &State) -> Vec<SessionId> {
    let mut ended: Vec<&Session> =
        state.sessions.values().filter(|session| has_ended(session) && !session.archived).collect();
    ended.sort_by_key(|session| std::cmp::Reverse((session.life_since, session.id)));
    ended.into_iter().take(PAST_SHOWN).map(|session| session.id).collect()
}

/// The first that needs the human, else the newest that lives, else the newest of all.
fn first_to_show(app: &App) -> Option<SessionId> {
    let rail = fleet::rail(app);
    let sessions = || rail.iter().filter_map(|id| app.state.session(*id));
    let needs = sessions().find(|session| app.group_of(session) == Group::NeedsYou);
    let live = || sessions().filter(|session| session.is_live()).max_by_key(|session| (session.started, session.id));
    let any = || sessions().max_by_key(|session| (session.life_since, session.id));
    needs.or_else(live).or_else(any).map(|session| session.id)
}

fn page_came(
    app: &mut App,
    session: SessionId,
    no: PageNo,
    keyframe: Option<Vec<u8>>,
    mut records: Vec<Record>,
    now: At,
) {
    app.wanted.remove(&Want::Page(session, no));
    let before = keyframe.and_then(|bytes| page::read_keyframe(&bytes));
    if before.is_none() && no > PageNo(0) {
        app.say(format!("page {} of {} can't be read: its keyframe is missing", no.0, app.name_of(session)), now);
    }
    // A replay's past ends at its cursor.
    if let Some(replay) = &app.replay {
        records.retain(|record| record.seq <= replay.at);
    }
    let readable = before.is_some() || no == PageNo(0);
    let mut entries: Vec<Entry> = if readable { page::settled_in(session, before, &records) } else { Vec::new() };
    if let Some(known) = app.state.session(session) {
        for entry in &mut entries {
            known.mend(entry);
        }
    }
    let key = (session, no);
    if readable && !records::is_whole(app, session, no) {
        let timeline = app.state.session(session).map(|session| &session.timeline);
        let open = timeline.map_or_else(Vec::new, |timeline| {
            let whole_from = timeline.whole_from();
            timeline.entries.range(..whole_from).map(|(&no, _)| no).collect()
        });
        app.inner.partial.insert(key, Partial { last: entries.last().map_or(0, |entry| entry.no), open });
    }
    app.past.insert(key, Arc::new(entries));
    app.past_order.retain(|kept| *kept != key);
    app.past_order.push_back(key);
    while app.past_order.len() > PAGES {
        if let Some(oldest) = app.past_order.pop_front() {
            app.past.remove(&oldest);
            app.inner.partial.remove(&oldest);
        }
    }
}

fn body(app: &mut App, digest: Digest, text: Option<String>) {
    app.wanted.retain(|want| !matches!(want, Want::Body(wanted, _) if *wanted == digest));
    app.bodies.insert(digest, text.map(Arc::from));
    app.bodies_order.retain(|kept| *kept != digest);
    app.bodies_order.push_back(digest);
    let size = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
    let mut bytes: usize = app.bodies.values().map(size).sum();
    while bytes > BODIES && (app.bodies_order.len() > BODIES_MIN || bytes > BODIES_MOST) {
        let Some(oldest) = app.bodies_order.pop_front() else { return };
        bytes -= app.bodies.remove(&oldest).map_or(0, |text| size(&text));
    }
}

/// The link broke, or is back. What was on its way is unknown then, and is never sent again.
pub(super) fn link(app: &mut App, lost: Option<String>, now: At) -> Vec<Effect> {
    let back = lost.is_none() && app.link_lost.is_some();
    app.link_lost = lost;
    if let Some(replay) = app.replay.as_mut().filter(|_| app.link_lost.is_some()) {
        // What could not be read is not on its way.
        (replay.seeking, replay.playing) = (None, false);
    }
    if app.link_lost.is_some() {
        let mut on_their_way: Vec<String> = std::mem::take(&mut app.in_flight).into_values().collect();
        app.inner.pending.clear();
        silence::forget(app);
        app.inner.answered.clear();
        if let Some(card) = &mut app.card {
            card.sent = false;
        }
        undo::link_lost(app);
        review::link_lost(app);
        way::link_lost(app);
        for item in app.batch.iter_mut().flat_map(|batch| &mut batch.items) {
            item.sent = false;
        }
        if let Some(last) = on_their_way.pop() {
            app.say(format!("it is not known whether this was done: {last}"), now);
        }
    }
    if !back || app.replay.is_some() {
        return Vec::new();
    }
    app.wanted.clear();
    vec![Effect::Ask(Query::Snapshot)]
}
