//! `taut daemon stop` and `restart`: what becomes of each session is said before anything is done. Neither needs to speak
//! the language of the hub that runs, so that an upgrade can end the one before it.

use super::args::{Restart, Stop};
use super::daemon::{away, link};
use super::holder::{self, End, Holder, Unanswered};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, console, remote, say, words};
use crate::agent::process::tree;
use crate::domain::{Command, Reply};
use crate::hub::socket::{self, ConnectError, Role, own_mark};
use crate::hub::{Link, reading_state};
use crate::state::{Life, Session};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long a hub that was told to end may take: it ends its agents first.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(10);

/// How long an agent that starts may take until it is known what can be brought back of it.
const BEGINS: Duration = Duration::from_secs(20);
/// How often the log is read meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// The hub that runs.
enum Running {
    /// It speaks as we do.
    Ours(Link, u32),
    /// It is another version.
    Other { pid: u32, version: String },
    /// It holds the state folder and does not answer.
    Mute(u32),
}

/// What becomes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its agent can load its conversation, text and all.
    Loaded,
    /// Its agent remembers it, and can't show it.
    Resumed,
    /// It has no conversation yet, and starts anew.
    Anew,
    /// It starts still, and has a conversation to load: only its agent knows whether it can.
    Untold,
    /// Only its record stays.
    Ended,
}

impl Fate {
    fn of(session: &Session) -> Self {
        let has_source = session.sources.iter().any(|source| source.channel == session.driver);
        match (has_source, session.can.load, session.can.resume) {
            (true, true, _) => Self::Loaded,
            (true, false, true) => Self::Resumed,
            (true, false, false) | (false, _, _) if has_begun(session) => Self::Ended,
            (true, false, false) => Self::Untold,
            (false, _, _) => Self::Anew,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Loaded => "its agent can load its conversation again",
            Self::Resumed => "its agent can go on with its conversation, without showing what was said",
            Self::Anew => "it has no conversation yet: its agent starts anew",
            Self::Untold => "its agent has not started yet: whether it can bring its conversation back is not known",
            Self::Ended => "its agent can't bring its conversation back: its record stays",
        }
    }
}

/// Whether its agent has come to an open conversation: before that nobody knows what it can.
fn has_begun(session: &Session) -> bool {
    match session.life {
        Life::Starting(_) | Life::LoginNeeded { .. } => false,
        Life::Open | Life::Ended { .. } | Life::Unknown => true,
    }
}

/// Ends the hub and every agent.
///
/// # Errors
/// None runs, it does not end, nobody agrees, or this is an agent.
pub(super) fn stop(setup: &Setup, args: Stop) -> Result<ExitCode, CliError> {
    let running = running(setup)?;
    let mut out = Out::new();
    let live = live(setup)?;
    for (session, fate) in &live {
        out.line(&format!("ending {} ({}): {}", session.name, session.agent, fate.word()))?;
    }
    out.flush()?;
    // A script has nobody to ask, and has always been believed.
    if !live.is_empty() && !args.yes && io::stdin().is_terminal() {
        let agents = words::counted(live.len(), "agent");
        if !agreed(&format!("End the hub and {agents}?"))? {
            return Err(CliError::Daemon("nothing was done".to_owned()));
        }
    }
    let said = end(setup, running)?;
    out.line(&match live.len() {
        0 => said,
        count => format!("{said}, and {} with it", words::counted(count, "agent")),
    })?;
    out.done()
}

/// Ends the hub, starts this taut in its place, and brings back what can be.
///
/// # Errors
/// None runs, it does not end, nobody agrees, or none can be started.
pub(super) fn restart(setup: &Setup, args: Restart) -> Result<ExitCode, CliError> {
    let running = running(setup)?;
    let mut out = Out::new();
    if !matches!(running, Running::Mute(_)) {
        until_begun(setup)?;
    }
    let live = live(setup)?;
    if let Running::Other { version, .. } = &running {
        out.line(&format!("the hub is taut {version}; taut {} takes its place", env!("CARGO_PKG_VERSION")))?;
    }
    for (session, fate) in &live {
        let (verb, cost) = (if *fate == Fate::Ended { "ends" } else { "comes back" }, cost(session));
        out.line(&format!("{verb}: {} ({}): {}{cost}", session.name, session.agent, fate.word()))?;
    }
    out.flush()?;
    // Each gets back what it was started with; once it has ended, nobody knows that any more.
    let environments: Vec<_> = live.iter().map(|(session, _)| tree::environment(&session.id.to_string())).collect();
    for ((session, fate), environment) in live.iter().zip(&environments) {
        if environment.is_none() && *fate != Fate::Ended {
            let what = "what environment its agent has can't be read, so it comes back with that of this terminal";
            out.line(&format!("{} ({}): {what}", session.name, session.agent))?;
        }
    }
    out.flush()?;
    if !live.is_empty() && !args.yes {
        if !io::stdin().is_terminal() {
            let why = "sessions are live: `taut daemon restart --yes` does it without a question";
            return Err(CliError::Daemon(why.to_owned()));
        }
        if !agreed("Restart now?")? {
            return Err(CliError::Daemon("nothing was done".to_owned()));
        }
    }
    out.line(&end(setup, running)?)?;
    out.flush()?;
    let mut link = link(setup)?;
    let mut failed = false;
    for ((session, fate), environment) in live.iter().zip(environments) {
        if *fate == Fate::Ended {
            continue;
        }
        let env = environment.unwrap_or_else(console::environment);
        let said = match remote::command(&mut link, Command::Reopen { session: session.id, env })? {
            Reply::Started { session: new } => {
                // The new one stands in its place; where it can't be put away both are listed.
                drop(remote::command(&mut link, Command::Archive { session: session.id, archived: true }));
                format!("{} is back as {new}", session.name)
            }
            Reply::Refused { why } => {
                failed = true;
                say(&format!("{} is not back: {why}", session.name));
                continue;
            }
            Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Already { .. } | Reply::Stale { .. } => {
                failed = true;
                say(&format!("{} is not back: see `taut ls`", session.name));
                continue;
            }
        };
        out.line(&said)?;
    }
    let (_, pid) = super::daemon::running(setup)?;
    out.line(&format!("the hub runs: process {pid}, taut {}", env!("CARGO_PKG_VERSION")))?;
    out.done()?;
    Ok(ExitCode::from(u8::from(failed)))
}

