//! How quick it is beside git and cp, on this machine; run where `TAUT_MEASURE` says with how many files of 20 kB, as in
//! `TAUT_MEASURE=50000 cargo test --release --test checkpoint speed -- --nocapture`. It asserts no time.

use super::stage::{Stage, git_in, git_is_here};
use std::fs;
use std::process::Command;
use std::time::Instant;
use taut::checkpoint::Choice;

#[test]
fn beside_git_and_cp() {
    let Some(files) = std::env::var("TAUT_MEASURE").ok().and_then(|files| files.parse::<usize>().ok()) else {
        eprintln!("skipped: TAUT_MEASURE names no number of files");
        return;
    };
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let path = |n: usize| format!("src/{}/{}/file{n}.txt", n % 50, n % 1000);
    let line = |n: usize, line: usize| format!("file {n} line {line} {}\n", (n * 31 + line * 17) % 9973);
    for n in 0..files {
        stage.write(path(n), (0..800).map(|at| line(n, at)).collect::<String>());
    }
    let root = stage.root();
    git_in(&root, &["init", "-q"]);
    let timed = |what: &mut dyn FnMut()| {
        let began = Instant::now();
        what();
        began.elapsed().as_secs_f64()
    };
    let add = timed(&mut || drop(git_in(&root, &["add", "-A"])));
    let first = timed(&mut || drop(stage.snap()));
    eprintln!("first: {first:.2} s, git add -A {add:.2} s: {:.2} times", first / add);
    std::thread::sleep(std::time::Duration::from_millis(50));
    stage.snap();
    git_in(&root, &["status", "--short"]);
    // The best of some rounds each: the machine does other things as well.
    let (mut status, mut next, mut same) = (f64::MAX, f64::MAX, f64::MAX);
    let mut before = None;
    for round in 0..7 {
        for n in 0..10 {
            stage.write(path(n * 100 + round), "changed\n");
        }
        status = status.min(timed(&mut || drop(git_in(&root, &["status", "--short"]))));
        next = next.min(timed(&mut || before = Some(stage.snap())));
        std::thread::sleep(std::time::Duration::from_millis(50));
        stage.snap();
        same = same.min(timed(&mut || drop(stage.snap())));
    }
    eprintln!("next: {next:.3} s, git status {status:.3} s: {:.2} times; unchanged {same:.3} s", next / status);
    let before = before.unwrap();
    for n in 0..100 {
        stage.write(path(n), "to be undone\n");
    }
    let after = stage.snap();
    let mut plan = None;
    let planned = timed(&mut || plan = Some(stage.plan(&[(&before, &after)])));
    let restored = timed(&mut || drop(stage.restore(plan.as_ref().unwrap(), Choice::Skip)));
    fs::create_dir(stage.dir.path().join("copy")).unwrap();
    let copied = timed(&mut || {
        let mut cp = Command::new("cp");
        cp.args((0..100).map(|n| stage.at(path(n)))).arg(stage.dir.path().join("copy"));
        assert!(cp.status().unwrap().success());
    });
    let copies =
        || (0..100).map(|n| fs::File::open(stage.dir.path().join("copy").join(format!("file{n}.txt"))).unwrap());
    let synced = copied + timed(&mut || copies().for_each(|file| file.sync_all().unwrap()));
    eprintln!(
        "restore: {restored:.3} s (plan {planned:.3} s), cp {copied:.3} s: {:.2} times; cp that is on the disk as well \
         {synced:.3} s: {:.2} times",
        restored / copied,
        restored / synced
    );
}
