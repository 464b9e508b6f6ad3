//! `taut daemon`: the hub in a process of its own, and how a console finds it.

use super::args::{Daemon, DaemonVerb};
use super::holder::{Holder, Unanswered, unanswered};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, remote, restart, words};
use crate::domain::{HubStatus, Pos, Query};
use crate::hub::socket::{self, ConnectError, Role, own_mark};
use crate::hub::{self, Link, apart};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How long a hub may take until it answers: it reads the whole log's newest state first.
const READY: Duration = Duration::from_secs(20);
/// How long one that holds the folder may take until it listens, or has ended.
const MOMENT: Duration = Duration::from_secs(3);
/// How often it is tried meanwhile.
const GLANCE: Duration = Duration::from_millis(5);
/// A log longer than this is put aside at the next start; one old log is kept.
const LOG: u64 = 1 << 20;

/// Does what was asked.
///
/// # Errors
/// One sentence.
pub(super) fn daemon(setup: &Setup, args: &Daemon) -> Result<ExitCode, CliError> {
    match args.verb {
        DaemonVerb::Start => start_it(setup),
        DaemonVerb::Status => status(setup),
        DaemonVerb::Stop(args) => restart::stop(setup, args),
        DaemonVerb::Restart(args) => restart::restart(setup, args),
        DaemonVerb::Run => run(setup),
    }
}

/// A link to the hub of this state folder that answers; one is started where there is none.
///
/// # Errors
/// Nobody answers, or it will not talk.
pub(super) fn link(setup: &Setup) -> Result<Link, CliError> {
    match reach(setup) {
        Ok((mut link, _)) => {
            remote::greeting(&mut link)?;
            Ok(link)
        }
        Err(Unanswered::Absent) => {
            Begin::of(setup).begin()?;
            Ok(running(setup)?.0)
        }
        Err(Unanswered::Held(_, why) | Unanswered::Said(why)) => Err(why),
    }
}

/// A link to the hub, as soon as it can be had. One that holds the folder and does not listen yet, or no longer, has a
/// moment.
pub(super) fn reach(setup: &Setup) -> Result<(Link, u32), Unanswered> {
    let until = Instant::now() + MOMENT;
    loop {
        match at_once(setup, None) {
            Err(Unanswered::Held(Holder::Hub(_), _)) if Instant::now() < until => std::thread::sleep(GLANCE),
            reached => return reached,
        }
    }
}

/// A link to the hub, or what is there in its place. Records from a place on are wanted; live ones where none is given.
pub(super) fn at_once(setup: &Setup, from: Option<Pos>) -> Result<(Link, u32), Unanswered> {
    socket::connect(&setup.places.socket, &setup.places.state, from, Role::Script)
        .map_err(|error| unanswered(setup, &error))
}

/// A link to a hub that runs already.
///
/// # Errors
/// There is none.
pub(super) fn running(setup: &Setup) -> Result<(Link, u32), CliError> {
    let (link, pid, _) = greeted(setup)?;
    Ok((link, pid))
}

/// The same, with what it says of itself first.
pub(super) fn greeted(setup: &Setup) -> Result<(Link, u32, HubStatus), CliError> {
    let (mut link, pid) = reach(setup).map_err(Unanswered::why)?;
    let status = remote::greeting(&mut link)?;
    Ok((link, pid, status))
}

/// Nobody is there.
pub(super) fn none_runs() -> CliError {
    CliError::Daemon("no hub runs for this state folder: `taut` or `taut daemon start` starts one".to_owned())
}

pub(super) fn away(error: &ConnectError) -> CliError {
    match error {
        ConnectError::Refused(why) => CliError::Refused(why.clone()),
        other => CliError::Daemon(other.to_string()),
    }
}

fn start_it(setup: &Setup) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    match reach(setup) {
        Ok((_, pid)) => out.line(&format!("the hub runs already: process {pid}"))?,
        Err(Unanswered::Absent) => {
            Begin::of(setup).begin()?;
            let (_, pid) = running(setup)?;
            out.line(&format!("the hub runs: process {pid}; its log is {}", log(&setup.places.state).display()))?;
        }
        Err(Unanswered::Held(_, why) | Unanswered::Said(why)) => return Err(why),
    }
    out.done()
}

/// What it takes to start a hub.
struct Begin {
    program: PathBuf,
    state: PathBuf,
    socket: PathBuf,
    options: Vec<OsString>,
}

/// Options as they were said here, so that another taut comes to the same places.
fn options(setup: &Setup) -> Vec<OsString> {
    let mut options = Vec::new();
    if let Some(state) = &setup.state_given {
        options.extend(["--state".into(), state.clone().into_os_string()]);
    }
    if setup.places.config_given {
        options.extend(["--config".into(), setup.places.config.clone().into_os_string()]);
    }
    options
}

/// The words that are this taut, with its state folder and configuration: what it shall do stands behind them.
pub(super) fn own_words(setup: &Setup) -> Vec<OsString> {
    let mut words = vec![setup.program.clone().into_os_string()];
    words.extend(options(setup));
    words
}

impl Begin {
    fn of(setup: &Setup) -> Self {
        let options = options(setup);
        let (program, places) = (setup.program.clone(), &setup.places);
        Self { program, state: places.state.clone(), socket: places.socket.clone(), options }
    }

