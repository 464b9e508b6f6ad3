//! A look at all processes, in `/proc`: who lives, below whom, in which session of the kernel's, with whose mark.

use super::group;
use super::tree::MARK_VARIABLE;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read;

/// One process at one look. Its start time tells it from a later one with the same pid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Its parent's number.
    pub parent: i32,
    /// The kernel's session that it is in: the pid of the process that began it.
    pub session: i32,
    /// When it started, in clock ticks since boot.
    pub started: u64,
    /// The name the kernel knows it by: at most 15 bytes.
    pub name: String,
}

impl Process {
    /// Sends a signal to this very process, or to nobody.
    pub(super) fn send(&self, signal: Signal) {
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

    /// Everything that bears a mark which fits, and everything below that. Never this process.
    #[must_use]
    pub fn all_marked(&self, fits: impl Fn(&str) -> bool) -> Vec<Process> {
        let bears = |pid: &i32| mark_on(*pid).is_some_and(|mark| fits(&mark));
        self.closure(self.0.iter().map(|process| process.pid).filter(bears).collect(), 0)
    }

    /// The mark of each process that bears one.
    pub(super) fn marks(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|process| mark_on(process.pid))
    }

    /// The pids of processes that bear the mark.
    pub(super) fn bearers(&self, mark: &str) -> HashSet<i32> {
        let bears = |pid: &i32| mark_on(*pid).is_some_and(|borne| borne == mark);
        self.0.iter().map(|process| process.pid).filter(bears).collect()
    }

    /// Those that were seen at an earlier look and live on.
    pub(super) fn still(&self, seen: &HashMap<i32, u64>) -> impl Iterator<Item = i32> {
        self.0.iter().filter(|now| seen.get(&now.pid) == Some(&now.started)).map(|now| now.pid)
    }

    /// The roots and all below them, without this process and without `except`.
    ///
    /// What is in a session of the kernel's that one of them began is one of them, whoever is its parent by now. So is
    /// what shares one with them whose first process is dead: nobody can join a session, only be born in it.
    pub(super) fn closure(&self, mut members: HashSet<i32>, except: i32) -> Vec<Process> {
        let own = i32::try_from(std::process::id()).unwrap_or(0);
        let at_home = self.0.iter().find(|process| process.pid == own).map(|process| process.session);
        let living: HashSet<i32> = self.0.iter().map(|process| process.pid).collect();
        members.remove(&0);
        let mut known = 0;
        let mut sessions: HashSet<i32> = HashSet::new();
        while known != members.len() {
            known = members.len();
            for process in &self.0 {
                let below = members.contains(&process.parent);
                if below || sessions.contains(&process.session) {
                    members.insert(process.pid);
                }
                let begun_here = members.contains(&process.session) && process.session != except;
                let orphaned = !living.contains(&process.session);
                let shared = process.session > 1 && Some(process.session) != at_home;
                if members.contains(&process.pid) && process.pid != except && shared && (begun_here || orphaned) {
                    sessions.insert(process.session);
                }
            }
        }
        let wanted = |process: &&Process| members.contains(&process.pid) && process.pid != except && process.pid != own;
        self.0.iter().filter(wanted).cloned().collect()
    }
}

/// The mark that a process bears: in its environment, in its control group, or on the command line of a `taut __agent`.
pub(super) fn mark_on(pid: i32) -> Option<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let environment = read_all(&format!("/proc/{pid}/environ")).unwrap_or_default();
    let borne = environment
        .split(|byte| *byte == 0)
        .find_map(|entry| entry.strip_prefix(MARK_VARIABLE.as_bytes())?.strip_prefix(b"="));
    if let Some(mark) = borne.filter(|mark| !mark.is_empty()) {
        return Some(text(mark));
    }
    if let Some(mark) = group::mark_of(pid) {
        return Some(mark);
    }
    let words = read_all(&format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let mut words = words.split(|byte| *byte == 0).skip(1);
    if words.next()? != b"__agent" {
        return None;
    }
    words.find(|word| *word == b"--mark").and_then(|_| words.next()).map(text)
}

/// Whether a process shows its environment: one that hides it could hide a mark. From inside a user namespace nothing
/// outside of it can be looked at, and what we start is never there.
pub(super) fn can_be_looked_at(pid: i32) -> bool {
    let whole = |map: String| map.split_ascii_whitespace().eq(["0", "0", "4294967295"]);
    let inside = fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| !whole(map));
    inside || fs::File::open(format!("/proc/{pid}/environ")).is_ok()
}

