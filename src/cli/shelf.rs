//! `taut rename`, `archive`, `pin` and `delete`: what the console's rail does, without a screen. The hub
//! that runs does it, or one without agents for as long as it takes, so that the rules are the same.

use super::args::{Archive, Delete, Pin, Rename};
use super::holder::Unanswered;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, daemon, find, recorded, remote, words};
use crate::domain::{Answer, Command, CommandId, Event, Notice, Query, Reply, Seq, SessionId, Weight};
use crate::hub::{self, Link, Published, answer, session_at};
use crate::recordings::{Recorded, Recordings};
use crate::search::Index;
use crate::store::StoreError;
use crate::text::human;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Gives a session another name.
///
/// # Errors
/// There is no such session, or it can't be written.
pub(super) fn rename(setup: &Setup, args: &Rename) -> Result<ExitCode, CliError> {
    let (session, _) = found(setup, &args.session)?;
    carry_out(setup, &Command::Rename { session, name: args.name.clone() })?;
    // The hub makes it unique among those that live.
    let (_, name) = found(setup, &session.to_string())?;
    said(&format!("{session} is called {name} now."))
}

/// Puts a session away, or brings it back.
///
/// # Errors
/// There is no such session, it lives, or it can't be written.
pub(super) fn archive(setup: &Setup, args: &Archive) -> Result<ExitCode, CliError> {
    let (session, name) = found(setup, &args.session)?;
    carry_out(setup, &Command::Archive { session, archived: !args.back })?;
    match args.back {
        true => said(&format!("{name} ({session}) is back.")),
        false => said(&format!("{name} ({session}) is put away: `taut ls --all` lists it.")),
    }
}

/// Lets a session's checkpoints stay, or go with the others again.
///
/// # Errors
/// There is no such session, it was deleted, or it can't be written.
pub(super) fn pin(setup: &Setup, args: &Pin) -> Result<ExitCode, CliError> {
    let (session, name) = found(setup, &args.session)?;
    carry_out(setup, &Command::Pin { session, pinned: !args.off })?;
    match args.off {
        true => said(&format!("{name} ({session}) is no longer pinned: its checkpoints go when they are old.")),
        false => {
            said(&format!("{name} ({session}) is pinned: its checkpoints stay. `taut pin {session} --off` ends that."))
        }
    }
}

/// Wipes a session's long texts, raw frames and checkpoints from the disk; without `--yes` it says what would go.
///
/// # Errors
/// There is no such session, it lives, or it can't be written.
pub(super) fn delete(setup: &Setup, args: &Delete) -> Result<ExitCode, CliError> {
    let (session, name) = match found(setup, &args.session) {
        Err(none @ (CliError::NotFound(_) | CliError::Store(StoreError::Missing(_)))) => {
            let one = recorded::named(setup, &args.session)?.ok_or(none)?;
            return forget(setup, &one, args.yes);
        }
        other => other?,
    };
    let reader = setup.reader()?;
    let (weight, stay) = match answer(&reader, &Query::Weigh { session }) {
        Published::Answered(Answer::Weighed { weight, stay, .. }) => (weight, stay),
        Published::Answered(Answer::Failed { why }) => return Err(CliError::Refused(why)),
        _ => (reader.holdings(session)?.weight, BTreeMap::new()),
    };
    let stays = stays(setup, &stay)?;
    let what = in_words(weight);
    if !args.yes {
        return said(&format!(
            "{name} ({session}) has {what} beside its records: `taut delete {session} --yes` wipes them from the disk. \
             Its records stay, with lines of up to 4 kB in them, so that the chain stays valid.{stays}"
        ));
    }
    carry_out(setup, &Command::Delete { session })?;
    said(&format!("{name} ({session}) is deleted: {what} are gone from the disk. Its records stay.{stays}"))
}

/// Files of it that stay on the disk: at which sessions' checkpoints, and how they could go. Nothing where none does.
fn stays(setup: &Setup, stay: &BTreeMap<SessionId, u64>) -> Result<String, CliError> {
    let named = |(id, count): (&SessionId, &u64)| {
        let (id, name) = found(setup, &id.to_string())?;
        let count = words::counted(usize::try_from(*count).unwrap_or(usize::MAX), "checkpoint");
        Ok(format!("{count} of it at which {name} ({id}) stands too"))
    };
    let named: Vec<String> = stay.iter().map(named).collect::<Result<_, CliError>>()?;
    Ok(match named.is_empty() {
        true => String::new(),
        false => {
            format!(" So do {}, with the files in them: they go once those sessions are deleted.", named.join(", "))
        }
    })
}

