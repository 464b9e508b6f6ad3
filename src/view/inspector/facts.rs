//! Facts with their labels: who, why, by which rule, how it came to run, what was answered.

use crate::domain::{By, Closing, Decision, Gate, Given, LaneId, Outcome, Speaker, TakenHunk, Verdict};
use crate::state::{Answered, Entry, Fared, Instead, Request, Session, Stage, Step, What};
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::{Want, alarms};
use crate::view::body::Found;
use crate::view::flow::Styled;
use crate::view::{Cx, Look, Row, clock, entry, meter};

/// Cells of a label: the longest, and a space.
const LABEL: usize = 7;
/// Rows of what a human made of a call.
const MADE: usize = 40;

/// Adds a fact: its label, and its value over as many rows as it needs.
pub(super) fn fact(label: &str, value: &str, look: impl Into<Look>, width: usize, rows: &mut Vec<Row>) {
    let mut lead = Row::of(label.to_owned(), Role::Muted);
    lead.pad_to(LABEL);
    Styled::of(value, look).flow(lead, width, rows);
}

/// What is known of a step beside what it was told and gave back.
pub(super) fn of_step(
    cx: &Cx<'_>,
    session: &Session,
    (at, step): (&Entry, &Step),
    width: usize,
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    let names: Vec<String> = session.path_of(at.lane).iter().map(|name| text::prose(name).text.into_owned()).collect();
    fact("who", &names.join(cx.glyphs.path), Role::Text, width, rows);
    let title = step.title.as_ref().filter(|title| !title.is_empty() && step.command.as_ref() != Some(*title));
    if let Some(title) = title.and_then(crate::domain::Text::inline) {
        fact("says", &text::prose(&title.replace('\n', " ")).text, Role::Text, width, rows);
    }
    let asked = step.request();
    if let Some(verdict) = asked.and_then(|request| step.judged(request)).or(step.verdict.as_ref()) {
        of_verdict(verdict, width, rows);
    }
    if step.gate != Gate::Unknown || asked.is_none() {
        let (gate, role) = gate(step);
        fact("gate", &gate, role, width, rows);
    }
    if let Some(request) = asked {
        of_request(cx, (session, step, request), width, rows);
    }
    entry::made::rows(cx, session, step, (width, MADE), rows, wants);
    if let Some(tool) = &step.tool {
        fact("tool", &text::visible(tool).text, Role::Text, width, rows);
    }
    if let Some(cwd) = &step.cwd {
        fact("in", &cx.folder(cwd), Role::Text, width, rows);
    }
    // Of an undo they stand below, with what became of each.
    for place in step.places.iter().filter(|_| step.way_back().is_none()).take(8) {
        let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
        fact("at", &format!("{}{line}", cx.path(session, &place.path)), Role::Text, width, rows);
    }
    let others = if session.is_live() { cx.app.state.contested_by(session, step) } else { Vec::new() };
    for other in &others {
        fact("same", &alarms::collides(other), Role::Warn, width, rows);
    }
    if let Some(code) = step.exit {
        fact("exit", &code.to_string(), if code == 0 { Role::Text } else { Role::Danger }, width, rows);
    }
    let time = clock::hms(at.at, cx.app.utc_offset);
    let took = match (step.began, step.ended) {
        (Some(began), Some(ended)) => {
            format!("{}took {}", cx.glyphs.dot, human::duration(clock::between(began, ended)))
        }
        (Some(began), None) => format!("{}runs {}", cx.glyphs.dot, clock::age(began, cx.now)),
        (None, _) => String::new(),
    };
    fact("when", &format!("{time}{}turn {}{took}", cx.glyphs.dot, cx.numbered(at.turn.0)), Role::Text, width, rows);
    let known = super::did::known(cx, session, step);
    wants.extend(known.want(session, step));
    super::worked::rows(cx, session, (step, &known), width, rows);
    rows.push(Row::new());
}

fn of_verdict(verdict: &Verdict, width: usize, rows: &mut Vec<Row>) {
    use crate::domain::Risk;
    let alarm = match verdict.risk {
        Risk::Low => Role::Text,
        Risk::Mid => Role::Warn,
        Risk::High | Risk::Top => Role::Danger,
    };
    let shown = |text: &str| text::visible(text).text.into_owned();
    let reason = verdict.reasons.first().map(|reason| format!(": {}", shown(reason))).unwrap_or_default();
    fact("risk", &format!("{}{reason}", verdict.risk.word()), alarm, width, rows);
    verdict.reasons.iter().skip(1).for_each(|reason| fact("", &shown(reason), Role::Text, width, rows));
    let outcome = match verdict.outcome {
        Outcome::Allow => "allow",
        Outcome::Ask => "ask",
        Outcome::Deny => "deny",
    };
    let line = verdict.rule.line.map(|line| format!(":{line}")).unwrap_or_default();
    let rule = format!("{outcome}, by {}{line} \"{}\"", shown(&verdict.rule.source), shown(&verdict.rule.text));
    fact("rule", &rule, Role::Text, width, rows);
}

