//! Several requests decided at once: marking them, reading all of them, one answer to each. The second and last place from
//! which a `Decide` can leave; its guards are those of the single card.

use super::super::alike::{Shape, can_ride};
use super::super::app::{App, Focus};
use super::super::batch::{BatchUi, Item, MOST, PaintedBatch};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::navigation::Move;
use super::{Action, guard, reading};
use crate::domain::{At, Command, Decision, Digest, OfferKind, RequestId, Seen};
use crate::state::{Request, Waiting};

/// Sentences of what fell out that are kept.
const FALLEN: usize = 8;

/// The request on which the queue stands.
fn here(app: &App) -> Result<RequestId, String> {
    let queue = app.queue();
    let selected = app.queue_selected.filter(|id| queue.iter().any(|waiting| waiting.request.id == *id));
    selected.or(queue.first().map(|waiting| waiting.request.id)).ok_or_else(|| "nothing waits".to_owned())
}

/// Whether something can be marked here.
pub(super) fn can_mark(app: &App) -> Result<(), String> {
    app.can_act()?;
    if app.focus != Focus::Queue {
        return Err("open the queue first: requests are marked there".to_owned());
    }
    here(app).map(|_| ())
}

/// Whether the request on which the queue stands may stand beside those that are marked.
fn fits(app: &App, id: RequestId) -> Result<(), String> {
    let Some(waiting) = app.state.waiting_request(id) else { return Err("it waits no more".to_owned()) };
    if app.answer_to(id).is_some() {
        return Err("your answer to it is on its way".to_owned());
    }
    can_ride(&waiting)?;
    let marked = app.marked();
    if marked.len() >= MOST {
        return Err(format!("{MOST} are marked, and one card shows no more"));
    }
    match marked.first().and_then(|first| Shape::of(first).differs(&Shape::of(&waiting))) {
        Some(odd) => Err(format!("it can't be marked with the others: {odd}")),
        None => Ok(()),
    }
}

/// Marks the request on which the queue stands, or takes its mark away; the next row is selected then.
pub(super) fn mark(app: &mut App, now: At) {
    let id = match here(app) {
        Ok(id) => id,
        Err(why) => return app.say(why, now),
    };
    if !app.marks.remove(&id) {
        if let Err(why) = fits(app, id) {
            return app.say(why, now);
        }
        app.marks.insert(id);
    }
    app.queue_selected = Some(id);
    super::navigation::go(app, Move::Lines(1), now);
}

/// Marks all that are like the marked ones, or like the one on which the queue stands; where they are, none.
pub(super) fn mark_alike(app: &mut App, now: At) {
    let marked = app.marked().first().map(|first| first.request.id);
    let id = match marked.map_or_else(|| here(app), Ok) {
        Ok(id) => id,
        Err(why) => return app.say(why, now),
    };
    let alike: Vec<RequestId> = app.alike(id).iter().map(|waiting| waiting.request.id).take(MOST).collect();
    if alike.is_empty() {
        let why = app.state.waiting_request(id).and_then(|waiting| can_ride(&waiting).err());
        return app.say(why.unwrap_or_else(|| "your answer to it is on its way".to_owned()), now);
    }
    if alike.iter().all(|id| app.marks.contains(id)) {
        app.marks.clear();
    } else {
        app.marks.extend(alike);
    }
}

/// Opens the card of the marked ones; where none is marked, of all that are like the one on which the queue stands.
pub(super) fn open(app: &mut App, now: At) {
    let chosen = !app.marks.is_empty();
    if !chosen {
        mark_alike(app, now);
        if app.marks.is_empty() {
            return;
        }
    }
    let marked = app.marked();
    if marked.len() < 2 {
        let key = app.key(Action::Open, "enter");
        if chosen {
            // A mark that somebody made stays.
            let another = app.key(Action::Mark, "space");
            return app
                .say(format!("only one is marked: {another} marks another like it, {key} opens a single card"), now);
        }
        app.marks.clear();
        return app.say(format!("nothing else waits that is like it: {key} opens its card"), now);
    }
    let batch = BatchUi::of(&marked);
    app.batch = Some(Box::new(batch));
}

/// Closes the card; what is marked stays marked.
pub(super) fn close(app: &mut App) {
    app.batch = None;
}

/// One place back: first out of what is typed.
pub(super) fn back(app: &mut App) {
    match &mut app.batch {
        Some(batch) if batch.reason.is_some() => batch.reason = None,
        _ => close(app),
    }
}

/// The reason that is typed.
pub(super) fn line(app: &mut App) -> Option<&mut String> {
    app.batch.as_mut()?.reason.as_mut()
}

