//! Who belongs to a session: its marked processes and everything below them, found in `/proc`, ended by pidfd.
//!
//! Two threads lead to a process. The line of parents holds while the session's `taut __agent` lives, because orphans
//! come to it as their subreaper. The mark in the environment holds without it, so that a crash can be tidied up.

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};
use std::collections::HashSet;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The variable of the environment that marks a session's processes.
pub const MARK_VARIABLE: &str = "TAUT_SESSION";

/// How long a tree may take after TERM before it is killed.
pub const TERM_GRACE: Duration = Duration::from_millis(500);

/// How long we go on killing before what is left is called a survivor (a process stuck in the kernel).
const KILL_PATIENCE: Duration = Duration::from_secs(2);

/// How often a dying tree is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// The processes of a session that live now, by pid and name.
#[must_use]
pub fn alive(mark: &str) -> Vec<(u32, String)> {
    faces(&Snapshot::take().marked(mark))
}

/// The mark of the session that a process comes from: its own, or that of one of its parents; `None` where it comes from
/// none.
///
/// # Errors
/// The process is gone, or can't be looked at: nothing is known of it.
#[expect(clippy::result_unit_err, reason = "there is nothing to say beyond that")]
pub fn mark_of(pid: u32) -> Result<Option<String>, ()> {
    let mut at = i32::try_from(pid).map_err(|_| ())?;
    let mut seen = HashSet::new();
    let mut first = true;
    while at > 1 && seen.insert(at) {
        let Some(process) = read(at) else { return if first { Err(()) } else { Ok(None) } };
        if let Some(mark) = own_mark(at) {
            return Ok(Some(mark));
        }
        (at, first) = (process.parent, false);
    }
    Ok(None)
}

/// The mark in a process's environment, or on the command line of a `taut __agent`.
fn own_mark(pid: i32) -> Option<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let wanted = format!("{MARK_VARIABLE}=");
    let borne = environment.split(|byte| *byte == 0).find_map(|entry| entry.strip_prefix(wanted.as_bytes()));
    if let Some(mark) = borne.filter(|mark| !mark.is_empty()) {
        return Some(text(mark));
    }
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let mut words = words.split(|byte| *byte == 0).skip(1);
    if words.next()? != b"__agent" {
        return None;
    }
    words.find(|word| *word == b"--mark").and_then(|_| words.next()).map(text)
}

/// Ends what a crash left of a session: TERM, a short grace, KILL. Returns what could not be ended. Blocks.
#[must_use]
pub fn reap(mark: &str) -> Vec<(u32, String)> {
    end(|| Snapshot::take().marked(mark))
}

/// Ends everything that `find` finds, until it finds nothing. Returns what could not be ended. Blocks.
pub fn end(find: impl Fn() -> Vec<Process>) -> Vec<(u32, String)> {
    let mut left = find();
    for process in &left {
        process.send(Signal::TERM);
        // A stopped process hears TERM only once it goes on.
        process.send(Signal::CONT);
    }
    let term_until = Instant::now() + TERM_GRACE;
    while !left.is_empty() && Instant::now() < term_until {
        sleep(GLANCE);
        left = find();
    }
    let kill_until = Instant::now() + KILL_PATIENCE;
    while !left.is_empty() && Instant::now() < kill_until {
        // Stopped first, so that nothing forks away between the look and the kill.
        for process in &left {
            process.send(Signal::STOP);
        }
        for process in find() {
            process.send(Signal::KILL);
        }
        sleep(GLANCE);
        left = find();
    }
    faces(&left)
}

/// Pids and names, for people and for the record.
fn faces(processes: &[Process]) -> Vec<(u32, String)> {
    processes.iter().map(|process| (process.pid.unsigned_abs(), process.name.clone())).collect()
}

/// One process at one look. Its start time tells it from a later one with the same pid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Its parent's number.
    pub parent: i32,
    /// When it started, in clock ticks since boot.
    pub started: u64,
    /// The name the kernel knows it by: at most 15 bytes.
    pub name: String,
}

impl Process {
    /// Sends a signal to this very process, or to nobody.
    fn send(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.pid) else { return };
        // Failures need no answer: whoever is left is found by the next look.
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(handle) if self.is_itself() => {
                let _ = pidfd_send_signal(handle, signal);
            }
            Err(Errno::NOSYS) if self.is_itself() => {
                let _ = kill_process(pid, signal);
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// True while the pid still means the process that was seen.
    fn is_itself(&self) -> bool {
        read(self.pid).is_some_and(|now| now.started == self.started)
    }
}

/// All living processes at one look.
#[derive(Debug, Default)]
pub struct Snapshot(Vec<Process>);

impl Snapshot {
    /// Looks now. The dead that nobody has waited for are left out.
    #[must_use]
    pub fn take() -> Self {
        let Ok(entries) = fs::read_dir("/proc") else { return Self::default() };
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        Self(pids.filter_map(read).collect())
    }