/// How it came to run, in words.
fn gate(step: &Step) -> (String, Role) {
    let role = match &step.gate {
        Gate::Ungated => Role::Danger,
        Gate::AgentMode(_) => Role::Warn,
        Gate::Unknown => Role::Muted,
        Gate::Asked | Gate::Granted(_) | Gate::ReadClass => Role::Text,
    };
    (text::visible(&step.let_in()).text.into_owned(), role)
}

fn of_request(cx: &Cx<'_>, (session, step, request): (&Session, &Step, &Request), width: usize, rows: &mut Vec<Row>) {
    fact(
        "asked",
        &format!("{}{}shows {}", clock::ago(request.asked, cx.now), cx.glyphs.dot, request.payload.word()),
        Role::Text,
        width,
        rows,
    );
    for changed in &request.changed {
        fact("", &format!("changed since: {}", text::visible(changed).text), Role::Warn, width, rows);
    }
    if let Some(deadline) = request.deadline.filter(|_| request.waits()) {
        let left = human::age(clock::between(cx.now, deadline));
        fact("until", &format!("denied by itself in {left}"), Role::Warn, width, rows);
    }
    if let Some(answered) = &request.answered {
        let (words, role) = answer(request, answered);
        fact("answer", &words, role, width, rows);
    }
    let instead = session.instead(step, request);
    let (stage, role) = match request.stage() {
        Stage::Open => ("waits for you".to_owned(), Role::Accent),
        Stage::Decided => ("decided; may not have been delivered".to_owned(), Role::Warn),
        Stage::Sent => ("sent; the agent has not acted on it yet".to_owned(), Role::Text),
        Stage::Unconfirmed => ("sent, and the agent did not act on it".to_owned(), Role::Warn),
        Stage::TakenUp if step.denied() && step.gate == Gate::Ungated => (step.unleashed().to_owned(), Role::Danger),
        Stage::TakenUp => ("the agent acted on it".to_owned(), Role::Text),
        Stage::Closed => {
            let how = request.closed.as_ref().map_or_else(String::new, |(how, _)| closing(how));
            let unsure = request.unsure().map(|unsure| format!(": {unsure}")).unwrap_or_default();
            (format!("{how}{unsure}"), Role::Warn)
        }
    };
    let (stage, role) = match instead {
        None => (stage, role),
        Some(Instead { words, fared, closes }) => {
            let words = text::prose(&words).text.into_owned();
            let over = request.stage() == Stage::Closed && !closes;
            (
                if over { format!("{words}; {stage}") } else { words },
                if fared == Fared::Badly { Role::Warn } else { role },
            )
        }
    };
    fact("stage", &stage, role, width, rows);
}

fn answer(request: &Request, answered: &Answered) -> (String, Role) {
    let by = match &answered.by {
        By::Hub(why) => format!("taut: {}", text::prose(why).text),
        By::Rule if request.verdict.as_ref().is_some_and(|verdict| verdict.rule.is_grant()) => "a grant".to_owned(),
        other => text::prose(&other.word()).text.into_owned(),
    };
    let unread = if answered.overridden { ", unread" } else { "" };
    match &answered.decision {
        Decision::Allow { offer } => {
            let name =
                request.offers.iter().find(|known| known.id == *offer).map_or(offer.as_str(), |known| &known.name);
            (format!("allowed by {by}{unread}: {}", text::prose(name).text), Role::Good)
        }
        Decision::AllowFor { matcher, .. } => {
            let words = matcher.words();
            (format!("allowed by {by}{unread}, and from now on {}", text::prose(&words).text), Role::Good)
        }
        Decision::Edit { .. } => (format!("edited by {by}{unread}"), Role::Good),
        Decision::Take { hunks, reason } => {
            let reason = reason.as_ref().map(|reason| format!(": {}", text::prose(reason).text)).unwrap_or_default();
            (format!("taken in part by {by}{unread}, {}{reason}", TakenHunk::list(hunks)), Role::Good)
        }
        Decision::Reply { given } => {
            (format!("answered by {by}: {}", text::prose(&Given::list(given)).text), Role::Good)
        }
        Decision::Deny { reason, interrupt, .. } => {
            let reason = reason.as_ref().map(|reason| format!(": {}", text::prose(reason).text)).unwrap_or_default();
            let turn = if *interrupt { ", and the turn ended" } else { "" };
            (format!("denied by {by}{turn}{reason}"), Role::Warn)
        }
    }
}

