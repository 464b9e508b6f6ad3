//! A writer killed in the middle: nothing that it was told is safe is lost, and the next one goes on.

use crate::writer;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use taut::domain::{At, Draft, Event, Notice, Pos, SessionId};
use taut::store::{Durability, Opened, Store, verify};

/// Set in the child: the folder that it writes to.
const FOLDER: &str = "TAUT_TEST_CRASH_FOLDER";

fn drafts(n: u64) -> Vec<Draft> {
    let text =
        if n.is_multiple_of(10) { "a long text that goes out ".repeat(4000) } else { format!("record of batch {n}") };
    (0..3).map(|_| Draft::new(SessionId(1), Event::Noted { level: Notice::Info, text: text.clone().into() })).collect()
}

/// The child's side: appends for ever and says so after each batch. Alone it does nothing.
#[test]
fn child_that_appends() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut store = writer(&folder);
    let mut out = std::io::stdout();
    for n in 0_u64.. {
        let durable = if n.is_multiple_of(5) { Durability::Decision } else { Durability::Stream };
        let records = store.append(&drafts(n), At(0), durable).unwrap();
        if writeln!(out, "acked {}", records.last().unwrap().pos.0).and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

#[test]
fn a_killed_writer_loses_nothing_that_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = 0;
    for batches in [1, 23, 60, 111] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child_that_appends", "--nocapture"])
            .env(FOLDER, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut acks = lines.filter_map(|line| line.strip_prefix("acked ")?.parse::<u64>().ok());
        let mut acked = acks.nth(batches).expect("the child appends");
        if let Opened::Writer(_) = Store::open(dir.path()).unwrap() {
            panic!("the child holds the folder");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died, and we had not read.
        acked = acks.last().unwrap_or(acked);

        let mut store = writer(dir.path());
        let head = store.head().unwrap().pos.0;
        assert!(acked > before && head >= acked && head <= acked + 3 && head.is_multiple_of(3), "{head} {acked}");
        assert!(!store.disputed());
        let next = store.append(&drafts(1), At(0), Durability::Stream).unwrap();
        assert_eq!(next[0].pos, Pos(head + 1), "no gap");
        before = next.last().unwrap().pos.0;
        let verified = verify(&store.reader().unwrap(), None, None).unwrap();
        assert_eq!((verified.records, verified.faults), (before, vec![]));
    }
}

/// A child that was just forked has the files of its parent until it becomes another program, and with them the lock.
#[test]
fn a_folder_is_free_as_soon_as_its_writer_has_closed_though_processes_are_born() {
    let dir = tempfile::tempdir().unwrap();
    let (done, stop) = (AtomicBool::new(false), |done: &AtomicBool| done.store(true, Ordering::Relaxed));
    std::thread::scope(|scope| {
        let births = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                Command::new("true").status().unwrap();
            }
        });
        let denied = (0..100).filter(|_| matches!(Store::open(dir.path()).unwrap(), Opened::ReadOnly { .. })).count();
        stop(&done);
        births.join().unwrap();
        assert_eq!(denied, 0, "times of 100");
    });
}
