//! A call: one line of what it is, and below it what it was told, what it gave back and how it was answered.

use super::super::out::Out;
use super::super::{CliError, did, words};
use super::{change, full};
use crate::domain::{Gate, SessionId};
use crate::state::{Parts, Session, Step};
use crate::store::Reader;
use crate::text::{ansi, human};
use crate::ui::made;
use std::time::Duration;

/// What it is and where it stands: `3 edit src/basket.py, done, asked, took 1.2s`.
pub(super) fn line(reader: &Reader, session: &Session, step: &Step) -> String {
    let command = step.command.as_ref().map(|command| full(reader, command));
    let target = command.unwrap_or_else(|| words::target(session, step).to_owned());
    let took = match (step.began, step.ended) {
        (Some(began), Some(ended)) => {
            format!(", took {}", human::duration(Duration::from_millis(ended.since(began))))
        }
        (_, None) | (None, _) => String::new(),
    };
    let gate = match &step.gate {
        Gate::Unknown => String::new(),
        Gate::Asked | Gate::Granted(_) | Gate::ReadClass | Gate::AgentMode(_) | Gate::Ungated => {
            format!(", {}", step.let_in())
        }
    };
    let number = step.number;
    let undone = did::undone(session, step).map(|undone| format!(", {undone}")).unwrap_or_default();
    format!("{number} {} {target}\n{}{gate}{took}{undone}", step.word(), words::status(step))
}

/// What stands below the line.
pub(super) fn details(
    reader: &Reader,
    session: &Session,
    step: &Step,
    lead: &str,
    out: &mut Out,
) -> Result<(), CliError> {
    for request in &step.requests {
        let answer = request.answered.as_ref().map(|answered| format!("{}; ", words::answer(request, answered)));
        let stage = words::stage(session, step, request);
        out.line(&format!("{lead}request {}: {}{stage}", request.id, answer.unwrap_or_default()))?;
    }
    made(reader, step, &format!("{lead}  "), out)?;
    did::lines(session, step).iter().try_for_each(|line| out.line(&format!("{lead}{line}")))?;
    if step.edited.is_some() && !step.changes.is_empty() {
        out.line(&format!("{lead}proposed, and not what was done:"))?;
    }
    for one in &step.changes {
        for line in change::unified(&|text| full(reader, text), one) {
            out.line(&format!("{lead}  {line}"))?;
        }
    }
    output(reader, session.id, &step.output, &format!("{lead}  "), out)
}

/// What a human made of it, with the difference; and loudly where what it did is something else.
pub(super) fn made(reader: &Reader, step: &Step, lead: &str, out: &mut Out) -> Result<(), CliError> {
    if let Some(diverged) = &step.diverged {
        out.line(&format!("{lead}DIVERGED: {}", full(reader, diverged)))?;
    }
    let Some(made) = made::of(step, |text| Some(full(reader, text))) else { return Ok(()) };
    out.line(&format!("{lead}{}", made.head))?;
    if let Some(reason) = &made.reason {
        out.line(&format!("{lead}{reason}"))?;
    }
    for one in &made.changes {
        for line in change::unified(&|text| full(reader, text), one) {
            out.line(&format!("{lead}  {line}"))?;
        }
    }
    Ok(())
}

/// What a call gave back, as a terminal would leave it.
pub(super) fn output(
    reader: &Reader,
    session: SessionId,
    given: &Parts,
    lead: &str,
    out: &mut Out,
) -> Result<(), CliError> {
    if given.is_empty() {
        return Ok(());
    }
    ansi::lines(&parts(reader, session, given)).iter().try_for_each(|line| out.line(&format!("{lead}{}", line.text)))
}

/// A text in pieces; what was left out between its beginning and its end is counted.
pub(super) fn parts(reader: &Reader, session: SessionId, parts: &Parts) -> String {
    let mut whole: String = parts.head.iter().map(|piece| full(reader, piece)).collect();
    if parts.cut_bytes > 0 {
        let (lines, bytes) = (parts.cut_lines, human::bytes(parts.cut_bytes));
        let left_out = format!("\n… {lines} lines ({bytes}) left out: `taut show {session} --json` has them …\n");
        whole.push_str(&left_out);
    }
    whole.extend(parts.tail.iter().map(|piece| full(reader, piece)));
    whole
}
