//! `taut --plain`: what changed, as lines that stand for themselves: the session's name, words in place of marks, nothing
//! painted over. Made of the same app as the screen, and of the same rows where a request is decided upon.

mod batch;
mod entries;

use super::words;
use crate::domain::{At, Digest, RequestId, SessionId};
use crate::keymap;
use crate::state::watch::Kind;
use crate::state::{Alarm, Phase, Session, Stage};
use crate::text;
use crate::tui::plain::Speaker;
use crate::ui::alarms::evidence;
use crate::ui::diffs::PaintedDiffs;
use crate::ui::{App, CardUi, Focus, Menu, Overlay, Painted, PaintedCard, Parts, Want};
use crate::view::Cache;
use crate::view::plain::{self, Spoken};
use entries::Entries;
use std::collections::{BTreeMap, BTreeSet};

/// Which part of which card was said.
type Leaf = (RequestId, [Digest; 2], usize);
/// What a card's lines depend on, but for its payload.
type CardNow = (RequestId, Option<Digest>, (usize, i64), Option<Menu>, (bool, Option<Stage>), (u16, usize), Made);
/// What was chosen, and what is wrong with what was typed.
type Made = (Parts, Option<(usize, String)>, Vec<BTreeSet<usize>>, (usize, usize));

/// Says what changed.
#[derive(Default)]
pub(super) struct Plain {
    entries: Entries,
    phases: BTreeMap<SessionId, Phase>,
    flagged: BTreeMap<SessionId, BTreeSet<(Kind, u64)>>,
    asked: BTreeSet<RequestId>,
    toast: Option<String>,
    troubles: Vec<String>,
    place: Option<&'static str>,
    keys: String,
    selected: Option<SessionId>,
    reading: Option<(SessionId, u64)>,
    queued: Option<RequestId>,
    over: Vec<String>,
    /// The undo that was said whole.
    undo: Option<Digest>,
    replay: Option<u64>,
    card: Option<CardNow>,
    leaf: Option<Leaf>,
    card_lines: Vec<String>,
    receipt: Option<PaintedCard>,
    diffs: Option<PaintedDiffs>,
    wants: Vec<Want>,
    batch: batch::Batch,
}

impl Speaker for Plain {
    fn speak(&mut self, app: &App, cache: &mut Cache, now: At) -> Option<Spoken> {
        let mut lines = Vec::new();
        let had = (self.receipt, self.wants.len(), self.batch.receipt.clone(), self.batch.wants.len());
        self.troubles(app, cache, now, &mut lines);
        self.sessions(app, now, &mut lines);
        self.place(app, &mut lines);
        let over = self.over(app, cache, now, &mut lines);
        self.card(app, cache, now, &mut lines);
        self.batch.speak(app, cache, now, &mut lines);
        self.toast(app, &mut lines);
        // What made the card dwell anew: it was said, and counts again from now on.
        let card = self.receipt.is_some() && app.card.as_ref().is_some_and(|card| card.painted.is_none());
        let batch = self.batch.receipt.is_some() && app.batch.as_ref().is_some_and(|batch| batch.painted.is_none());
        let again = app.overlay.is_none() && (card || batch);
        let has = (self.receipt, self.wants.len(), self.batch.receipt.clone(), self.batch.wants.len());
        if lines.is_empty() && !again && had == has {
            return None;
        }
        let noticed = app.selected.filter(|_| app.focus == Focus::Pane).into_iter().collect();
        // A card that something lies over is not seen.
        let card = self.receipt.filter(|_| app.overlay.is_none());
        let batch = self.batch.receipt.clone().filter(|_| app.overlay.is_none());
        let wants = self.wants.iter().chain(&self.batch.wants).chain(&over.wants).cloned().collect();
        let diffs = self.diffs.clone();
        Some(Spoken { lines, painted: Painted { card, batch, diffs, wants, noticed, ..over } })
    }