/// What changed under the card and the marks: what waits no more falls out, with a sentence, and is not decided.
pub(super) fn settle(app: &mut App, now: At) {
    if app.batch.is_some() && (app.focus != Focus::Queue || app.card.is_some()) {
        app.batch = None;
    }
    if app.marks.is_empty() && app.batch.is_none() {
        return;
    }
    let out: Vec<RequestId> = app.marks.iter().copied().filter(|id| app.state.waiting_request(*id).is_none()).collect();
    let answered = |id: &RequestId| app.inner.answered.contains_key(id);
    let sent: Vec<RequestId> = app.marks.iter().copied().filter(answered).collect();
    app.marks.retain(|id| !out.contains(id) && !sent.contains(id));
    let Some(batch) = &app.batch else {
        if let Some(id) = out.iter().find(|id| !app.inner.answered.contains_key(id)) {
            let why = guard::over(app, *id);
            app.say(format!("no longer marked: {}: {why}", named(app, *id)), now);
        }
        return;
    };
    // What was answered here shows what became of it; what was answered elsewhere, or changed, is out.
    let still = |item: &Item| {
        let waiting = app.state.waiting_request(item.request);
        item.sent || waiting.is_some_and(|waiting| waiting.request.digest == item.digest && can_ride(&waiting).is_ok())
    };
    let fell: Vec<RequestId> = batch.items.iter().filter(|item| !still(item)).map(|item| item.request).collect();
    if fell.is_empty() {
        return;
    }
    let why: Vec<String> = fell.iter().map(|id| format!("{}: {}", named(app, *id), guard::over(app, *id))).collect();
    if let Some(last) = why.last() {
        app.say(format!("fell out, and is not decided: {last}"), now);
    }
    if let Some(batch) = &mut app.batch {
        batch.items.retain(|item| !fell.contains(&item.request));
        batch.fallen.extend(why);
        let over = batch.fallen.len().saturating_sub(FALLEN);
        batch.fallen.drain(..over);
        // Another card than the one that was looked at.
        (batch.framed, batch.painted) = (None, None);
    }
}

/// A request in words: `fix-auth: cargo test`.
fn named(app: &App, id: RequestId) -> String {
    let step = app.state.session(id.session).and_then(|session| session.request_and_step(id.seq)).map(|found| found.1);
    let target = step.map_or("", |step| step.target()).lines().next().unwrap_or("");
    format!("{}: {}", app.name_of(id.session), crate::text::end(target, 60))
}

/// Whether the card can be decided upon at all.
pub(super) fn standing(app: &App) -> Result<&BatchUi, String> {
    app.can_act()?;
    let Some(batch) = app.batch.as_deref().filter(|_| app.focus == Focus::Queue) else {
        return Err("mark requests in the queue first".to_owned());
    };
    match (batch.open().next(), batch.items.is_empty()) {
        (Some(_), _) => Ok(batch),
        (None, true) => Err("nothing is left of it".to_owned()),
        (None, false) => Err("the answers are on their way".to_owned()),
    }
}

/// Whether what is on the card can be allowed now, but for the moment at which a key comes.
pub(super) fn can_allow(app: &App) -> Result<(), String> {
    match standing(app)?.unread() {
        0 => Ok(()),
        unread => Err(format!("{unread} lines unseen")),
    }
}

/// Allows each of them once, by its agent's own single offer.
pub(super) fn allow(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let decide = |request: &Request| {
        let offer = of_kind(request, OfferKind::AllowOnce)?;
        Some(Decision::Allow { offer })
    };
    leave(app, (Action::Allow, press), Needs::All, decide, now)
}

/// Asks for the reason; nothing is sent before `Enter`.
pub(super) fn deny(app: &mut App, now: At) {
    if let Some(why) = guard::strayed(app, now) {
        return app.say(why, now);
    }
    app.inner.opened = now;
    if let Some(batch) = &mut app.batch {
        batch.reason = Some(String::new());
    }
}

/// Denies each of them, for the reason that was typed.
pub(super) fn submit(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let Some(text) = app.batch.as_ref().and_then(|batch| batch.reason.clone()) else { return Vec::new() };
    let reason = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let decide = |request: &Request| {
        let offer = of_kind(request, OfferKind::RejectOnce);
        Some(Decision::Deny { offer, reason: reason.clone(), interrupt: false })
    };
    leave(app, (Action::Submit, press), Needs::Frame, decide, now)
}

fn of_kind(request: &Request, kind: OfferKind) -> Option<String> {
    request.offers.iter().find(|offer| offer.kind == kind).map(|offer| offer.id.clone())
}

/// What must have been seen.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// Every line of each: the decision lets something run.
    All,
    /// The card: what refuses may come at any time.
    Frame,
}

