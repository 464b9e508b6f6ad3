//! A disk without room under a hub apart: what lets something run is held, the brake acts, and nothing is lost.

use super::support::hub::{Bench, program};
use super::support::place::{lives, until};
use super::support::pty::Terminal;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use taut::domain::{Closing, Command as Wish, OfferKind, Reply};

/// A hub whose state folder is a small disk that only it has, and the way to it from here.
struct Small {
    folder: tempfile::TempDir,
    hub: Child,
    state: PathBuf,
}

impl Small {
    /// `None` where no disk can be mounted here.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        fs::create_dir(&state).unwrap();
        let can = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(&state).output();
        if !can.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: no disk of its own can be mounted here");
            return None;
        }
        let mounts = "mount -t tmpfs -o size=1m,mode=700 none \"$TAUT_STATE\" && exec \"$0\" daemon run";
        let hub = base("unshare", folder.path(), &state)
            .args(["-rm", "sh", "-c", mounts])
            .arg(program())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // The same disk, as seen from outside of its namespace.
        let state = PathBuf::from(format!("/proc/{}/root{}", hub.id(), state.display()));
        let small = Self { folder, hub, state };
        until("the hub", || small.taut(&["daemon", "status"]).status.success());
        Some(small)
    }

    fn taut(&self, args: &[&str]) -> Output {
        base(program(), self.folder.path(), &self.state).args(args).output().unwrap()
    }

    /// A command that sees the disk where the hub does.
    fn inside(&self, args: &[&str]) -> Output {
        let mut command = base("nsenter", self.folder.path(), &self.folder.path().join("state"));
        command.args(["-t", &self.hub.id().to_string(), "-U", "-m", "--preserve-credentials"]).arg(program());
        command.args(args).output().unwrap()
    }

    fn fill(&self) {
        let mut size = 2 << 20;
        while size > 256 {
            let more = OpenOptions::new().create(true).append(true).open(self.ballast());
            if more.and_then(|mut file: File| file.write_all(&vec![0; size])).is_err() {
                size /= 2;
            }
        }
    }

    fn ballast(&self) -> PathBuf {
        self.state.join("ballast")
    }
}

fn base(program: impl AsRef<std::ffi::OsStr>, folder: &Path, state: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder);
    command.env("TAUT_STATE", state).current_dir(folder).stdin(Stdio::null());
    command
}

impl Drop for Small {
    fn drop(&mut self) {
        drop(self.taut(&["daemon", "stop"]));
        drop(self.hub.kill());
        drop(self.hub.wait());
    }
}

#[test]
fn full_at_a_commit_it_holds_what_was_allowed_and_never_the_brake() {
    let Some(mut small) = Small::new() else { return };
    let mut bench = Bench::attached(&small.state.join("hub.sock"));
    let session = bench.demo(small.folder.path(), Some("ask 3"));
    bench.until("three rows", |bench| bench.state.waiting() == 3);
    let ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let terminal = Terminal::at(small.folder.path(), &small.state, &[]);
    terminal.shows("3 waiting");
    small.fill();
    let before = bench.records.len();
    assert_eq!(bench.answer(ids[0], OfferKind::AllowOnce), Reply::Done);
    bench.until("what is held", |bench| bench.status.held == 1 && bench.status.store_error.is_some());
    terminal.shows("NOT WRITTEN").shows("1 answer held").shows("disk is full");
    assert!(bench.records.len() == before, "nothing is shown that is not on record");
    // A script hears the same, a denial has left, and an interrupt takes all of it back.
    let said = small.taut(&["daemon", "status"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("disk is full"), "{said:?}");
    assert_eq!(bench.answer(ids[1], OfferKind::RejectOnce), Reply::Done);
    assert_eq!(bench.command(Wish::Interrupt { session }), Reply::Done);
    assert_eq!(bench.records.len(), before);
    fs::remove_file(small.ballast()).unwrap();
    bench.until("room", |bench| bench.status.held == 0 && bench.status.store_error.is_none());
    bench.until("the end of the turn", |bench| {
        bench.state.session(session).is_some_and(|session| session.turn.is_none())
    });
    terminal.hides("NOT WRITTEN");
    let allowed = bench.state.request(ids[0]).unwrap();
    assert_eq!((&allowed.answered, allowed.sent), (&None, None), "what was held never left");
    assert!(matches!(allowed.closed, Some((Closing::Withdrawn(_), _))));
    assert!(!bench.state.request(ids[1]).unwrap().answered.as_ref().unwrap().decision.allows());
    // It works on.
    assert_eq!(bench.command(Wish::Prompt { session, text: "ask 1".into(), steer: false }), Reply::Done);
    let next = bench.waiting();
    assert_eq!(bench.answer(next, OfferKind::AllowOnce), Reply::Done);
    bench.until("its sign", |bench| bench.state.request(next).unwrap().taken_up.is_some());
    let verified = small.inside(&["verify"]);
    assert!(verified.status.success(), "{verified:?}");
    small.fill();
    // Full or not, it ends when it is told to, and its agents with it.
    bench.link.stop();
    let hub = small.hub.id();
    until("the end of the hub", || small.hub.try_wait().unwrap().is_some());
    assert!(!lives(hub));
    assert!(taut::agent::process::tree::alive(&session.to_string()).is_empty());
}