    fn typing(&self, app: &App) -> Option<(String, String)> {
        let shown = |text: &str| text.split('\n').map(|line| text::prose(line).text.into_owned()).collect::<Vec<_>>();
        let menu = app.card.as_ref().and_then(|card| card.menu.as_ref());
        let waits = app.card.as_ref().is_some_and(|card| app.state.waiting_request(card.request).is_some());
        let (label, text) = match (&app.overlay, app.focus, menu) {
            (None, Focus::Card, Some(Menu::Reason { text, .. } | Menu::Override { text, .. })) if !waits => {
                ("it waits no more, and nothing is sent".to_owned(), text.clone())
            }
            (None, Focus::Card, Some(Menu::Reason { text, .. })) => ("reason, enter denies".to_owned(), text.clone()),
            (None, Focus::Card, Some(Menu::Override { text, .. })) => {
                ("not all was read: type the word, then enter".to_owned(), text.clone())
            }
            (None, Focus::Card, Some(Menu::Rest { text })) => ("why not the rest, then enter".to_owned(), text.clone()),
            (None, Focus::Card, Some(Menu::Edit)) => {
                let form = app.card.as_ref()?.form.as_ref()?;
                let field = form.fields.get(form.at)?;
                (format!("{}, enter shows what would run", field.label), field.draft.text.clone())
            }
            (None, Focus::Card, Some(Menu::Reply)) => {
                let form = app.card.as_ref()?.reply.as_ref().filter(|form| form.writes())?;
                let (question, answer) = form.questions.get(form.at).zip(form.answers.get(form.at))?;
                let typed = if question.secret { "(a secret)".to_owned() } else { answer.own.text.clone() };
                ("own words".to_owned(), typed)
            }
            (None, Focus::Queue, _) => {
                let reason = app.batch.as_ref().and_then(|batch| batch.reason.clone())?;
                ("reason, enter denies all of them".to_owned(), reason)
            }
            (None, Focus::Composer, _) => {
                let session = app.state.session(app.selected?)?;
                let text = app.drafts.get(&session.id).map(|draft| draft.text.clone()).unwrap_or_default();
                (format!("to {}", name(session)), text)
            }
            _ => return None,
        };
        Some((label, shown(&text).join("\n")))
    }
}

/// A session's name, as a line begins with it.
fn name(session: &Session) -> String {
    let name = if session.name.is_empty() { session.id.to_string() } else { session.name.clone() };
    text::prose(&name.replace('\n', " ")).text.into_owned()
}

/// Lines of a session: its name before each.
fn push(lines: &mut Vec<String>, session: &Session, said: &str) {
    let name = name(session);
    for line in said.trim_end_matches('\n').split('\n') {
        lines.push(format!("{name}: {}", text::prose(line).text));
    }
}

impl Plain {
    fn troubles(&mut self, app: &App, cache: &Cache, now: At, lines: &mut Vec<String>) {
        let troubles = plain::troubles(app, cache, now);
        if troubles != self.troubles {
            let known: BTreeSet<&str> = self.troubles.iter().map(|line| lasting(line)).collect();
            lines.extend(troubles.iter().filter(|line| !known.contains(lasting(line))).cloned());
            if troubles.is_empty() {
                lines.push("what was wrong is mended".to_owned());
            }
            self.troubles = troubles;
        }
    }

    fn sessions(&mut self, app: &App, now: At, lines: &mut Vec<String>) {
        if let Some(replay) = &app.replay
            && self.replay.replace(replay.at.0) != Some(replay.at.0)
        {
            lines.push(format!("replay: record {} of {}", replay.at.0, replay.last.0));
        }
        for session in app.state.sessions.values() {
            let phase = session.phase(now, app.limits.silent);
            let is_new = !self.phases.contains_key(&session.id);
            if is_new && !session.is_live() && app.replay.is_none() {
                // What ended before this console began is old: `taut ls` lists it.
                self.entries.skip(session);
                self.phases.insert(session.id, phase);
                continue;
            }
            if is_new {
                push(lines, session, &format!("session of {} in {}", session.agent, session.cwd));
            }
            self.entries.speak(app, session, lines);
            self.requests(session, lines);
            self.flags(app, session, now, lines);
            if self.phases.insert(session.id, phase).is_none_or(|before| !same(before, phase)) {
                push(lines, session, &phase_words(session, phase));
            }
        }
    }

    /// What a watchdog says newly. A stall is a state, and said as one.
    fn flags(&mut self, app: &App, session: &Session, now: At, lines: &mut Vec<String>) {
        let alarms = app.alarms(session, now);
        let known = self.flagged.entry(session.id).or_default();
        for alarm in alarms.iter().filter(|alarm| alarm.kind() != Kind::Silent && !known.contains(&alarm.id())) {
            push(lines, session, &format!("flagged: {}", evidence(alarm, now)));
        }
        *known = alarms.iter().map(Alarm::id).collect();
    }