/// The children of this process, also those that are dead and not waited for.
pub(super) fn children() -> Vec<i32> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let parent = |pid: i32| parse_any(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?).map(|(it, _)| it.parent);
    pids.filter(|pid| parent(*pid) == Some(own)).collect()
}

/// The whole of a file in `/proc`, whose size nobody tells: in few reads, since every console that comes is looked at with
/// all its parents.
fn read_all(path: &str) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::with_capacity(4096);
    // Taken by its bytes, it is not asked for its size.
    fs::File::open(path)?.take(u64::MAX).read_to_end(&mut all)?;
    Ok(all)
}

/// Reads one process; `None` where it is gone or dead.
pub(super) fn read(pid: i32) -> Option<Process> {
    parse(pid, &read_all(&format!("/proc/{pid}/stat")).ok()?)
}

/// Reads a line of `/proc/PID/stat`. The name may hold anything, brackets and newlines too: the last bracket ends it.
fn parse(pid: i32, stat: &[u8]) -> Option<Process> {
    parse_any(pid, stat).filter(|(_, lives)| *lives).map(|(process, _)| process)
}

/// The same for the living and the dead, and whether it lives.
fn parse_any(pid: i32, stat: &[u8]) -> Option<(Process, bool)> {
    let open = stat.iter().position(|byte| *byte == b'(')?;
    let close = stat.iter().rposition(|byte| *byte == b')')?;
    let name = String::from_utf8_lossy(stat.get(open + 1..close)?).into_owned();
    let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let session = fields.nth(1)?.parse().ok()?;
    // Fields 20 and 22 of the whole line; the session was field 6.
    let threads: u32 = fields.nth(13)?.parse().ok()?;
    let started = fields.nth(1)?.parse().ok()?;
    // A first thread may be dead while others of its process live on.
    let lives = !matches!(state, "Z" | "X") || threads > 1;
    Some((Process { pid, parent, session, started, name }, lives))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TAIL: &str = "S 12 34 33 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 2469888 200";

    #[test]
    fn a_name_may_hold_brackets_and_newlines() {
        let line = format!("77 (a) (b\n) {TAIL}");
        let process = parse(77, line.as_bytes());
        let whole = Process { pid: 77, parent: 12, session: 33, started: 98_765, name: "a) (b\n".into() };
        assert_eq!(process, Some(whole));
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

    fn process(pid: i32, parent: i32, session: i32) -> Process {
        Process { pid, parent, session, started: 1, name: String::new() }
    }

    fn pids(found: &[Process]) -> Vec<i32> {
        found.iter().map(|process| process.pid).collect()
    }

    #[test]
    fn lines_of_parents_are_followed_and_circles_end() {
        let process = |pid, parent| process(pid, parent, 0);
        let snapshot =
            Snapshot(vec![process(30, 20), process(20, 10), process(10, 1), process(40, 41), process(41, 40)]);
        assert_eq!(pids(&snapshot.below(10)), [30, 20]);
        assert_eq!(pids(&snapshot.below(40)), [41]);
        assert_eq!(pids(&snapshot.below(0)), [0; 0]);
    }

    #[test]
    fn an_orphan_is_found_by_the_session_that_it_was_born_in() {
        // 20 is an agent with a session of its own; 31 lost its parent, 41 and 42 are in a session whose first is dead.
        let tree = [(10, 1, 10), (20, 10, 20), (31, 1, 20), (41, 20, 40), (42, 1, 40), (50, 1, 10), (60, 1, 60)];
        let snapshot = Snapshot(tree.map(|(pid, parent, session)| process(pid, parent, session)).into());
        assert_eq!(pids(&snapshot.closure(HashSet::from([20]), 0)), [20, 31, 41, 42]);
        assert_eq!(pids(&snapshot.below(10)), [20, 31, 41, 42], "not what shares the root's own session");
    }

    #[test]
    fn those_seen_before_are_known_again_by_their_start() {
        let snapshot = Snapshot(vec![process(7, 1, 7), process(8, 1, 8)]);
        let seen = HashMap::from([(7, 1), (8, 2), (9, 1)]);
        assert_eq!(snapshot.still(&seen).collect::<Vec<_>>(), [7]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(1, &bytes);
        }
    }
}
