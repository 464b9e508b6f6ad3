//! `taut prune`: checkpoints that are kept no longer. The hub that runs takes them out, or one without agents for as long
//! as it takes, so that the rules are the same.

use super::args::Prune;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, daemon, remote, words};
use crate::checkpoint::Shelf;
use crate::domain::{Answer, Command, Prunable, Query, Reply, Seq, SessionId};
use crate::hub::{self, Link, Published, session_at};
use crate::store::{Reader, StoreError};
use crate::text::{self, human};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// A large store takes its time.
const PATIENCE: Duration = Duration::from_mins(30);

/// Says what would go, and lets it go.
///
/// # Errors
/// No hub does it, or not all of it could go.
pub(super) fn prune(setup: &Setup, args: &Prune) -> Result<ExitCode, CliError> {
    match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => return nothing(),
        other => drop(other?),
    }
    let (mut link, ours) = match daemon::running(setup) {
        Ok((link, _)) => (link, false),
        Err(_) => (hub::start(setup.for_hub())?, true),
    };
    let done = carry_out(setup, &mut link, args);
    if ours {
        link.leave();
        link.join();
    }
    done
}

fn nothing() -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    out.line("nothing to prune: there are no checkpoints")?;
    out.done()
}

fn carry_out(setup: &Setup, link: &mut Link, args: &Prune) -> Result<ExitCode, CliError> {
    let goes = ask(link)?;
    let mut out = Out::new();
    let all = format!("{} ({})", counted(goes.of, "checkpoint"), human::bytes(goes.of_bytes));
    let reader = setup.reader()?;
    if goes.checkpoints == 0 {
        let none = "none of them older or more than `[keep]` in config.toml says";
        let none = if goes.stay.is_empty() { none } else { "and what is older or more than `[keep]` says stays" };
        out.line(&format!("nothing to prune: {all}, {none}"))?;
        say_what_stays(&mut out, &reader, &goes)?;
        return out.done();
    }
    out.line(&format!(
        "{} of {all} would go, about {}:",
        counted(goes.checkpoints, "checkpoint"),
        human::bytes(goes.bytes)
    ))?;
    for (id, count) in &goes.sessions {
        out.line(&format!("  {}: {}", named(&reader, *id)?, counted(*count, "checkpoint")))?;
    }
    say_what_stays(&mut out, &reader, &goes)?;
    if args.dry_run {
        return out.done();
    }
    out.flush()?;
    let before = bytes(setup);
    match remote::command_until(link, Command::Prune, Instant::now() + PATIENCE)? {
        Reply::Refused { why } => Err(CliError::Refused(why)),
        Reply::Done
        | Reply::Held
        | Reply::KeptFirst
        | Reply::Started { .. }
        | Reply::Already { .. }
        | Reply::Stale { .. } => {
            out.line(&format!("pruned: {} freed", human::bytes(before.saturating_sub(bytes(setup)))))?;
            out.done()
        }
    }
}

/// What is too old or too much, and stays: why, and how it could go.
fn say_what_stays(out: &mut Out, reader: &Reader, goes: &Prunable) -> Result<(), CliError> {
    if goes.stay.is_empty() {
        return Ok(());
    }
    let sessions = counted(goes.stay.len() as u64, "session");
    out.line(&format!("about {} more stays, of {sessions}:", human::bytes(goes.stay_bytes)))?;
    for stay in &goes.stay {
        let id = stay.session;
        let why = match stay.pinned {
            true => format!("pinned, `taut pin {id} --off` lets them go"),
            false => "its agent runs, they can go once it has ended".to_owned(),
        };
        out.line(&format!("  {}: {} ({why})", named(reader, id)?, counted(stay.checkpoints, "checkpoint")))?;
    }
    Ok(())
}

fn named(reader: &Reader, id: SessionId) -> Result<String, CliError> {
    let session = session_at(reader, id, Seq(u64::MAX))?;
    Ok(format!("{id}  {}", text::visible(&session.name).text))
}

fn bytes(setup: &Setup) -> u64 {
    Shelf::all(&setup.places.state.join("checkpoints")).iter().map(|shelf| shelf.bytes).sum()
}

fn counted(n: u64, what: &str) -> String {
    words::counted(usize::try_from(n).unwrap_or(usize::MAX), what)
}

fn ask(link: &mut Link) -> Result<Prunable, CliError> {
    link.ask(Query::Prunable);
    let until = Instant::now() + PATIENCE;
    loop {
        match remote::next(link, until)? {
            Published::Answered(Answer::Prunable(goes)) => return Ok(goes),
            Published::Answered(Answer::Failed { why }) | Published::Absent(why) => return Err(CliError::Refused(why)),
            Published::Failed(error) => return Err(CliError::Refused(error.to_string())),
            _ => {}
        }
    }
}
