//! What programs say of their version: several are asked at once, and none is waited for long.

use rustix::process::{Pid, Signal, kill_process_group};
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// A program may take so long to tell its version.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many are asked at once.
const AT_ONCE: usize = 6;
/// Bytes that are read of an answer.
const LONGEST: u64 = 4096;

/// Asks each command line for its version, in order; nothing where there is none, or no answer in time.
pub(super) fn versions(commands: &[Option<Vec<String>>]) -> Vec<Option<String>> {
    let told = Mutex::new(vec![None; commands.len()]);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(commands.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(command) = commands.get(at) else { break };
                    let version = command.as_deref().and_then(version);
                    told.lock().unwrap_or_else(PoisonError::into_inner)[at] = version;
                }
            });
        }
    });
    told.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What a program says of its version: its first line with a number in it. Whatever it started ends with it.
fn version(command: &[String]) -> Option<String> {
    let (program, args) = command.split_first()?;
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()?;
    let stdout = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    // Apart: what a program leaves in the background may hold its stdout open for ever.
    let reading = thread::Builder::new().spawn(move || {
        let mut said = Vec::new();
        // What came before an error counts.
        drop(stdout.take(LONGEST).read_to_end(&mut said));
        drop(tell.send(said));
    });
    let said = reading.ok().and_then(|_| told.recv_timeout(PATIENCE).ok());
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Not waited for yet, so that its number is still its own.
        // Most have left by themselves by now.
        let _ = kill_process_group(group, Signal::KILL);
    }
    drop(child.wait());
    let said = String::from_utf8_lossy(&said?).into_owned();
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().find(|line| line.contains(|c: char| c.is_ascii_digit())).or_else(|| lines().next()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[test]
    fn each_gets_its_own_answer_and_nobody_waits_for_what_was_left_behind() {
        let began = Instant::now();
        let asked = [
            Some(shell("echo; echo Welcome; echo 'tool 1.2.3'; echo more 4")),
            None,
            Some(shell("echo nightly")),
            Some(shell("exit 1")),
            Some(shell("yes 'v7 and on'")),
            Some(vec!["/no/such/program".to_owned()]),
            Some(shell("echo 9.9; sleep 600 >&- &")),
        ];
        let told = versions(&asked);
        let told: Vec<_> = told.iter().map(Option::as_deref).collect();
        assert_eq!(told, [Some("tool 1.2.3"), None, Some("nightly"), None, Some("v7 and on"), None, Some("9.9")]);
        assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    }
}