/// Wipes the copy of another tool's session.
fn forget(setup: &Setup, one: &Recorded, yes: bool) -> Result<ExitCode, CliError> {
    let (name, id, file) = (&one.session.name, one.id, one.path.display());
    if !yes {
        return said(&format!(
            "{name} ({id}) is a copy of {file}: `taut delete {id} --yes` wipes the copy from the disk. The file itself stays, \
             and a running hub copies it again while it lies in a place that `taut sources` lists."
        ));
    }
    Recordings::open(&setup.places.state)?.forget(id)?;
    // What was indexed of it goes as well.
    Index::forget_in(&setup.places.state, id, true)?;
    said(&format!("the copy of {file} ({name}, {id}) is gone from the disk; the file itself was not touched"))
}

fn in_words(weight: Weight) -> String {
    let texts = words::counted(usize::try_from(weight.texts).unwrap_or(usize::MAX), "long text");
    let frames = words::counted(usize::try_from(weight.frames).unwrap_or(usize::MAX), "raw frame");
    let texts = format!("{texts} ({})", human::bytes(weight.bytes));
    let frames = format!("{frames} ({})", human::bytes(weight.frame_bytes));
    if weight.checkpoints == 0 {
        return format!("{texts} and {frames}");
    }
    let checkpoints = words::counted(usize::try_from(weight.checkpoints).unwrap_or(usize::MAX), "checkpoint");
    format!("{texts}, {frames} and {checkpoints} ({})", human::bytes(weight.checkpoint_bytes))
}

fn said(line: &str) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    out.line(line)?;
    out.done()
}

/// The session that is meant, and its name.
fn found(setup: &Setup, given: &str) -> Result<(SessionId, String), CliError> {
    let reader = setup.reader()?;
    let id = find::session(&reader, given)?;
    let session = session_at(&reader, id, Seq(u64::MAX))?;
    Ok((id, if session.name.is_empty() { id.to_string() } else { session.name }))
}

/// Has a hub do it, and waits until it is on record.
fn carry_out(setup: &Setup, command: &Command) -> Result<(), CliError> {
    let mut link = match daemon::reach(setup) {
        Ok((mut link, _)) => {
            remote::greeting(&mut link)?;
            link
        }
        Err(Unanswered::Absent) => hub::start(setup.for_hub())?,
        Err(other) => return Err(other.why()),
    };
    link.send(CommandId(1), command.clone());
    let done = until_done(&mut link, command);
    link.leave();
    link.join();
    done
}

fn until_done(link: &mut Link, command: &Command) -> Result<(), CliError> {
    let deleted = match command {
        Command::Delete { session } => Some(*session),
        _ => None,
    };
    let goes_on = deleted.is_some();
    let mut refused = None;
    while let Some(published) = link.published.blocking_recv() {
        match published {
            Published::Replied(_, Reply::Refused { why }) => return Err(CliError::Refused(why)),
            Published::Absent(why) => return Err(CliError::Daemon(why)),
            Published::Replied(..) if !goes_on => return Ok(()),
            Published::Failed(error) => return Err(CliError::Daemon(error.to_string())),
            Published::Left | Published::Link(Some(_)) => break,
            // A deletion goes on after its reply: it is done once it is on record.
            Published::Records(records) => {
                for record in records.iter().filter(|record| Some(record.session) == deleted) {
                    match &record.event {
                        Event::Deleted { .. } if goes_on => return Ok(()),
                        Event::Noted { level: Notice::Error, text } if goes_on => {
                            refused = text.inline().map(str::to_owned);
                        }
                        _ => {}
                    }
                }
                if let Some(why) = refused.take() {
                    return Err(CliError::Refused(why));
                }
            }
            Published::Replied(..)
            | Published::Elsewhere(_)
            | Published::Status(_)
            | Published::Answered(_)
            | Published::Known(_)
            | Published::Link(None) => {}
        }
    }
    Err(CliError::Daemon("the hub ended before it was done: look with `taut ls --all`, and do it again".to_owned()))
}
