//! Sessions of other tools in lists.

use super::out::Out;
use super::setup::Setup;
use super::{CliError, words};
use crate::domain::{At, Doing};
use crate::hub::Held;
use crate::recordings::{Filter, Recorded, Recordings, registry};
use crate::text;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Cells that a name may have.
const WIDEST: usize = 48;

/// Those that a filter takes, without the recordings of sessions that taut drives.
///
/// # Errors
/// What is kept can't be read.
pub(super) fn listed(setup: &Setup, filter: &Filter, own: &Held) -> Result<Vec<Recorded>, CliError> {
    let Some(kept) = Recordings::open_for_reading(&setup.places.state)? else { return Ok(Vec::new()) };
    let mut all = kept.list(filter)?;
    all.retain(|one| !own.has(&one.native));
    Ok(all)
}

/// The one that something names: its id or the beginning of it, the tool's own id or the beginning of that, its name.
///
/// # Errors
/// What is kept can't be read; more than one is called that.
pub(super) fn named(setup: &Setup, given: &str) -> Result<Option<Recorded>, CliError> {
    let Some(kept) = Recordings::open_for_reading(&setup.places.state)? else { return Ok(None) };
    let mut found = kept.named(given)?;
    if found.len() > 1 {
        let candidates = found.iter().take(6).map(|one| format!("{} ({})", one.id, text::end(&one.title(), 40)));
        return Err(CliError::Ambiguous { given: given.to_owned(), candidates: candidates.collect() });
    }
    Ok(found.pop())
}

/// What agents say of their sessions that run, by their own ids.
pub(super) type Running = BTreeMap<String, Doing>;

/// What the agents here say.
#[must_use]
pub(super) fn running(setup: &Setup) -> Running {
    let folder = registry::folder(setup.places.home.as_deref(), |key| std::env::var_os(key));
    folder.as_deref().map(registry::read).unwrap_or_default()
}

/// How it stands: it goes on elsewhere, or is of the past.
fn state(doing: &Doing) -> &'static str {
    if doing.goes_on() { "elsewhere" } else { "recorded" }
}

/// The fields of `--json`.
#[must_use]
pub(super) fn object(one: &Recorded, running: &Running, now: At) -> Value {
    let (session, doing) = (&one.session, one.doing(running, now));
    let (tokens, cost) = (&session.meter.tokens, session.meter.cost);
    json!({
        "id": one.id, "name": session.name, "agent": session.agent, "cwd": session.cwd, "state": state(&doing), "doing": doing,
        "title": one.title(), "since": session.at, "started": one.first, "live": false, "turns": session.turns,
        "steps": session.steps, "records": one.records, "format": one.format, "native": one.native,
        "file": one.path.to_string_lossy(), "damaged": one.odd.0, "unrecognised": one.odd.1,
        "model": session.model().map(|model| &model.current).filter(|model| !model.is_empty()),
        "branch": session.place.as_ref().and_then(|place| place.branch.as_ref()),
        "used": session.meter.used, "window": session.meter.window, "tokens": tokens,
        "cost_micros": cost.map(|cost| cost.micros),
        "currency": cost.map(|cost| String::from_utf8_lossy(&cost.currency).into_owned()),
    })
}

/// A table of them.
///
/// # Errors
/// Stdout can't be written.
pub(super) fn table(all: &[Recorded], running: &Running, now: At, home: &str, out: &mut Out) -> Result<(), CliError> {
    const HEADS: [&str; 6] = ["ID", "STATE", "SINCE", "AGENT", "TURNS", "STEPS"];
    const NUMBERS: [bool; 6] = [false, false, true, false, true, true];
    let rows: Vec<[String; 6]> = all
        .iter()
        .map(|one| {
            let session = &one.session;
            [
                one.id.to_string(),
                state(&one.doing(running, now)).to_owned(),
                words::age(session.at, now),
                text::end(&text::visible(&session.agent).text, WIDEST).into_owned(),
                session.turns.0.to_string(),
                session.steps.to_string(),
            ]
        })
        .collect();
    let widths: [usize; 6] = std::array::from_fn(|at| {
        rows.iter().map(|row| text::width(&row[at])).chain([HEADS[at].len()]).max().unwrap_or(0)
    });
    let mut line = |cells: [&str; 6], rest: &str| {
        let cells = cells.iter().enumerate().map(|(at, cell)| match NUMBERS[at] {
            true => text::pad_start(cell, widths[at]),
            false => text::pad_end(cell, widths[at]),
        });
        out.line(&format!("{}  {rest}", cells.collect::<Vec<_>>().join("  ")))
    };
    line(HEADS, "TITLE  FOLDER")?;
    for (one, row) in all.iter().zip(&rows) {
        let folder = words::below_home(&one.session.cwd, home);
        let title = one.title();
        let title = text::end(&title, WIDEST);
        line(std::array::from_fn(|at| row[at].as_str()), &format!("{title}  {folder}"))?;
    }
    Ok(())
}