    /// Everything below a process, without itself.
    #[must_use]
    pub fn below(&self, root: u32) -> Vec<Process> {
        let root = i32::try_from(root).unwrap_or(0);
        self.closure(HashSet::from([root]), root)
    }

    /// Everything that bears the mark, and everything below that. Never this process.
    #[must_use]
    pub fn marked(&self, mark: &str) -> Vec<Process> {
        self.closure(self.bearers(mark), 0)
    }

    /// Everything below a process or bearing the mark.
    #[must_use]
    pub fn below_or_marked(&self, root: u32, mark: &str) -> Vec<Process> {
        let root = i32::try_from(root).unwrap_or(0);
        let mut roots = self.bearers(mark);
        roots.insert(root);
        self.closure(roots, root)
    }

    /// The pids of processes whose environment holds the mark.
    fn bearers(&self, mark: &str) -> HashSet<i32> {
        let wanted = format!("{MARK_VARIABLE}={mark}");
        let bears = |process: &&Process| {
            let environment = fs::read(format!("/proc/{}/environ", process.pid)).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes())
        };
        self.0.iter().filter(bears).map(|process| process.pid).collect()
    }

    /// The roots and all below them, without this process and without `except`.
    fn closure(&self, mut members: HashSet<i32>, except: i32) -> Vec<Process> {
        members.remove(&0);
        let mut known = 0;
        while known != members.len() {
            known = members.len();
            for process in &self.0 {
                if members.contains(&process.parent) {
                    members.insert(process.pid);
                }
            }
        }
        let own = i32::try_from(std::process::id()).unwrap_or(0);
        let wanted = |process: &&Process| members.contains(&process.pid) && process.pid != except && process.pid != own;
        self.0.iter().filter(wanted).cloned().collect()
    }
}

/// Reads one process; `None` where it is gone or dead.
fn read(pid: i32) -> Option<Process> {
    parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads a line of `/proc/PID/stat`. The name may hold anything, brackets and newlines too: the last bracket ends it.
fn parse(pid: i32, stat: &[u8]) -> Option<Process> {
    let open = stat.iter().position(|byte| *byte == b'(')?;
    let close = stat.iter().rposition(|byte| *byte == b')')?;
    let name = String::from_utf8_lossy(stat.get(open + 1..close)?).into_owned();
    let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    // Fields 20 and 22 of the whole line; the parent was field 4.
    let threads: u32 = fields.nth(15)?.parse().ok()?;
    let started = fields.nth(1)?.parse().ok()?;
    // A first thread may be dead while others of its process live on.
    let lives = !matches!(state, "Z" | "X") || threads > 1;
    lives.then_some(Process { pid, parent, started, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TAIL: &str = "S 12 34 34 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 2469888 200";

    #[test]
    fn a_name_may_hold_brackets_and_newlines() {
        let line = format!("77 (a) (b\n) {TAIL}");
        let process = parse(77, line.as_bytes());
        assert_eq!(process, Some(Process { pid: 77, parent: 12, started: 98_765, name: "a) (b\n".into() }));
    }

    #[test]
    fn the_dead_are_not_alive() {
        let dead = format!("77 (x) {}", TAIL.replacen('S', "Z", 1));
        assert_eq!(parse(77, dead.as_bytes()), None);
        assert!(parse(77, dead.replace("20 0 1 0", "20 0 2 0").as_bytes()).is_some(), "another thread lives");
    }

    #[test]
    fn this_process_is_below_its_parent() {
        let snapshot = Snapshot::take();
        let own = snapshot.0.iter().find(|process| process.pid.unsigned_abs() == std::process::id());
        assert!(own.is_some_and(|own| own.started > 0 && own.is_itself()));
    }

    #[test]
    fn lines_of_parents_are_followed_and_circles_end() {
        let process = |pid, parent| Process { pid, parent, started: 1, name: String::new() };
        let snapshot =
            Snapshot(vec![process(30, 20), process(20, 10), process(10, 1), process(40, 41), process(41, 40)]);
        let pids = |found: Vec<Process>| found.iter().map(|process| process.pid).collect::<Vec<_>>();
        assert_eq!(pids(snapshot.below(10)), [30, 20]);
        assert_eq!(pids(snapshot.below(40)), [41]);
        assert_eq!(pids(snapshot.below(0)), [0; 0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(1, &bytes);
        }
    }
}