    /// What waits newly: in one line, with the way to its card.
    fn requests(&mut self, session: &Session, lines: &mut Vec<String>) {
        let mut waiting = BTreeSet::new();
        for (request, step, _) in session.waiting() {
            waiting.insert(request.id);
            if self.asked.insert(request.id) {
                let risk = request.verdict.as_ref().map_or("risk unknown".to_owned(), |verdict| {
                    format!("risk {}", words::risk(verdict).replace('\n', "; "))
                });
                let what = format!("{} {}", step.impact.word(), words::target(session, step)).replace('\n', " ");
                push(lines, session, &format!("waiting: request {}: {what}; {risk}", request.id));
            }
        }
        self.asked.retain(|id| id.session != session.id || waiting.contains(id));
    }

    /// Where the keys are, and what is selected there.
    fn place(&mut self, app: &App, lines: &mut Vec<String>) {
        let place = keymap::place(app);
        let keys: Vec<String> = keymap::footer(app).iter().map(|item| format!("{} {}", item.keys, item.what)).collect();
        let keys = keys.join(", ");
        if self.place.replace(place) != Some(place) {
            lines.push(format!("in {place}; keys: {keys}"));
        } else if app.focus == Focus::Card && app.overlay.is_none() && self.keys != keys {
            // What a card lets be done changes while it is read and answered.
            lines.push(format!("keys: {keys}"));
        }
        self.keys = keys;
        if self.selected != app.selected {
            self.selected = app.selected;
            if let Some(session) = app.selected.and_then(|id| app.state.session(id)) {
                let phase = self.phases.get(&session.id).copied().unwrap_or(Phase::Idle);
                push(lines, session, &format!("selected; {}", phase_words(session, phase)));
            }
        }
        let view = app.selected.and_then(|id| Some((id, app.views.get(&id)?.selected?)));
        if app.focus == Focus::Pane && self.reading != view {
            if let Some((id, no)) = view
                && let Some(session) = app.state.session(id)
            {
                let said = session.timeline.entries.get(&no).map(|entry| entries::words(app, session, entry));
                let said = said.unwrap_or_else(|| "not in memory: `taut show` has it".to_owned());
                push(lines, session, &format!("entry {} of {}: {said}", no + 1, session.timeline.next));
            }
            self.reading = view;
        }
        if app.focus == Focus::Queue && self.queued != app.queue_selected {
            let queue = app.state.queue();
            if let Some(at) = queue.iter().position(|waiting| Some(waiting.request.id) == app.queue_selected) {
                let (waiting, of) = (&queue[at], queue.len());
                let what = format!("{} {}", waiting.step.impact.word(), words::target(waiting.session, waiting.step));
                push(lines, waiting.session, &format!("waiting, {} of {of}: {}", at + 1, what.replace('\n', " ")));
            }
        }
        self.queued = app.queue_selected;
    }

    /// What lies over everything: whole when it comes, then the rows that changed.
    fn over(&mut self, app: &App, cache: &mut Cache, now: At, lines: &mut Vec<String>) -> Painted {
        // Of the settings, the selected one and what it takes are said; `taut keys` prints all keys.
        let Spoken { lines: over, painted } = plain::over(app, cache, app.size.0.max(120), now);
        let moving = matches!(app.overlay, Some(Overlay::Settings(_) | Overlay::Picker(_) | Overlay::Grants(_)));
        let changed = over.iter().filter(|line| !self.over.contains(line));
        let plan = app.undoing().and_then(|undo| undo.preview()).map(|preview| preview.plan.digest);
        let is_other = plan.is_some() && plan != self.undo;
        self.undo = plan;
        if matches!(app.overlay, Some(Overlay::Accept(_))) || is_other {
            // What is taken is said whole, also where a line was said before.
            lines.extend(over.iter().filter(|_| over != self.over).cloned());
        } else if moving && !self.over.is_empty() && !over.is_empty() {
            let cursor = crate::view::UNICODE.cursor;
            let of = |line: &&String| line.starts_with(cursor) || line.starts_with('>') || line.starts_with("     ");
            lines.extend(changed.filter(of).cloned());
        } else {
            lines.extend(changed.cloned());
        }
        self.over = over;
        painted
    }

