//! What is known of a session, as facts with their labels.

use super::super::clock::{Clock, now};
use super::super::out::Out;
use super::super::{CliError, ls, words};
use super::full;
use crate::domain::{At, LaneId};
use crate::hub::reading_state;
use crate::state::{Life, Limits, Session, State};
use crate::store::Reader;
use crate::text::human;
use crate::ui::alarms::evidence;

/// Shows it.
pub(super) fn show(
    limits: &Limits,
    reader: &Reader,
    session: &Session,
    clock: &Clock,
    out: &mut Out,
) -> Result<(), CliError> {
    let now = now();
    let has_writer = reader.writer().is_some();
    // What it shares with others only matters while it runs.
    let asks = has_writer && session.is_live() && *limits != Limits::NEVER;
    let live = if asks { reading_state(reader)? } else { State::default() };
    let standing = ls::Standing::of(session, &live, has_writer, now, limits);
    let since = words::age(standing.since, now);
    out.line(&format!("{}  {}  {}, {since}", session.id, session.name, standing.word))?;
    if let Some(title) = session.title.as_ref().map(|title| full(reader, title)).filter(|title| !title.is_empty()) {
        out.fact("title", &title)?;
    }
    out.fact("agent", &agent(session))?;
    if !session.command.is_empty() {
        out.fact("command", &session.command.join(" "))?;
    }
    out.fact("folder", &session.cwd)?;
    if let Some(place) = &session.place {
        if let Some(name) = &place.worktree {
            out.fact("work tree", &format!("{name}, made by taut"))?;
        }
        if let Some(branch) = &place.branch {
            out.fact("branch", branch)?;
        }
    }
    if let Some(why) = &session.unkept {
        out.fact("no undo", why)?;
    }
    if session.is_pinned() {
        out.fact("pinned", "its checkpoints stay, however old they are")?;
    }
    out.fact("started", &format!("{}, {} ago", clock.full(session.started), words::age(session.started, now)))?;
    life(reader, session, clock, out)?;
    if let Some(mode) = &session.mode {
        let named = session.modes.iter().find(|known| known.id == *mode);
        out.fact("mode", &named.map_or_else(|| mode.clone(), |known| format!("{mode} ({})", known.name)))?;
    }
    for option in session.options.iter().filter(|option| option.category.as_deref() != Some("mode")) {
        let current = if option.current.is_empty() { "—" } else { &option.current };
        out.fact("option", &format!("{}: {current}", option.name))?;
    }
    out.fact("context", &words::context(&session.meter))?;
    if session.meter.compactions > 0 {
        out.fact("", &format!("compacted {}", words::counted(session.meter.compactions as usize, "time")))?;
    }
    if let Some(cost) = session.meter.cost {
        out.fact("cost", &human::money(cost.micros, cost.currency))?;
    }
    out.fact("so far", &counts(session))?;
    for alarm in &standing.alarms {
        out.fact("flagged", &evidence(alarm, now))?;
    }
    lanes(session, out)?;
    for why in &session.loosened {
        out.fact("loosened", &format!("no longer asks: {why}"))?;
    }
    for queued in &session.queue {
        out.fact("queued", &format!("prompt {}: {}", queued.prompt.0, full(reader, &queued.text)))?;
    }
    waiting(session, standing.is_live, now, out)?;
    out.line("")
}

fn agent(session: &Session) -> String {
    let face = [session.face.title.as_ref().or(session.face.name.as_ref()), session.face.version.as_ref()];
    let says: Vec<&str> = face.into_iter().flatten().map(String::as_str).collect();
    let says = if says.is_empty() { String::new() } else { format!(" ({})", says.join(" ")) };
    format!("{}{says}, driven over {}", session.agent, session.driver)
}

fn life(reader: &Reader, session: &Session, clock: &Clock, out: &mut Out) -> Result<(), CliError> {
    match &session.life {
        Life::Unknown | Life::Open => Ok(()),
        Life::Starting(doing) => out.fact("start", doing),
        Life::LoginNeeded { said, ways } => {
            out.fact("login", &full(reader, said))?;
            ways.iter().try_for_each(|way| {
                let help = way.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default();
                out.fact("", &format!("{}{help}", way.name))
            })
        }
        Life::Ended { cause, at } => {
            out.fact("ended", &format!("{}, {}", clock.full(*at), words::cause(cause)))?;
            let left: Vec<String> = session.survivors.iter().map(|(pid, name)| format!("{name} ({pid})")).collect();
            if left.is_empty() { Ok(()) } else { out.fact("left alive", &left.join(", ")) }
        }
    }
}

fn counts(session: &Session) -> String {
    let mut counts =
        vec![words::counted(session.turns.0 as usize, "turn"), words::counted(session.steps as usize, "step")];
    let more = [
        (session.failed_steps, "failed"),
        (session.ungated, "UNGATED"),
        (session.asked.saturating_sub(session.by_rule), "asked of you"),
        (session.by_rule, "answered by rules and grants"),
        (session.unrecognised, "not understood"),
    ];
    counts.extend(more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    counts.push(words::counted(usize::try_from(session.seq.0).unwrap_or(usize::MAX), "record"));
    counts.join(", ")
}

fn lanes(session: &Session, out: &mut Out) -> Result<(), CliError> {
    for (id, lane) in session.lanes.iter().filter(|(id, _)| **id != LaneId::ROOT) {
        let state = if lane.ended { "ended" } else { "works" };
        let path = session.path_of(*id).join(" › ");
        let steps = words::counted(lane.steps as usize, "step");
        out.fact("subagent", &format!("{path}: {state}, {steps}, context {}", words::context(&lane.meter)))?;
    }
    Ok(())
}

fn waiting(session: &Session, is_live: bool, now: At, out: &mut Out) -> Result<(), CliError> {
    for (request, step, _) in session.waiting().filter(|_| is_live) {
        let risk = request.verdict.as_ref().map_or("risk unknown".to_owned(), |it| format!("{} risk", it.risk.word()));
        let target = words::target(session, step);
        let age = words::age(request.asked, now);
        let impact = step.impact.word();
        out.fact("waiting", &format!("{}  {risk}, {age}: {impact} {}", request.id, ls::first_line(target)))?;
    }
    Ok(())
}
