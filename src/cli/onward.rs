//! `taut continue`: a session goes on, in its own agent or in another one that gets a brief of it.

use super::args::Continue;
use super::clock::now;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, agents, console, daemon, remote, story, words};
use crate::brief::{Brief, Gather};
use crate::domain::{Command, Reply, SessionId, StartSpec, Text};
use crate::hub;
use crate::recordings::{KeepError, Recordings};
use crate::state::{Entry, Session};
use crate::stories::{Shelves, Story, StoryError, of_records};
use crate::transcript::{self, Format};
use crate::ui::onward::Onward;
use std::path::Path;
use std::process::ExitCode;

/// Goes on as it was chosen in a replay.
///
/// # Errors
/// As [`go_on`].
pub(super) fn chosen(setup: &Setup, session: &str, how: Onward) -> Result<ExitCode, CliError> {
    let fork = how == Onward::Copy;
    let (agent, brief) = match how {
        Onward::AsItself | Onward::Copy => (None, false),
        Onward::Brief(agent) => (Some(agent), true),
    };
    let session = session.to_owned();
    go_on(setup, &Continue { session, agent, brief, print: false, cwd: None, fork, detach: false })
}

/// What goes on.
enum Past {
    /// A session of taut's.
    Own(Box<Session>),
    /// A recording that is kept.
    Kept(Box<Session>),
    /// A transcript that lies there.
    File(&'static dyn Format),
}

/// Goes on.
///
/// # Errors
/// There is no such session, it can't go on, or it can't be read.
pub(super) fn go_on(setup: &Setup, args: &Continue) -> Result<ExitCode, CliError> {
    let shelves = Shelves::open(&setup.places.state)?;
    let path = super::print::transcript(&args.session);
    let past = match path {
        Some(path) => Past::File(transcript::file::sniff(path)?),
        None => match story::named(&shelves, setup, &args.session)? {
            Story::Own(_, session) => Past::Own(session),
            Story::Kept(_, one, _) => Past::Kept(Box::new(one.session.clone())),
        },
    };
    if args.print {
        return print(&brief(setup, &shelves, args, &past)?);
    }
    let session = match &past {
        Past::Own(session) | Past::Kept(session) => Session::clone(session),
        Past::File(format) => end_of(path.unwrap_or(Path::new("")), *format)?,
    };
    let other = args.agent.as_ref().filter(|agent| **agent != session.agent);
    if other.is_some() || args.brief {
        return hand(setup, args, &session, &brief(setup, &shelves, args, &past)?);
    }
    let cwd = match &args.cwd {
        Some(_) if !session.cwd.is_empty() => {
            let (agent, cwd) = (&session.agent, &session.cwd);
            return Err(CliError::Config(format!(
                "{agent} goes on with its own conversation only in its folder, {cwd}: --cwd goes with --brief or --in"
            )));
        }
        Some(dir) => Some(console::folder(dir)?.to_string_lossy().into_owned()),
        None => None,
    };
    let goes_on = |recording| Command::Continue { recording, fork: args.fork, cwd, env: console::environment() };
    let command = match &past {
        Past::Own(own) if args.fork => {
            Command::Fork { session: own.id, to: None, cwd: None, env: console::environment() }
        }
        Past::Own(own) => Command::Reopen { session: own.id, env: console::environment() },
        Past::Kept(one) => goes_on(one.id),
        // Its past stays readable from here on, whatever its tool does with the file.
        Past::File(format) => goes_on(keep(setup, path.unwrap_or(Path::new("")), *format)?),
    };
    begin(setup, command, args.detach, None)
}

/// Starts it with the hub, and shows it: where it is refused, that is said before a screen opens.
fn begin(setup: &Setup, command: Command, detach: bool, draft: Option<String>) -> Result<ExitCode, CliError> {
    if !detach {
        console::needs_terminal()?;
    }
    if setup.embedded && !detach {
        return console::open_on(setup, console::First::Ask(command, draft));
    }
    let mut link = daemon::link(setup)?;
    let session = match remote::command(&mut link, command)? {
        Reply::Started { session } => session,
        Reply::Refused { why } => return Err(CliError::Refused(why)),
        Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Already { .. } | Reply::Stale { .. } => {
            return Err(CliError::Daemon("the hub answered something else than a start: see `taut ls`".to_owned()));
        }
    };
    drop(link);
    if detach {
        let mut out = Out::new();
        out.line(&session.to_string())?;
        return out.done();
    }
    console::open_on(setup, console::First::Show(session, draft))
}

/// Another agent begins, and the brief stands in its composer: nothing is sent.
fn hand(setup: &Setup, args: &Continue, session: &Session, brief: &Brief) -> Result<ExitCode, CliError> {
    let agent = args.agent.clone().unwrap_or_else(|| session.agent.clone());
    agents::launch(setup, &agent).map_err(|missing| CliError::Agent(missing.to_string()))?;
    let cwd = console::folder(args.cwd.as_deref().unwrap_or(Path::new(&session.cwd)))?;
    let (cwd, env) = (cwd.to_string_lossy().into_owned(), console::environment());
    // A transcript has no name that a human gave it: the hub finds one.
    let given = session.driver != hub::TRANSCRIPT && !session.name.is_empty();
    let name = given.then(|| session.name.clone());
    let spec = StartSpec { agent, cwd, name, env, ..StartSpec::default() };
    begin(setup, Command::Start(Box::new(spec)), false, Some(brief.text.clone()))
}

fn print(brief: &Brief) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    brief.text.lines().try_for_each(|line| out.line(line))?;
    let done = out.done()?;
    if !brief.secrets.is_empty() {
        let kinds: Vec<String> = brief.secrets.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let all: usize = brief.secrets.values().sum();
        super::say(&format!("{} left out: {}", words::counted(all, "secret"), kinds.join(", ")));
    }
    Ok(done)
}

