//! What happened in a session, as lines: messages line by line as they come, steps when they begin, wait and end.

use super::push;
use crate::cli::{did, words};
use crate::domain::{By, LaneId, SessionId, Text};
use crate::state::{Entry, Parts, Session, Step, What};
use crate::text::human;
use crate::ui::{App, made};
use std::collections::BTreeMap;
use std::time::Duration;

/// Entries that must stand after a step before it is not looked at again.
const LINGERS: u64 = 64;

/// What was said of each session.
#[derive(Default)]
pub(super) struct Entries {
    sessions: BTreeMap<SessionId, Said>,
}

/// What was said of one session.
#[derive(Default)]
struct Said {
    /// The last record that was looked at.
    seq: u64,
    /// The first entry of which nothing was said.
    next: u64,
    /// What was said last of the entries that may still change.
    open: BTreeMap<u64, Last>,
}

/// What was said last of an entry.
enum Last {
    /// So many bytes of a message.
    Bytes(usize),
    /// These words of a step or a plan.
    Words(String),
}

impl Entries {
    /// Nothing of a session is news.
    pub(super) fn skip(&mut self, session: &Session) {
        let said = self.sessions.entry(session.id).or_default();
        (said.seq, said.next) = (session.seq.0, session.timeline.next);
    }

    /// Says what changed in a session.
    pub(super) fn speak(&mut self, app: &App, session: &Session, lines: &mut Vec<String>) {
        let said = self.sessions.entry(session.id).or_default();
        if said.seq == session.seq.0 {
            return;
        }
        said.seq = session.seq.0;
        let open: Vec<u64> = said.open.keys().copied().collect();
        let new = said.next..session.timeline.next;
        said.next = session.timeline.next.max(said.next);
        for no in open.into_iter().chain(new) {
            let Some(entry) = session.timeline.entries.get(&no) else {
                said.open.remove(&no);
                continue;
            };
            if let What::Said { who, text, open, .. } = &entry.what {
                let before = match said.open.get(&no) {
                    Some(Last::Bytes(bytes)) => *bytes,
                    Some(Last::Words(_)) | None => 0,
                };
                let whole = inline(app, text);
                let end = if *open { whole.rfind('\n').map_or(0, |at| at + 1) } else { whole.len() };
                if let Some(part) = whole.get(before..end).filter(|part| !part.trim().is_empty()) {
                    let from = format!("{}{}", lane(session, entry.lane), words::speaker(*who));
                    part.lines().for_each(|line| push(lines, session, &format!("{from}: {line}")));
                }
                keep(&mut said.open, no, *open, Last::Bytes(end.max(before)));
                continue;
            }
            let now = words(app, session, entry);
            let changes = entry.is_open() || matches!(entry.what, What::Step(_) | What::Plan { .. });
            let before = match said.open.get(&no) {
                Some(Last::Words(words)) => Some(words.as_str()),
                Some(Last::Bytes(_)) | None => None,
            };
            if before != Some(now.as_str()) {
                push(lines, session, &now);
            }
            // A step may still be corrected after its end; old ones are final.
            let lingers = changes && no + LINGERS > session.timeline.next;
            keep(&mut said.open, no, lingers, Last::Words(now));
        }
    }
}

fn keep(open: &mut BTreeMap<u64, Last>, no: u64, keeps: bool, last: Last) {
    if keeps {
        open.insert(no, last);
    } else {
        open.remove(&no);
    }
}

/// From the session to a subagent.
fn lane(session: &Session, lane: LaneId) -> String {
    match lane {
        LaneId::ROOT => String::new(),
        lane => session.path_of(lane).split_first().map_or(String::new(), |it| format!("{}: ", it.1.join(" › "))),
    }
}