/// `1 line`, `12 lines`.
fn counted(lines: u64) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
}

fn closing(how: &Closing) -> String {
    match how {
        Closing::Withdrawn(why) => format!("taken back: {}", text::prose(why).text),
        Closing::Expired => "its deadline passed".to_owned(),
        Closing::AgentGone => "the agent is gone".to_owned(),
        Closing::Refused(why) => format!("the agent would not take the answer: {}", text::prose(why).text),
        Closing::HookGone => "nobody had answered when its hook's process ended".to_owned(),
        Closing::Superseded => "another request stands in its place".to_owned(),
    }
}

/// What is known of an entry that is no step.
pub(super) fn of_entry(
    cx: &Cx<'_>,
    session: &Session,
    entry: &Entry,
    width: usize,
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    let time = format!("{} {}", clock::date(entry.at, cx.app.utc_offset), clock::hms(entry.at, cx.app.utc_offset));
    fact("when", &format!("{time}{}turn {}", cx.glyphs.dot, cx.numbered(entry.turn.0)), Role::Text, width, rows);
    if entry.lane != LaneId::ROOT {
        let names: Vec<String> =
            session.path_of(entry.lane).iter().map(|name| text::prose(name).text.into_owned()).collect();
        fact("who", &names.join(cx.glyphs.path), Role::Text, width, rows);
    }
    let size = |bytes: u64, lines: u64| format!("{}{}{}", human::bytes(bytes), cx.glyphs.dot, counted(lines));
    match &entry.what {
        What::Said { who, text, .. } => {
            let who = match who {
                Speaker::User => "you, as the agent tells it",
                Speaker::Agent => "the agent",
                Speaker::Thought => "the agent, to itself",
            };
            fact("by", who, Role::Text, width, rows);
            fact("size", &size(text.bytes, text.lines + 1), Role::Text, width, rows);
        }
        What::Prompt { text, by, .. } => {
            if let Some(by) = by.as_ref().filter(|by| !matches!(by, By::Human)) {
                let why = if let By::Hub(why) = by { format!(": {}", text::prose(why).text) } else { String::new() };
                fact("by", &format!("{}{why}", text::prose(&by.word()).text), Role::Text, width, rows);
            }
            fact("size", &size(text.bytes(), u64::from(text.lines())), Role::Text, width, rows);
        }
        What::TurnEnd { tokens, cost, .. } => {
            let tokens = tokens.unwrap_or_default();
            let counts = [
                ("in", tokens.input),
                ("cached", tokens.cache_read),
                ("stored", tokens.cache_write),
                ("out", tokens.output),
                ("think", tokens.thought),
            ];
            for (label, count) in counts {
                let count = count.map_or_else(|| cx.glyphs.unknown.to_owned(), human::count);
                fact(label, &count, Role::Text, width, rows);
            }
            let cost =
                cost.map_or_else(|| cx.glyphs.unknown.to_owned(), |cost| human::money(cost.micros, cost.currency));
            fact("cost", &cost, Role::Text, width, rows);
        }
        What::Lane { opened, .. } => {
            if let Some(lane) = session.lanes.get(opened) {
                let state = if lane.ended { "ended" } else { "works" };
                fact("state", &format!("{state}{}{} steps", cx.glyphs.dot, lane.steps), Role::Text, width, rows);
                rows.push(meter::row(cx, &lane.meter, width));
            }
        }
        What::Unrecognised { what, raw } => {
            fact("kind", &text::visible(what).text, Role::Warn, width, rows);
            rows.push(Row::new());
            let raw = Found::of(cx.app, raw).or_want(wants).unwrap_or("loading…");
            super::told::json(raw, width, rows);
        }
        What::Attached { .. }
        | What::Step(_)
        | What::Plan { .. }
        | What::Compacted { .. }
        | What::Mode { .. }
        | What::Loosened { .. }
        | What::Noted { .. }
        | What::Ended { .. } => {}
    }
}