    /// Starts the hub, detached from this terminal, and waits until it answers.
    fn begin(&self) -> Result<(), CliError> {
        if let Some(mark) = own_mark() {
            return Err(CliError::Refused(format!(
                "this is a shell of the agent of session {mark}: an agent can't start a hub; do it in a terminal of your own"
            )));
        }
        let mut log = open_log(&self.state)?;
        let from = log.seek(SeekFrom::End(0)).map_err(|error| unlogged(&self.state, &error))?;
        let mut child = self.spawn(&log)?;
        let until = Instant::now() + READY;
        loop {
            match socket::connect(&self.socket, &self.state, None, Role::Script) {
                Ok((_, pid)) if pid == child.id() => return Ok(()),
                // Another one was quicker. Ours holds nothing, and must not take its place once that one is stopped.
                Ok(_) => {
                    drop(child.kill().and_then(|()| child.wait()));
                    return Ok(());
                }
                // Who sits in its place now is put out of it when it listens.
                Err(ConnectError::Stranger(_)) => {}
                Err(error) if error.is_absent() => {}
                Err(error) => return Err(away(&error)),
            }
            if let Ok(Some(_)) = child.try_wait() {
                let mut said = String::new();
                // What can't be read is said to be nothing.
                drop(log.seek(SeekFrom::Start(from)).and_then(|_| log.read_to_string(&mut said)));
                let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
                return Err(CliError::Daemon(format!("the hub did not start: {}", last.trim_start_matches("taut: "))));
            }
            if Instant::now() >= until {
                return Err(CliError::Daemon(format!(
                    "the hub does not answer after {} s: see {}",
                    READY.as_secs(),
                    self::log(&self.state).display()
                )));
            }
            std::thread::sleep(GLANCE);
        }
    }

    fn spawn(&self, log: &File) -> Result<Child, CliError> {
        let cannot = |error: std::io::Error| {
            CliError::Daemon(format!(
                "the hub can't be started: {}; try again, or look with `taut doctor`",
                words::os(&error)
            ))
        };
        let (out, err) = (log.try_clone().map_err(cannot)?, log.try_clone().map_err(cannot)?);
        let mut command = Command::new(&self.program);
        command.args(&self.options).args(["daemon", "run"]);
        command.stdin(Stdio::null()).stdout(out).stderr(err).current_dir("/");
        command.spawn().map_err(cannot)
    }
}

fn log(state: &Path) -> PathBuf {
    state.join("logs").join("hub.log")
}

fn unlogged(state: &Path, error: &std::io::Error) -> CliError {
    let (log, why) = (log(state), words::os(error));
    CliError::Daemon(format!(
        "the hub's log {} can't be written: {why}; mend that, or name another folder with --state",
        log.display()
    ))
}

fn open_log(state: &Path) -> Result<File, CliError> {
    use std::os::unix::fs::DirBuilderExt;
    let path = log(state);
    let io = |error: std::io::Error| unlogged(state, &error);
    let folder = path.parent().unwrap_or(state);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    if fs::metadata(&path).is_ok_and(|meta| meta.len() > LOG) {
        fs::rename(&path, path.with_extension("log.1")).map_err(io)?;
    }
    let no_links = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new().create(true).append(true).read(true).mode(0o600).custom_flags(no_links).open(&path).map_err(io)
}

/// The hub itself: in a session of its own, so that no terminal's end reaches it.
fn run(setup: &Setup) -> Result<ExitCode, CliError> {
    if let Some(mark) = own_mark() {
        return Err(CliError::Refused(format!(
            "this is a shell of the agent of session {mark}: an agent can't run a hub; do it in a terminal of your own"
        )));
    }
    // One that leads its group already, since a shell started it alone, stays as it is.
    let _ = rustix::process::setsid();
    let pid = std::process::id();
    say(&format!("process {pid}, taut {}", env!("CARGO_PKG_VERSION")));
    apart::run(setup.for_hub(), || ()).map_err(|error| CliError::Daemon(error.to_string()))?;
    say(&format!("process {pid} has ended, and all its agents"));
    Ok(ExitCode::SUCCESS)
}

/// A line of the hub's log.
fn say(what: &str) {
    let now = jiff::Zoned::now().strftime("%F %T").to_string();
    drop(writeln!(std::io::stdout(), "{now} {what}"));
}

fn status(setup: &Setup) -> Result<ExitCode, CliError> {
    let (_link, pid, status) = greeted(setup)?;
    let mut out = Out::new();
    out.line(&format!("process {pid}, {} live agents, record {}", status.live, status.head.0))?;
    for trouble in [&status.store_error, &status.config_error].into_iter().flatten() {
        out.line(trouble)?;
    }
    if let Some(settings) = status.settings.filter(|settings| !settings.waits.is_empty()) {
        out.line(&format!("{}: changed while agents run, and not in force until a human takes it", settings.words()))?;
    }
    out.done()
}

/// The hub for a console: apart, or in this process. It is asked at once for everything that is known, so that the answer
/// comes while the terminal is made ready.
///
/// # Errors
/// None is to be had.
pub(super) fn hub(setup: &Setup, embedded: Embedded) -> Result<Link, CliError> {
    match embedded {
        Embedded::Yes => {
            let link = hub::start(setup.for_hub())?;
            link.ask(Query::Snapshot);
            Ok(link)
        }
        Embedded::No => {
            let begin = Begin::of(setup);
            Ok(hub::attach(setup.for_hub(), move || begin.begin().map_err(|error| error.to_string()))?)
        }
    }
}

/// Whether the hub lives and dies with the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Embedded {
    /// It does.
    Yes,
    /// It is a process of its own.
    No,
}