/// An entry in words.
pub(super) fn words(app: &App, session: &Session, entry: &Entry) -> String {
    let full = |text: &Text| full(app, text);
    let said = match &entry.what {
        What::Prompt { text, steer, by, .. } => {
            format!("{}{}: {}", By::speaks(by.as_ref()), if *steer { " steer" } else { "" }, full(text))
        }
        What::Said { who, text, .. } => format!("{}: {}", words::speaker(*who), inline(app, text)),
        What::Attached { who, what } => format!("attached by {}: {}", words::speaker(*who), full(what)),
        What::Step(step) => self::step(app, session, step),
        What::Plan { items } => {
            let items =
                items.iter().map(|item| format!("plan: {}: {}", words::plan(item.status).trim(), full(&item.text)));
            items.collect::<Vec<_>>().join("\n")
        }
        What::Lane { name, .. } => format!("subagent {} begins", full(name)),
        What::TurnEnd { turn, stop, tokens, .. } => {
            let spent = tokens.as_ref().map(words::tokens).filter(|spent| !spent.is_empty());
            let spent = spent.map(|spent| format!("; tokens: {spent}")).unwrap_or_default();
            format!("turn {} ended: {}{spent}", turn.0, words::stop(stop))
        }
        What::Compacted { before, after } => {
            let count = |count: &Option<u64>| count.map_or_else(|| "unknown".to_owned(), human::count);
            format!("compacted from {} to {} tokens", count(before), count(after))
        }
        What::Mode { mode } => format!("mode is {mode} now"),
        What::Loosened { why } => format!("the agent no longer asks: {why}"),
        What::Noted { level, text } => format!("{}: {}", words::notice(*level), full(text)),
        What::Unrecognised { what, raw } => format!("not understood, {what}: {}", full(raw)),
        What::Ended { cause, last_words, survivors } => {
            let mut said = format!("ended: {}", words::cause(cause));
            if !last_words.is_empty() {
                said = format!("{said}; its last words:\n{}", full(last_words));
            }
            for (pid, name) in survivors {
                said = format!("{said}\nleft alive: {name} ({pid})");
            }
            said
        }
    };
    format!("{}{said}", lane(session, entry.lane))
}

fn step(app: &App, session: &Session, step: &Step) -> String {
    let command = step.command.as_ref().map(|command| full(app, command));
    let target = command.unwrap_or_else(|| words::target(session, step).to_owned());
    let mut said = format!("step {} {} {target}: {}", step.number, step.word(), words::status(step));
    match &step.gate {
        crate::domain::Gate::Unknown => {}
        _ => said = format!("{said}; {}", step.let_in()),
    }
    if let (Some(began), Some(ended)) = (step.began, step.ended) {
        said = format!("{said}; took {}", human::duration(Duration::from_millis(ended.since(began))));
        if !step.output.is_empty() {
            let lines = usize::try_from(step.output.lines).unwrap_or(usize::MAX);
            said = format!("{said}; output {}", words::counted(lines, "line"));
        }
    }
    if let Some(answered) = step.request().and_then(|request| Some(words::answer(request, request.answered.as_ref()?)))
    {
        said = format!("{said}; {answered}");
    }
    if let Some(undone) = did::undone(session, step) {
        said = format!("{said}; {undone}");
    }
    if let Some(diverged) = &step.diverged {
        said = format!("{said}; DIVERGED: {}", full(app, diverged));
    }
    for one in made::of(step, |text| Some(full(app, text))).iter().flat_map(|made| &made.changes) {
        let side = |sign: &str, text: &Option<Text>| {
            let text = text.as_ref().map(|text| full(app, text)).unwrap_or_default();
            text.lines().fold(String::new(), |all, line| all + "\n" + sign + line)
        };
        said = format!("{said}\n{}{}{}", one.path, side("-", &one.old), side("+", &one.new));
    }
    for line in did::lines(session, step) {
        said = format!("{said}\n{line}");
    }
    said
}

fn full(app: &App, text: &Text) -> String {
    match text {
        Text::Inline(text) => text.clone(),
        Text::Body(body) => match app.bodies.get(&body.digest) {
            Some(Some(text)) => text.as_ref().to_owned(),
            Some(None) => "(purged)".to_owned(),
            None => format!("({} of text: `taut show` has it)", human::bytes(body.bytes)),
        },
    }
}

fn inline(app: &App, parts: &Parts) -> String {
    let mut whole: String = parts.head.iter().map(|piece| full(app, piece)).collect();
    if parts.cut_bytes > 0 {
        whole.push_str("\n(some lines are left out: `taut show` has them)\n");
    }
    whole.extend(parts.tail.iter().map(|piece| full(app, piece)));
    whole
}