/// What a session loses by being brought back.
fn cost(session: &Session) -> String {
    let waiting = session.waiting().count();
    let mut lost = Vec::new();
    if session.turn.is_some() {
        lost.push("its turn ends here".to_owned());
    }
    if waiting > 0 {
        lost.push(format!("{} closed", words::counted(waiting, "request")));
    }
    if !session.queue.is_empty() {
        lost.push(format!("{} lost", words::counted(session.queue.len(), "queued prompt")));
    }
    if lost.is_empty() { String::new() } else { format!("; {}", lost.join(", ")) }
}

/// Asks at the terminal.
fn agreed(question: &str) -> Result<bool, CliError> {
    let mut err = io::stderr();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Waits until every agent that starts has come to a conversation, asks for a login, or has ended; not for ever.
fn until_begun(setup: &Setup) -> Result<(), CliError> {
    let until = Instant::now() + BEGINS;
    loop {
        let starts = live(setup)?.iter().any(|(session, _)| matches!(session.life, Life::Starting(_)));
        if !starts || Instant::now() >= until {
            return Ok(());
        }
        std::thread::sleep(LOOK);
    }
}

/// Sessions whose agents run, by what is on record: a hub of another version can't be asked.
fn live(setup: &Setup) -> Result<Vec<(Session, Fate)>, CliError> {
    let state = reading_state(&setup.reader()?)?;
    let live = state.sessions.into_values().filter(Session::is_live);
    Ok(live.map(|session| (session.clone(), Fate::of(&session))).collect())
}

fn running(setup: &Setup) -> Result<Running, CliError> {
    if let Some(mark) = own_mark() {
        return Err(CliError::Refused(format!(
            "this is a shell of the agent of session {mark}: an agent can't end the hub"
        )));
    }
    let (socket, state) = (&setup.places.socket, &setup.places.state);
    match socket::connect(socket, state, None, Role::Script) {
        Ok((link, pid)) => Ok(Running::Ours(link, pid)),
        Err(ConnectError::Other { version, .. }) => {
            let pid = socket::listener(socket, state).map_err(|error| away(&error))?;
            Ok(Running::Other { pid, version })
        }
        Err(error) => match holder::unanswered(setup, &error) {
            Unanswered::Held(Holder::Hub(pid), _) => Ok(Running::Mute(pid)),
            other => Err(other.why()),
        },
    }
}

/// Tells the hub to end, waits until it has, and gives what there is to say of it.
fn end(setup: &Setup, running: Running) -> Result<String, CliError> {
    let pid = match running {
        Running::Ours(mut link, pid) => {
            link.stop();
            remote::farewell(&mut link)?;
            pid
        }
        Running::Other { pid, .. } => {
            let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
            let told = process.is_some_and(|process| kill_process(process, Signal::TERM).is_ok());
            if !told {
                return Err(CliError::Daemon(format!(
                    "process {pid} can't be told to end: look at it with `ps -fp {pid}`"
                )));
            }
            pid
        }
        Running::Mute(pid) => {
            return Ok(match holder::end(setup, pid)? {
                End::Told => format!("the hub has ended: process {pid}, which did not answer at its socket"),
                End::Killed => {
                    format!("the hub was killed: process {pid} did not answer, and did not end when it was told")
                }
            });
        }
    };
    // Its lock goes with it: the next one must not come too early.
    let until = Instant::now() + PATIENCE;
    while setup.reader().is_ok_and(|reader| reader.writer().is_some()) {
        if Instant::now() >= until {
            return Err(CliError::Daemon(format!(
                "process {pid} has not ended after {} s: look at it with `ps -fp {pid}`",
                PATIENCE.as_secs()
            )));
        }
        std::thread::sleep(GLANCE);
    }
    Ok(format!("the hub has ended: process {pid}"))
}
