//! `taut show`: a session or a request as text: the plain output of what the screen shows.

use super::args::Show;
use super::find::{Found, find};
use super::setup::Setup;
use super::{CliError, json};
use crate::domain::{By, Decision, RequestId, Seq, SessionId, Text};
use crate::state::{Entry, Session, Step, What, page};
use crate::store::Reader;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Records read at a time.
const BATCH: usize = 1024;

/// Shows it.
///
/// # Errors
/// There is no such thing, or the log can't be read.
pub(super) fn show(setup: &Setup, args: &Show) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let state = setup.state(&reader)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match find(&state, &args.id)? {
        Found::Session(id) if args.json => records(&reader, id, &mut out)?,
        Found::Session(id) => session(&reader, &state.sessions[&id], &mut out)?,
        Found::Request(id) => request(&reader, &state.sessions[&id.session], id, args.json, &mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn records(reader: &Reader, id: SessionId, out: &mut impl Write) -> Result<(), CliError> {
    let mut from = Seq(1);
    loop {
        let records = reader.records(id, from, BATCH)?;
        let Some(last) = records.last() else { return Ok(()) };
        from = Seq(last.seq.0 + 1);
        for record in &records {
            json::line(out, record)?;
        }
    }
}

fn session(reader: &Reader, session: &Session, out: &mut impl Write) -> Result<(), CliError> {
    json::text_line(out, &format!("{} {} ({}) in {}", session.id, visible(&session.name), session.agent, session.cwd))?;
    // Page by page, so that a long session needs no more memory than a short one.
    let pages = page::page_of(session.seq).0;
    for number in 0..=pages {
        let (first, _) = page::bounds(crate::domain::PageNo(number));
        let keyframe = crate::hub::session_at(reader, session.id, Seq(first.0 - 1))?;
        let records = reader.records(session.id, first, BATCH)?;
        for entry in page::settled_in(session.id, (number > 0).then_some(keyframe), &records) {
            write_entry(reader, &entry, out)?;
        }
    }
    for no in session.timeline.unsettled() {
        write_entry(reader, &session.timeline.entries[&no], out)?;
    }
    Ok(())
}

/// Agent text never reaches the terminal raw.
fn visible(text: &str) -> String {
    crate::text::visible(text).text.into_owned()
}

fn write_entry(reader: &Reader, entry: &Entry, out: &mut impl Write) -> Result<(), CliError> {
    let full = |text: &Text| match text {
        Text::Inline(text) => text.clone(),
        Text::Body(body) => {
            reader.body(body).ok().flatten().unwrap_or_else(|| format!("[{} bytes, purged]", body.bytes))
        }
    };
    let lane = if entry.lane == crate::domain::LaneId::ROOT { "" } else { "↳ " };
    let mut say = |who: &str, text: &str| {
        let mut lines = text.lines();
        json::text_line(out, &format!("{lane}{who:<9} {}", visible(lines.next().unwrap_or_default())))?;
        lines.try_for_each(|line| json::text_line(out, &format!("{lane}{:<9} {}", "", visible(line))))
    };
    match &entry.what {
        What::Prompt { text, .. } => say("you", &full(text)),
        What::Said { who, text, .. } => {
            let who = match who {
                crate::domain::Speaker::User => "user",
                crate::domain::Speaker::Agent => "agent",
                crate::domain::Speaker::Thought => "thought",
            };
            let mut whole: String = text.head.iter().map(full).collect();
            if text.cut_bytes > 0 {
                whole.push_str(&format!("\n… {} lines …\n", text.cut_lines));
            }
            whole.extend(text.tail.iter().map(full));
            say(who, &whole)
        }
        What::Attached { what, .. } => say("attached", &full(what)),
        What::Step(step) => say("step", &step_line(step)),
        What::Plan { items } => {
            let lines: Vec<String> = items
                .iter()
                .map(|item| {
                    let mark = match item.status {
                        crate::domain::PlanStatus::Pending => "[ ]",
                        crate::domain::PlanStatus::Doing => "[·]",
                        crate::domain::PlanStatus::Done => "[x]",
                    };
                    format!("{mark} {}", full(&item.text))
                })
                .collect();
            say("plan", &lines.join("\n"))
        }
        What::Lane { name, .. } => say("subagent", &full(name)),
        What::TurnEnd { turn, stop, .. } => say("turn", &format!("{} ended: {stop:?}", turn.0)),
        What::Compacted { before, after } => say("compacted", &format!("{before:?} → {after:?} tokens")),
        What::Mode { mode } => say("mode", mode),
        What::Loosened { why } => say("loosened", why),
        What::Noted { text, .. } => say("note", &full(text)),
        What::Unrecognised { what, raw } => say("unknown", &format!("{what}: {}", full(raw))),
        What::Ended { cause, last_words, .. } => say("ended", &format!("{cause:?}\n{}", full(last_words))),
    }
}

fn step_line(step: &Step) -> String {
    let state = match (step.waiting(), step.denied()) {
        (Some(_), _) => "waiting".to_owned(),
        (None, true) => "denied".to_owned(),
        (None, false) => format!("{:?}", step.status).to_lowercase(),
    };
    format!("{} {} {} ({state}; gate: {})", step.number, step.impact.word(), step.target(), step.gate.word())
}

fn request(
    reader: &Reader,
    session: &Session,
    id: RequestId,
    as_json: bool,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let Some((request, step, _)) = session.request_and_step(id.seq) else {
        return Err(CliError::NotFound(id.to_string()));
    };
    if as_json {
        return json::line(
            out,
            &json!({
                "id": request.id, "session": session.id, "call": step.call, "asked": request.asked,
                "digest": request.digest, "payload": request.payload, "offers": request.offers,
                "verdict": request.verdict, "seen": request.seen, "answered": request.answered,
                "stage": format!("{:?}", request.stage()), "step": step,
            }),
        );
    }
    let full = |text: &Text| match text {
        Text::Inline(text) => text.clone(),
        Text::Body(body) => reader.body(body).ok().flatten().unwrap_or_default(),
    };
    let mut say = |line: String| json::text_line(out, &line);
    say(format!("{}  {}", request.id, step_line(step)))?;
    say(format!("who      {}", session.path_of(request.lane).join(" › ")))?;
    say(format!("digest   {}", request.digest))?;
    say(format!("payload  {}", request.payload.word()))?;
    if let Some(verdict) = &request.verdict {
        let line = verdict.rule.line.map_or_else(String::new, |line| format!(":{line}"));
        say(format!("why      {}{line}  {}", verdict.rule.source, verdict.rule.text))?;
        say(format!("risk     {}: {}", verdict.risk.word(), verdict.reasons.join("; ")))?;
    }
    for offer in &request.offers {
        say(format!("offer    {} {:?}", visible(&offer.id), visible(&offer.name)))?;
    }
    for text in step.command.iter().chain(step.changes.iter().filter_map(|change| change.patch.as_ref())) {
        full(text).lines().try_for_each(|line| say(format!("  {}", visible(line))))?;
    }
    for change in &step.changes {
        say(format!("file     {}", visible(&change.path)))?;
        let (old, new) = (change.old.as_ref().map(&full), change.new.as_ref().map(&full));
        if old.is_some() || new.is_some() {
            for line in old.unwrap_or_default().lines() {
                say(format!("- {}", visible(line)))?;
            }
            for line in new.unwrap_or_default().lines() {
                say(format!("+ {}", visible(line)))?;
            }
        }
    }
    match &request.answered {
        Some(answered) => {
            let who = match &answered.by {
                By::Human => "you".to_owned(),
                By::Rule => "a rule".to_owned(),
                By::Agent => "the agent".to_owned(),
                By::Hub(why) => format!("taut ({why})"),
            };
            let what = match &answered.decision {
                Decision::Allow { offer } => format!("allowed by {offer:?}"),
                Decision::Deny { reason, .. } => {
                    format!("denied{}", reason.as_ref().map_or_else(String::new, |why| format!(": {why}")))
                }
            };
            say(format!("answer   {what}, by {who}; {:?}", request.stage()))
        }
        None => say("answer   none yet".to_owned()),
    }
}
