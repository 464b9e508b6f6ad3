//! A folder that can't be written, read or trusted, and a disk without room.

use super::support::cli::{ran, taut};
use super::support::hub::program;
use super::support::pty::Terminal;
use super::{leave, logged, refuses};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn give(path: &Path) {
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
        if path.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path()));
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_can_still_be_read() {
    let (folder, id) = logged();
    let state = folder.path().join("state");
    // Somebody must be able to come here, and to start the program.
    let copy = folder.path().join("taut");
    fs::copy(program(), &copy).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    give(&state);
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&state, 0o500);
    let here = |args: &[&str]| {
        let mut command = Command::new(&copy);
        command.args(args).env_clear().env("HOME", folder.path()).env("TAUT_STATE", &state).stdin(Stdio::null());
        if rustix::process::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command.current_dir(folder.path());
        ran(&mut command)
    };
    assert!(here(&["ls"]).well().contains(&id.to_string()));
    assert!(here(&["show", &id.to_string()]).well().contains("work 3"));
    here(&["verify"]).well();
    let doctor = here(&["doctor"]).well();
    assert!(doctor.contains("note    state folder") && doctor.contains("permission denied"), "{doctor}");
    // A new one can't be made below it.
    let below = state.join("below");
    let out = here(&["doctor", "--state", below.to_str().unwrap()]).fails(&["state folder"]);
    assert!(out.contains("permission denied") && out.contains("--state"), "{out}");
    // And one that can't even be read.
    mode(&state, 0o000);
    here(&["ls"]).fails(&[state.to_str().unwrap(), "permission denied", "--state"]);
    mode(&state, 0o700);
    here(&["ls"]).well();
}

#[test]
fn a_folder_of_somebody_else_or_open_to_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    fs::write(state.join("thesis.txt"), "mine").unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).unwrap();
    refuses(folder.path(), &[], &[state.to_str().unwrap(), "open to other users", "chmod 700"]);
    assert_eq!(fs::read_dir(&state).unwrap().count(), 1);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&state, Some(65_534), None).unwrap();
        taut(folder.path(), &["ls"]).fails(&["belongs to user 65534", "--state"]);
    }
}

#[test]
fn a_full_disk_is_said_holds_what_was_decided_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    // A disk of its own, in a namespace that only the console sees; it tells the test its process.
    let script =
        format!("mount -t tmpfs -o size=1m,mode=700 none {0} && exec \"$0\" demo --pace 0 'ask 1'", state.display());
    let can = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(&state).output();
    if !can.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no disk of its own can be mounted here");
        return;
    }
    let terminal = Terminal::running(
        folder.path(),
        "unshare",
        &["-rm", "sh", "-c", &script, program().to_str().unwrap()],
        120,
        36,
    );
    terminal.shows("1 waiting");
    // The same disk, as the console sees it.
    let seen = PathBuf::from(format!("/proc/{}/root{}", terminal.child.id(), state.display()));
    let ballast = seen.join("ballast");
    let mut size = 2 << 20;
    while size > 512 {
        let more = fs::OpenOptions::new().create(true).append(true).open(&ballast);
        if more.and_then(|mut file| std::io::Write::write_all(&mut file, &vec![0; size])).is_err() {
            size /= 2;
        }
    }
    terminal.keys("w");
    terminal.shows("REVIEW");
    std::thread::sleep(Duration::from_millis(500));
    terminal.keys(" ");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("a");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("\x1b");
    terminal.shows("NOT WRITTEN").shows("1 answer held").shows("disk is full");
    assert!(!terminal.screen().contains("done"), "what is held has not left");
    fs::remove_file(&ballast).unwrap();
    terminal.hides("NOT WRITTEN").shows("done");
    leave(terminal);
}
