//! `taut __agent`: the tiny process that stays as an agent's parent, and ends the whole tree when the hub goes.
//!
//! One thread and one `poll`. The agent has our stdout and stderr itself; only its stdin passes through here, because
//! the end of that pipe is how we learn that the hub has closed it or died. Arguments are read by hand, so that the
//! twenty of these that may run touch as few pages as they can.

mod proxy;

use crate::agent::process::report::Report;
use crate::agent::process::{group, tree};
use proxy::Proxy;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{self, Pid, Signal, WaitOptions, WaitStatus};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The path by which a process starts itself anew, also after its file was replaced.
const ITSELF: &str = "/proc/self/exe";

/// What the arguments ask for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    mark: String,
    grace: Duration,
    /// The pid that must still be our parent.
    parent: Option<i32>,
    /// The control group that the agent is put into.
    group: Option<PathBuf>,
    /// Be replaced by the command instead of staying its parent.
    exec: bool,
    command: Vec<OsString>,
}

/// Runs `taut __agent`, given the arguments after that word. Returns the exit code.
pub fn run(args: impl Iterator<Item = OsString>) -> u8 {
    let result = match read(args) {
        Ok(asked) if asked.exec => Ok(exec(&asked)),
        Ok(asked) => stay(&asked),
        Err(why) => Err(io::Error::new(io::ErrorKind::InvalidInput, why)),
    };
    let report = result.unwrap_or_else(|error| {
        let failed = format!("cannot keep an agent: {error}; run `taut doctor`");
        Report { code: Some(126), failed: Some(failed), ..Report::default() }
    });
    say(&report);
    report.exit_code()
}

/// The last line on stderr. It begins on a line of its own, whatever the agent wrote last.
fn say(report: &Report) {
    // Nobody may be left to read it.
    drop(writeln!(io::stderr(), "\n{}", report.line()));
}

fn read(mut args: impl Iterator<Item = OsString>) -> Result<Asked, &'static str> {
    let mut asked = Asked::default();
    let number = |word: Option<OsString>| word.and_then(|word| word.to_str()?.parse::<u32>().ok());
    while let Some(word) = args.next() {
        match word.to_str() {
            Some("--mark") => asked.mark = args.next().and_then(|mark| mark.into_string().ok()).unwrap_or_default(),
            Some("--grace-ms") => {
                let grace = number(args.next()).ok_or("--grace-ms needs a number")?;
                asked.grace = Duration::from_millis(grace.into());
            }
            Some("--parent") => asked.parent = number(args.next()).and_then(|pid| i32::try_from(pid).ok()),
            Some("--group") => asked.group = args.next().map(PathBuf::from),
            Some("--exec") => asked.exec = true,
            Some("--") => asked.command = args.by_ref().collect(),
            _ => return Err("usage: taut __agent --mark MARK --grace-ms N [--parent PID] -- CMD ARGS..."),
        }
    }
    match (asked.command.is_empty(), asked.exec || !asked.mark.is_empty()) {
        (true, _) => Err("no command after `--`"),
        (false, false) => Err("--mark is missing"),
        (false, true) => Ok(asked),
    }
}

/// Becomes the agent: own session, ended by the kernel when its parent is, then the command. Returns only on failure.
fn exec(asked: &Asked) -> Report {
    // Refused only to the leader of a group, and then there is a group of its own already.
    let _ = process::setsid();
    let doomed = process::set_parent_process_death_signal(Some(Signal::KILL)).is_err();
    if doomed || is_orphan(asked.parent) {
        return failure("taut ended before the agent began".into(), 126);
    }
    if let Some(group) = &asked.group {
        // Not let in, it is found as everywhere: by parents, mark and session.
        drop(group::join(group));
    }
    let Some((program, args)) = asked.command.split_first() else { return Report::default() };
    let error = Command::new(program).args(args).exec();
    let code = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
    let name = program.to_string_lossy();
    failure(format!("cannot start {name:?}: {}", advice(Path::new(program), &error)), code)
}

fn failure(sentence: String, code: i32) -> Report {
    Report { code: Some(code), failed: Some(sentence), ..Report::default() }
}

/// The cause of a failed start, and what to do.
fn advice(program: &Path, error: &io::Error) -> String {
    let by_path = program.as_os_str().as_encoded_bytes().contains(&b'/');
    match error.kind() {
        io::ErrorKind::NotFound if !by_path => "no such program on PATH; install it, or give its full path".into(),
        io::ErrorKind::NotFound if program.exists() => {
            "the interpreter named in its first line is missing; install that".into()
        }
        io::ErrorKind::NotFound => "no such file; correct the path".into(),
        io::ErrorKind::PermissionDenied => "it may not be executed; check its path and its x permission".into(),
        _ => format!("{error}; try the command in a shell"),
    }
}

/// True where our parent is no longer the one that started us.
fn is_orphan(parent: Option<i32>) -> bool {
    parent.is_some() && process::getppid().map(|pid| pid.as_raw_nonzero().get()) != parent
}