/// Invariant 5, for several: the very guards of one.
fn may(app: &App, by: (Action, Press), needs: Needs, now: At) -> Result<(), String> {
    let batch = standing(app)?;
    guard::meant(app, by, now)?;
    if batch.reason.is_none()
        && let Some(why) = guard::strayed(app, now)
    {
        return Err(why.to_owned());
    }
    let since = match needs {
        Needs::All => batch.painted,
        Needs::Frame => batch.framed,
    };
    let Some(painted) = since else {
        return Err("they were not all whole on the screen yet: look, then press again".to_owned());
    };
    if now.since(painted) < DWELL_MS {
        return Err("the card has just appeared, or changed: look, then press again".to_owned());
    }
    match batch.unread() {
        0 => {}
        unread if needs == Needs::All => {
            let (page, lines) = (app.key(Action::PageDown, "space"), if unread == 1 { "line" } else { "lines" });
            return Err(format!("{unread} {lines} unseen: {page} pages on; all of them are read first"));
        }
        _ => {}
    }
    // What must hold of them together, once more: an odd one never rides along.
    let mut shape = None;
    for item in batch.open() {
        let waiting = asked(app, item).ok_or("one of them has changed: look, then press again")?;
        can_ride(&waiting)?;
        let own = Shape::of(&waiting);
        if shape.get_or_insert_with(|| own.clone()) != &own {
            return Err("they are not alike any more: esc goes back, then mark anew".to_owned());
        }
    }
    Ok(())
}

/// The request of an item, where it is still what was painted.
fn asked<'a>(app: &'a App, item: &Item) -> Option<Waiting<'a>> {
    app.state.waiting_request(item.request).filter(|waiting| waiting.request.digest == item.digest)
}

/// One decision leaves for each of them, with the digest of its own.
fn leave(
    app: &mut App,
    by: (Action, Press),
    needs: Needs,
    decide: impl Fn(&Request) -> Option<Decision>,
    now: At,
) -> Vec<Effect> {
    if let Err(why) = may(app, by, needs, now) {
        app.say(why, now);
        return Vec::new();
    }
    let items: Vec<Item> = app.batch.as_ref().map_or_else(Vec::new, |batch| batch.open().cloned().collect());
    let decided: Option<Vec<(RequestId, Digest, Decision)>> =
        items.iter().map(|item| Some((item.request, item.digest, decide(asked(app, item)?.request)?))).collect();
    let Some(decided) = decided else {
        app.say("the agent's offers have changed: esc goes back, then mark anew", now);
        return Vec::new();
    };
    let mut effects = Vec::new();
    for (request, digest, decision) in decided {
        let verb = if decision.allows() { "allow" } else { "deny" };
        let words = format!("{verb} {}", app.name_of(request.session));
        let told = decision.clone();
        let command = Command::Decide { request, digest, decision, overridden: false };
        let sent = app.send(command, Pending::Decision(request), &words);
        if !sent.is_empty() {
            app.inner.answered.insert(request, told);
            if let Some(item) = app.batch.as_mut().and_then(|b| b.items.iter_mut().find(|i| i.request == request)) {
                item.sent = true;
            }
        }
        effects.extend(sent);
    }
    if let Some(batch) = &mut app.batch {
        batch.reason = None;
    }
    app.marks.clear();
    effects
}

/// The answer to one of them came to nothing: it is open again.
pub(super) fn came_to_nothing(app: &mut App, request: RequestId) {
    let items = app.batch.as_mut().map(|batch| &mut batch.items);
    if let Some(item) = items.and_then(|items| items.iter_mut().find(|item| item.request == request)) {
        item.sent = false;
    }
}

/// Counts what of the card was read: rows from the first on of each, never one that was jumped over.
pub(super) fn painted(app: &mut App, painted: Option<PaintedBatch>, now: At) -> Vec<Effect> {
    let Some(batch) = &mut app.batch else { return Vec::new() };
    let is_it = |painted: &PaintedBatch| {
        let shown = painted.items.iter().map(|item| (item.request, item.digest));
        shown.eq(batch.items.iter().map(|item| (item.request, item.digest)))
    };
    let Some(painted) = painted.filter(is_it) else {
        (batch.framed, batch.painted) = (None, None);
        return Vec::new();
    };
    (batch.top, batch.delta) = (painted.top, 0);
    let since = |at: Option<At>, is_so: bool| at.filter(|&at| at <= now).or(Some(now)).filter(|_| is_so);
    batch.framed = since(batch.framed, painted.framed);
    batch.painted = since(batch.painted, painted.whole);
    let mut seen = Vec::new();
    for (item, shown) in batch.items.iter_mut().zip(&painted.items) {
        if item.fit != Some(shown.fit) || item.of != shown.of {
            item.seen = 0;
        }
        (item.fit, item.of) = (Some(shown.fit), shown.of);
        if !painted.framed || !shown.here {
            continue;
        }
        if shown.first <= item.seen {
            item.seen = item.seen.max(shown.first.saturating_add(shown.uncut)).min(shown.of);
        }
        item.end |= item.seen >= shown.of;
        if item.seen > 0 && !item.sent {
            let lines = reading::lines((item.seen, item.of), shown.lines, item.end);
            seen.push((item.request, item.digest, Seen { lines, of: shown.lines, end: item.end }));
        }
    }
    seen.into_iter().flat_map(|(request, digest, seen)| reading::tell(app, digest, seen, request)).collect()
}
