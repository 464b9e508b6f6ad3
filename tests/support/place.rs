//! A state folder with a hub of its own, which ends with the test whatever happens in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use taut::domain::{Event, Pos, Record};
use taut::store::Reader;

pub struct Place(pub tempfile::TempDir);

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(super::hub::program());
        command.args(args).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.path()).env("TAUT_STATE", self.state()).current_dir(self.path());
        command.stdin(Stdio::null());
        command
    }

    pub fn taut(&self, args: &[&str]) -> Said {
        self.said(&mut self.command(args))
    }

    /// What a command says.
    #[allow(dead_code, reason = "not every test that has a place has commands of its own")]
    pub fn said(&self, command: &mut Command) -> Said {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// The same, and it went well.
    #[track_caller]
    pub fn done(&self, args: &[&str]) -> String {
        let said = self.taut(args);
        assert_eq!(said.code, Some(0), "taut {args:?}: {said:?}");
        said.out.trim().to_owned()
    }

    /// Starts a demo agent without a console, and gives its id.
    #[track_caller]
    pub fn demo(&self) -> String {
        let program = env!("CARGO_BIN_EXE_taut");
        self.done(&["run", "--detach", "--name", "demo", "hi", "--", program, "demo-agent", "--pace", "0"])
    }

    /// Starts a scripted agent by its command line.
    #[track_caller]
    pub fn agent(&self, name: &str, command: &[String]) -> String {
        let mut args = vec!["run", "--detach", "--name", name, "hi", "--"];
        args.extend(command.iter().map(String::as_str));
        self.done(&args)
    }

    /// The process of the hub.
    #[track_caller]
    pub fn hub(&self) -> u32 {
        let said = self.done(&["daemon", "status"]);
        said.split([' ', ',']).nth(1).unwrap().parse().unwrap()
    }

    pub fn records(&self) -> Vec<Record> {
        let Ok(reader) = Reader::open(&self.state()) else { return Vec::new() };
        reader.records_by_pos(Pos(1), 1_000_000).unwrap()
    }

    pub fn count(&self, fits: impl Fn(&Event) -> bool) -> usize {
        self.records().iter().filter(|record| fits(&record.event)).count()
    }

    /// The digest of the request that waits first, and its id.
    #[track_caller]
    pub fn waiting(&self) -> (String, String) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let queue = self.done(&["queue", "--json"]);
            if let Some(line) = queue.lines().next() {
                let one: serde_json::Value = serde_json::from_str(line).unwrap();
                let text = |key: &str| one[key].as_str().unwrap().to_owned();
                return (text("id"), text("digest"));
            }
            assert!(Instant::now() < end, "nothing waits");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.taut(&["daemon", "stop"]));
    }
}

/// Waits for something.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    until_within(Duration::from_secs(60), what, holds);
}

/// The same with another patience.
#[track_caller]
pub fn until_within(patience: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + patience;
    while !holds() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// True while a process lives.
pub fn lives(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Ends a process without a word.
pub fn kill(pid: u32) {
    signal(pid, rustix::process::Signal::KILL);
}

/// Sends a signal to a process. One that is gone hears nothing.
pub fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = rustix::process::kill_process(pid, signal);
}