/// Stays as the agent's parent until nothing of its tree is left.
fn stay(asked: &Asked) -> io::Result<Report> {
    // Away from the terminal's signals. Refused only to the leader of a group.
    let _ = process::setsid();
    process::set_parent_process_death_signal(Some(Signal::TERM))?;
    process::set_child_subreaper(Some(process::getpid()))?;
    let child_ended = hook(&[SIGCHLD])?;
    let told = hook(&[SIGTERM, SIGINT, SIGHUP])?;
    if is_orphan(asked.parent) {
        return Ok(failure("taut ended before the agent began".into(), 126));
    }
    let own = std::process::id();
    let mut agent = Command::new(ITSELF);
    agent.args(["__agent", "--exec", "--parent", &own.to_string()]);
    if let Some(group) = &asked.group {
        agent.arg("--group").arg(group);
    }
    let mut agent =
        agent.arg("--").args(&asked.command).env(tree::MARK_VARIABLE, &asked.mark).stdin(Stdio::piped()).spawn()?;
    // The hub shall see the end of the agent's stdout, so that no other end of it may stay here.
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
    let pid = i32::try_from(agent.id()).ok().and_then(Pid::from_raw);
    let mut proxy = Proxy::new(agent.stdin.take())?;
    let mut status = watch(pid, asked.grace, &child_ended, &told, &mut proxy);
    drop(proxy);
    let survivors = tree::end_below(own, &asked.mark);
    status = status.or_else(|| bury(pid));
    let code = status.and_then(WaitStatus::exit_status);
    let signal = status.and_then(WaitStatus::terminating_signal);
    Ok(Report { code, signal, survivors, failed: None })
}

/// A stream that becomes readable at any of some signals.
fn hook(signals: &[i32]) -> io::Result<UnixStream> {
    let (reading, writing) = UnixStream::pair()?;
    reading.set_nonblocking(true)?;
    for signal in signals {
        signal_hook::low_level::pipe::register(*signal, writing.try_clone()?)?;
    }
    Ok(reading)
}

/// Passes stdin on until the agent has ended, its time after the end of stdin is over, or a signal says so.
fn watch(
    agent: Option<Pid>,
    grace: Duration,
    mut child_ended: &UnixStream,
    told: &UnixStream,
    proxy: &mut Proxy,
) -> Option<WaitStatus> {
    let mut until: Option<Instant> = None;
    loop {
        if let Some(status) = bury(agent) {
            return Some(status);
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        let mut wanted = vec![PollFd::new(child_ended, PollFlags::IN), PollFd::new(told, PollFlags::IN)];
        let wishes = proxy.wishes();
        wanted.extend(wishes.iter().map(|(end, flags)| PollFd::from_borrowed_fd(proxy.descriptor(*end), *flags)));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        // Interrupted by a signal: its stream is readable in the next round.
        let Ok(_) = poll(&mut wanted, timeout.as_ref()) else { continue };
        let seen: Vec<PollFlags> = wanted.iter().map(PollFd::revents).collect();
        if !seen[1].is_empty() {
            return None;
        }
        if !seen[0].is_empty() {
            drop(child_ended.read(&mut [0; 64]));
        }
        for ((end, _), flags) in wishes.iter().zip(&seen[2..]) {
            proxy.turn(*end, *flags);
        }
        if proxy.is_closing() {
            until = until.or_else(|| Instant::now().checked_add(grace));
        }
    }
}

/// Waits for every child that has ended, orphans that came to us too; tells how the agent did, if it was among them.
fn bury(agent: Option<Pid>) -> Option<WaitStatus> {
    let mut status = None;
    while let Ok(Some((pid, how))) = process::wait(WaitOptions::NOHANG) {
        if Some(pid) == agent {
            status = Some(how);
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> impl Iterator<Item = OsString> {
        line.split(' ').map(OsString::from).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn arguments_are_read_and_those_of_the_command_left_alone() {
        let asked = read(words("--mark m1 --grace-ms 250 --parent 7 -- cmd --mark x -- y")).unwrap_or_default();
        assert_eq!((asked.mark.as_str(), asked.grace, asked.parent), ("m1", Duration::from_millis(250), Some(7)));
        assert_eq!(asked.command, ["cmd", "--mark", "x", "--", "y"]);
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for line in ["", "--", "-- cmd", "--mark", "--mark m", "--mark m --", "--grace-ms x -- cmd", "cmd"] {
            assert!(read(words(line)).is_err(), "{line}");
        }
    }

    #[test]
    fn each_cause_has_its_advice() {
        let missing = io::Error::from(io::ErrorKind::NotFound);
        assert!(advice(Path::new("foo"), &missing).contains("PATH"));
        assert!(advice(Path::new("./no/such"), &missing).contains("correct the path"));
        assert!(advice(Path::new("/proc/self/exe"), &missing).contains("interpreter"));
    }
}