/// The brief of a session, of whatever kind it is.
fn brief(setup: &Setup, shelves: &Shelves, args: &Continue, past: &Past) -> Result<Brief, CliError> {
    let Past::File(format) = past else {
        return match story::named(shelves, setup, &args.session)? {
            Story::Own(reader, session) => Ok(hub::brief(reader, session.id)?),
            kept @ Story::Kept(..) => {
                gathered(kept.session(), &|text| story::full(&kept, text), |each| kept.entries(each))
            }
        };
    };
    let path = Path::new(&args.session);
    let session = end_of(path, *format)?;
    // A transcript's texts all stand in its records.
    let full = |text: &Text| text.inline().unwrap_or_default().to_owned();
    gathered(&session, &full, |each| {
        of_records(
            session.id,
            |take| {
                transcript::read(path, *format, &mut |record| _ = take(record)).map_err(StoryError::from)?;
                Ok(())
            },
            &mut |_, entry| each(entry),
        )
    })
}

type Each<'e> = &'e mut dyn FnMut(&Entry) -> Result<bool, CliError>;

fn gathered(
    session: &Session,
    full: &dyn Fn(&Text) -> String,
    entries: impl FnOnce(Each<'_>) -> Result<(), CliError>,
) -> Result<Brief, CliError> {
    let mut gather = Gather::default();
    entries(&mut |entry| {
        gather.take(entry, session, full);
        Ok(true)
    })?;
    Ok(gather.write(session, full))
}

/// A transcript as of its end.
fn end_of(path: &Path, format: &'static dyn Format) -> Result<Session, CliError> {
    let mut session = Session::new(transcript::Stamp::of(&path.to_string_lossy()).session());
    transcript::read(path, format, &mut |record| session.apply(&record))?;
    Ok(session)
}

fn keep(setup: &Setup, path: &Path, format: &'static dyn Format) -> Result<SessionId, CliError> {
    let mut kept = Recordings::open(&setup.places.state)?;
    match kept.keep(path, format, setup.settings.config.recordings.keep, now()) {
        Ok(kept) => Ok(kept.id),
        Err(KeepError::Read(error)) => Err(error.into()),
        Err(KeepError::Store(error)) => Err(error.into()),
    }
}