    /// The open card: all of its lines when it comes, or changes, or is read on; else those that are new.
    fn card(&mut self, app: &App, cache: &mut Cache, now: At, lines: &mut Vec<String>) {
        let Some(open) = &app.card else {
            (self.card, self.leaf, self.receipt) = (None, None, None);
            self.card_lines.clear();
            self.wants.clear();
            return;
        };
        let request = app.state.request(open.request);
        let card = (
            open.request,
            request.map(|request| request.digest),
            (open.top, open.delta),
            open.menu.as_ref().map(untyped),
            (open.sent, request.map(crate::state::Request::stage)),
            (app.size.0, app.bodies.values().flatten().count()),
            made(open),
        );
        if self.card.as_ref() == Some(&card) {
            return;
        }
        self.card = Some(card);
        let name = app.state.session(open.request.session).map(name).unwrap_or_default();
        // A line with the name before it still fits.
        let before = u16::try_from(text::width(&name) + 2).unwrap_or(0);
        let width = app.size.0.saturating_sub(before).max(40);
        let Some(Spoken { lines: all, painted }) = plain::card(app, cache, width, now) else { return };
        (self.wants, self.diffs) = (painted.wants, painted.diffs);
        // What was not here whole was not said, and counts for nothing.
        self.receipt = painted.card.filter(|shown| shown.whole);
        let Some(shown) = self.receipt else {
            if painted.card.is_none() {
                lines.extend(all);
            }
            return;
        };
        let leaf = (shown.request, [shown.digest, shown.face], shown.top);
        let is_new = self.leaf.replace(leaf) != Some(leaf);
        if is_new {
            let rest = shown.of.saturating_sub(shown.top + shown.rows);
            lines.push(format!("{name}: request {}, all of it:", open.request));
            lines.extend(all.iter().map(|line| format!("{name}| {line}")));
            lines.push(match rest {
                0 => format!("{name}: end of request {}", open.request),
                rest => format!("{name}: {rest} more lines: space reads on"),
            });
        } else {
            lines.extend(
                all.iter().filter(|line| !self.card_lines.contains(line)).map(|line| format!("{name}| {line}")),
            );
        }
        self.card_lines = all;
    }

    fn toast(&mut self, app: &App, lines: &mut Vec<String>) {
        let toast = app.toast.as_ref().map(|toast| text::prose(&toast.text.replace('\n', " ")).text.into_owned());
        if toast != self.toast {
            lines.extend(toast.iter().map(|said| format!("taut: {said}")));
            self.toast = toast;
        }
    }
}

/// A trouble without what grows in it: that more money was spent is no news.
fn lasting(line: &str) -> &str {
    line.strip_prefix("BUDGET").and_then(|rest| rest.split_once(", ")).map_or(line, |(_, rest)| rest)
}

/// Whether two phases are said alike; a count that falls is no news.
fn same(before: Phase, now: Phase) -> bool {
    before == now || (before.word() == now.word())
}

fn made(card: &CardUi) -> Made {
    let wrong = card.form.as_ref().and_then(|form| form.wrong.clone());
    let picked = card.reply.iter().flat_map(|reply| &reply.answers).map(|answer| answer.picked.clone()).collect();
    let at = card.reply.as_ref().map_or((0, 0), |reply| (reply.at, reply.row));
    (card.parts.clone(), wrong, picked, at)
}

/// A menu without what is typed into it: that has a line of its own.
fn untyped(menu: &Menu) -> Menu {
    match menu {
        Menu::Reason { interrupt, .. } => Menu::Reason { text: String::new(), interrupt: *interrupt },
        Menu::Override { decision, .. } => Menu::Override { text: String::new(), decision: decision.clone() },
        Menu::Rest { .. } => Menu::Rest { text: String::new() },
        same @ (Menu::Scopes { .. } | Menu::Edit | Menu::Sure { .. } | Menu::Reply) => same.clone(),
    }
}

fn phase_words(session: &Session, phase: Phase) -> String {
    match phase {
        Phase::Waiting(count) => format!("waiting for you: {}", words::counted(count as usize, "request")),
        Phase::Starting => match &session.life {
            crate::state::Life::Starting(doing) if !doing.is_empty() => format!("starting: {doing}"),
            _ => "starting".to_owned(),
        },
        Phase::Working | Phase::Idle => format!("{}; context {}", phase.word(), words::context(&session.meter)),
        other => other.word().to_owned(),
    }
}
