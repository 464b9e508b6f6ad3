//! What the commands of a turn left running: processes of a session that its agent does not hold. A command that cuts
//! itself loose (`setsid`, `&`) loses its parents, and comes to the `taut __agent` of its session. What the agent itself
//! holds, the servers of its tools among them, is below the agent, and is left alone.

use super::look::{Process, Snapshot};
use super::tree::TERM_GRACE;
use rustix::process::Signal;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long what is left may live after KILL before it is called alive.
const KILL_PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(10);
/// Looks at processes that multiply while they are stopped.
const STOPS: u32 = 8;
/// Ticks in a second, as the kernel counts them for everybody outside.
const TICKS: f64 = 100.0;

/// A moment by the kernel's clock of births.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Birth(u64);

impl Birth {
    /// Now. Where it can't be read, before everything.
    #[must_use]
    pub fn now() -> Self {
        let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
        let seconds = uptime.split(' ').next().and_then(|word| word.parse::<f64>().ok()).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a machine's seconds are few")]
        Self((seconds * TICKS).round() as u64)
    }
}

/// A session whose leftovers are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Its mark.
    pub mark: String,
    /// Its `taut __agent`.
    pub keeper: u32,
    /// What was born before belongs to somebody else.
    pub since: Birth,
}

/// What became of leftovers: pids and names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// They ended, as a look has shown.
    pub ended: Vec<(u32, String)>,
    /// They live.
    pub alive: Vec<(u32, String)>,
}

impl Whose {
    /// What is left running now.
    #[must_use]
    pub fn left(&self) -> Vec<(u32, String)> {
        faces(&self.look(&Snapshot::take()))
    }

    fn look(&self, snapshot: &Snapshot) -> Vec<Process> {
        let Ok(keeper) = i32::try_from(self.keeper) else { return Vec::new() };
        let mut roots = snapshot.bearers(&self.mark);
        roots.insert(keeper);
        loose(&snapshot.closure(roots, keeper), keeper, self.since)
    }

    /// Ends what is left running: all of it is stopped first, so that nobody goes on because another one ended; then
    /// TERM, a short grace, KILL. Blocks.
    #[must_use]
    pub fn sweep(&self) -> Swept {
        let mut seen: HashMap<i32, Process> = HashMap::new();
        let mut left = self.look(&Snapshot::take());
        let term_until = Instant::now() + TERM_GRACE;
        let mut told = HashSet::new();
        while !left.is_empty() && Instant::now() < term_until {
            let new = |process: &&Process| !told.contains(&(process.pid, process.started));
            if left.iter().any(|process| new(&process)) {
                left = self.stop(left);
                let fresh: Vec<&Process> = left.iter().filter(new).collect();
                fresh.iter().for_each(|process| process.send(Signal::TERM));
                left.iter().for_each(|process| process.send(Signal::CONT));
                let fresh: Vec<(i32, u64)> = fresh.iter().map(|process| (process.pid, process.started)).collect();
                told.extend(fresh);
            }
            seen.extend(left.iter().map(|process| (process.pid, process.clone())));
            sleep(GLANCE);
            left = self.look(&Snapshot::take());
        }
        let kill_until = Instant::now() + KILL_PATIENCE;
        while !left.is_empty() && Instant::now() < kill_until {
            left = self.stop(left);
            left.iter().for_each(|process| process.send(Signal::KILL));
            seen.extend(left.iter().map(|process| (process.pid, process.clone())));
            sleep(GLANCE);
            left = self.look(&Snapshot::take());
        }
        let alive = faces(&left);
        let mut ended: Vec<Process> = seen.into_values().filter(|process| !left.contains(process)).collect();
        ended.sort_by_key(|process| (process.started, process.pid));
        Swept { ended: faces(&ended), alive }
    }

    /// Stops all of it, until no look finds more.
    fn stop(&self, mut left: Vec<Process>) -> Vec<Process> {
        let mut stopped = HashSet::new();
        for _ in 0..STOPS {
            let before = stopped.len();
            for process in &left {
                if stopped.insert((process.pid, process.started)) {
                    process.send(Signal::STOP);
                }
            }
            if stopped.len() == before {
                break;
            }
            left = self.look(&Snapshot::take());
        }
        left
    }
}

/// Those of a session that were born since, and whose line of parents does not lead to the agent: the eldest child of the
/// keeper.
fn loose(all: &[Process], keeper: i32, since: Birth) -> Vec<Process> {
    let agent = all.iter().filter(|it| it.parent == keeper).min_by_key(|it| (it.started, it.pid)).map(|it| it.pid);
    let by_pid: HashMap<i32, &Process> = all.iter().map(|process| (process.pid, process)).collect();
    let is_held = |process: &&Process| {
        let (mut at, mut seen) = (process.pid, HashSet::new());
        while seen.insert(at) {
            if Some(at) == agent {
                return true;
            }
            let Some(process) = by_pid.get(&at) else { return false };
            at = process.parent;
        }
        false
    };
    all.iter().filter(|process| process.started >= since.0 && !is_held(process)).cloned().collect()
}

fn faces(processes: &[Process]) -> Vec<(u32, String)> {
    processes.iter().map(|process| (process.pid.unsigned_abs(), process.name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, started: u64) -> Process {
        Process { pid, parent, session: pid, started, name: "x".to_owned() }
    }

    #[test]
    fn what_the_agent_holds_and_what_was_there_before_is_left_alone() {
        // 2 is the agent, 3 a server of its, 4 its command; 5 came loose in this turn with 6 below, 7 in an earlier one,
        // and 8 is what this turn had that one start.
        let tree = [(2, 1, 10), (3, 2, 60), (4, 2, 70), (5, 1, 71), (6, 5, 72), (7, 1, 30), (8, 7, 80)];
        let all = tree.map(|(pid, parent, started)| process(pid, parent, started));
        let pids = |since| loose(&all, 1, Birth(since)).iter().map(|it| it.pid).collect::<Vec<_>>();
        assert_eq!((pids(50), pids(0), pids(90)), (vec![5, 6, 8], vec![5, 6, 7, 8], vec![]));
        // A circle of parents ends, and whoever leads nowhere is loose.
        assert_eq!(loose(&[process(2, 1, 1), process(3, 4, 2), process(4, 3, 2)], 1, Birth(0)).len(), 2);
    }

    #[test]
    fn now_is_later_than_the_birth_of_this_process() {
        let own = i32::try_from(std::process::id()).unwrap();
        let born = super::super::look::read(own).unwrap().started;
        assert!(Birth::now() >= Birth(born) && Birth::now() > Birth(0));
    }
}
