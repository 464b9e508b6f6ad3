//! Who holds the state folder while no hub answers at its socket, and its end by its process alone.

use super::setup::Setup;
use super::{CliError, daemon};
use crate::hub::config::{Given, Places};
use crate::store;
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long one that was told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(10);

/// What holds the state folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A hub that is a process of its own.
    Hub(u32),
    /// A console with its hub inside.
    Console(u32),
    /// No taut, as far as can be seen.
    Other(u32),
}

impl Holder {
    /// The one that holds the folder now; `None` where it is free.
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let pid = store::writer(&setup.places.state)?;
        Some(if !is_mine(pid) {
            Self::Other(pid)
        } else if runs_a_hub(pid) {
            Self::Hub(pid)
        } else if is_taut(pid) {
            Self::Console(pid)
        } else {
            Self::Other(pid)
        })
    }

    /// What there is to say of it, and what to do.
    pub(super) fn why(self, setup: &Setup) -> CliError {
        let elsewhere = match self {
            Self::Hub(pid) => elsewhere(setup, pid),
            Self::Console(_) | Self::Other(_) => None,
        };
        CliError::Daemon(match self {
            _ if elsewhere.is_some() => elsewhere.unwrap_or_default(),
            Self::Hub(pid) => format!(
                "process {pid} holds the state folder and does not answer at its socket; `taut daemon stop` ends it"
            ),
            Self::Console(pid) => format!(
                "process {pid} holds the state folder: it is a console with its hub inside, which ends when it is left (q)"
            ),
            Self::Other(pid) => {
                format!("process {pid} holds the state folder, and is no taut of yours: look at it with `ps -fp {pid}`")
            }
        })
    }
}

/// What to say where a hub listens at another place, since its environment or its options are other ones.
pub(super) fn elsewhere(setup: &Setup, pid: u32) -> Option<String> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let theirs = |key: &str| {
        let mut entries = environment.split(|byte| *byte == 0);
        let value = entries.find_map(|entry| entry.strip_prefix(key.as_bytes())?.strip_prefix(b"="))?;
        Some(OsStr::from_bytes(value).to_owned())
    };
    let mut words = line.split(|byte| *byte == 0).skip_while(|word| *word != b"--state").skip(1);
    let said = words.next().map(|state| PathBuf::from(OsStr::from_bytes(state)));
    let given = Given { config: Some(setup.places.config.clone()), state: said.clone() };
    let places = Places::find(&given, theirs).ok()?;
    let (ours, socket) = (&setup.places.socket, &places.socket);
    if socket == ours {
        return None;
    }
    let named = |state: Option<OsString>| state.filter(|state| !state.is_empty());
    let by_state = said.is_some() || named(theirs("TAUT_STATE")).is_some();
    let ours_by_state = setup.state_given.is_some() || named(std::env::var_os("TAUT_STATE")).is_some();
    let next = match (by_state, ours_by_state, theirs("XDG_RUNTIME_DIR")) {
        (true, _, _) => format!("give `--state {}`", places.state.display()),
        (false, true, _) => "leave out --state and TAUT_STATE".to_owned(),
        (false, false, Some(dir)) => format!("set XDG_RUNTIME_DIR={}, as it was where that was started", dir.display()),
        (false, false, None) => "unset XDG_RUNTIME_DIR, as it was where that was started".to_owned(),
    };
    Some(format!(
        "process {pid} holds the state folder and listens at {}, while this looks at {}: {next}",
        socket.display(),
        ours.display()
    ))
}

fn is_mine(pid: u32) -> bool {
    fs::metadata(format!("/proc/{pid}")).is_ok_and(|meta| meta.uid() == rustix::process::getuid().as_raw())
}

/// By its command line: it may be another version, in another file.
fn runs_a_hub(pid: u32) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.ends_with(b"\0daemon\0run\0")
}

fn is_taut(pid: u32) -> bool {
    let file = |path: String| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let same = file("/proc/self/exe".to_owned()).is_some_and(|own| file(format!("/proc/{pid}/exe")) == Some(own));
    let named = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    let named = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
    same || named.trim_end_matches(" (deleted)") == "taut"
}

/// Ends a hub that does not answer: told first, and killed where it does not hear.
///
/// # Errors
/// It can't be told, or lives on.
pub(super) fn end(setup: &Setup, pid: u32) -> Result<End, CliError> {
    let tell = |signal| {
        // Looked at again: the number may be another process's by now.
        let process = Pid::from_raw(pid.cast_signed()).filter(|_| Holder::of(setup) == Some(Holder::Hub(pid)));
        process.is_none_or(|process| kill_process(process, signal).is_ok())
    };
    if !tell(Signal::TERM) {
        return Err(CliError::Daemon(format!("process {pid} can't be told to end: look at it with `ps -fp {pid}`")));
    }
    // A stopped process hears TERM only once it goes on.
    tell(Signal::CONT);
    if is_free_within(setup, pid, GRACE) {
        return Ok(End::Told);
    }
    tell(Signal::KILL);
    if is_free_within(setup, pid, GRACE) {
        return Ok(End::Killed);
    }
    Err(CliError::Daemon(format!(
        "process {pid} can't be ended: it is stuck in the kernel; `ps -fp {pid}` shows where"
    )))
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, when it was told.
    Told,
    /// It was killed.
    Killed,
}

fn is_free_within(setup: &Setup, pid: u32, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    while store::writer(&setup.places.state) == Some(pid) {
        if Instant::now() >= until {
            return false;
        }
        sleep(GLANCE);
    }
    true
}

/// What it means that a hub could not be talked to.
pub(super) fn unanswered(setup: &Setup, error: &crate::hub::socket::ConnectError) -> Unanswered {
    use crate::hub::socket::ConnectError::{Silent, Stranger};
    let is_silent = match error {
        Silent(_) | Stranger(_) | crate::hub::socket::ConnectError::Place(crate::hub::socket::PlaceError::Full(_)) => {
            true
        }
        other if other.is_absent() => false,
        _ => return Unanswered::Said(daemon::away(error)),
    };
    match Holder::of(setup) {
        Some(holder) => {
            let why = match error {
                Stranger(stranger) => CliError::Daemon(format!("{stranger}; {}", holder.why(setup))),
                _ => holder.why(setup),
            };
            Unanswered::Held(holder, why)
        }
        None if is_silent && !error.is_absent() => Unanswered::Said(daemon::away(error)),
        None => Unanswered::Absent,
    }
}

/// Nobody answers.
pub(super) enum Unanswered {
    /// None runs: one may be started.
    Absent,
    /// One that holds the folder, and what to say of it.
    Held(Holder, CliError),
    /// It said why, or nobody knows more.
    Said(CliError),
}

impl Unanswered {
    /// What is said of it by a command that starts none.
    pub(super) fn why(self) -> CliError {
        match self {
            Self::Absent => daemon::none_runs(),
            Self::Held(_, why) | Self::Said(why) => why,
        }
    }
}
