//! `taut ls`: every session, one line each.

use super::args::Ls;
use super::setup::Setup;
use super::{CliError, json};
use crate::domain::At;
use crate::state::Session;
use crate::store::StoreError;
use crate::text::human;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

/// Lists the sessions.
///
/// # Errors
/// The log can't be read.
pub(super) fn list(setup: &Setup, args: &Ls) -> Result<ExitCode, CliError> {
    let reader = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => {
            if !args.json {
                println!("No session yet: `taut demo` shows one, `taut run` starts one.");
            }
            return Ok(ExitCode::SUCCESS);
        }
        other => other?,
    };
    let state = setup.state(&reader)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut sessions: Vec<&Session> = state.sessions.values().collect();
    sessions.sort_by_key(|session| session.started);
    for session in sessions {
        let phase = session.phase(now(), setup.stall_after());
        if args.json {
            let cost = session.meter.cost;
            json::line(
                &mut out,
                &json!({
                    "id": session.id, "name": session.name, "agent": session.agent, "cwd": session.cwd,
                    "state": phase.word(), "since": session.since(phase), "started": session.started,
                    "turns": session.turns, "steps": session.steps, "waiting": session.waiting().count(),
                    "used": session.meter.used, "window": session.meter.window,
                    "cost_micros": cost.map(|cost| cost.micros),
                    "currency": cost.map(|cost| String::from_utf8_lossy(&cost.currency).into_owned()),
                    "records": session.seq,
                }),
            )?;
            continue;
        }
        let age = human::age(Duration::from_millis(now().since(session.since(phase))));
        let context = session.meter.fraction().map_or_else(|| "—".to_owned(), |f| format!("{:.0}%", f * 100.0));
        let name = crate::text::visible(&session.name).text.into_owned();
        json::text_line(
            &mut out,
            &format!(
                "{}  {:<11} {age:>4}  {:<24} {:<10} {:>3} turns {:>4} steps  ctx {context:>4}  {}",
                session.id,
                phase.word(),
                name,
                session.agent,
                session.turns.0,
                session.steps,
                session.cwd
            ),
        )?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The time.
#[must_use]
pub(super) fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
