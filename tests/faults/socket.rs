//! What happens to the socket, and what comes in by it.

use super::raw::Raw;
use super::stage::{is_dead, socket};
use super::support::hub::Bench;
use super::support::place::{Place, kill, until};
use super::support::pty::Terminal;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use taut::domain::Event;

fn mode(path: &std::path::Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// The first waiting request is allowed, and another one comes.
#[track_caller]
fn goes_on(place: &Place) {
    let (id, digest) = place.waiting();
    assert_eq!(place.done(&["allow", &id, "--digest", &digest]), "allowed");
}

#[test]
fn removed_it_is_made_anew_and_those_that_are_attached_notice_nothing() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let (hub, path) = (place.hub(), socket(&place));
    let mut bench = Bench::attached(&path);
    let terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    for _ in 0..3 {
        fs::remove_file(&path).unwrap();
        until("another socket", || path.exists() && mode(&path) == 0o600);
        assert_eq!(place.hub(), hub, "it is the same hub");
    }
    // One that is put elsewhere is no longer where consoles look.
    fs::rename(&path, place.state().join("elsewhere")).unwrap();
    until("another socket", || path.exists());
    goes_on(&place);
    bench.until("the decision", |bench| bench.position(|event| matches!(event, Event::Decided { .. })).is_some());
    assert_eq!(bench.lost, None);
    assert!(!terminal.screen().contains("went away"));
    // What somebody else put there is left alone, also at the end.
    fs::remove_file(&path).unwrap();
    until("another socket", || path.exists());
    let mut last = Bench::attached(&path);
    fs::rename(&path, place.state().join("hidden")).unwrap();
    until("another socket", || path.exists());
    fs::write(place.state().join("mine"), "mine").unwrap();
    fs::rename(place.state().join("mine"), &path).unwrap();
    last.link.stop();
    until("the end of the hub", || is_dead(hub));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    fs::remove_file(&path).unwrap();
    last.patience = std::time::Duration::from_secs(1);
}

#[test]
fn its_folder_may_go_with_it_where_nothing_else_was_in_it() {
    let place = Place::new();
    let run = place.path().join("run");
    fs::create_dir(&run).unwrap();
    let state = place.path().join("home-state");
    let taut = |args: &[&str]| {
        let mut command = place.command(args);
        command.env_remove("TAUT_STATE").env("XDG_RUNTIME_DIR", &run).env("XDG_STATE_HOME", &state);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    taut(&["daemon", "start"]);
    let before = taut(&["daemon", "status"]);
    // The hub may put its socket back in between: then there is no folder to remove any more.
    drop(fs::remove_dir_all(run.join("taut")));
    until("another socket", || run.join("taut/hub.sock").exists());
    assert_eq!((mode(&run.join("taut")), mode(&run.join("taut/hub.sock"))), (0o700, 0o600));
    assert_eq!(taut(&["daemon", "status"]), before);
    taut(&["daemon", "stop"]);
    assert!(!run.join("taut/hub.sock").exists());
}

#[test]
fn one_that_a_killed_hub_left_is_in_nobodys_way() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let first = place.hub();
    kill(first);
    until("its end", || is_dead(first));
    assert!(socket(&place).exists(), "it is left");
    let said = place.taut(&["daemon", "status"]);
    assert!(said.code == Some(1) && said.err.contains("no hub runs"), "{said:?}");
    // A console starts its own.
    let terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("Nothing runs yet");
    terminal.until("its hub", |_| place.taut(&["daemon", "status"]).code == Some(0));
    assert_ne!(place.hub(), first);
}

#[test]
fn a_folder_with_a_hub_inside_a_console_has_no_second_one() {
    let place = Place::new();
    let embedded = Terminal::new(place.path(), &["demo", "--pace", "0", "ask 1"]);
    embedded.shows("1 waiting");
    let said = place.taut(&["daemon", "start"]);
    let holder = format!("process {}", embedded.child.id());
    assert!(said.code == Some(1) && said.err.contains(&holder), "{said:?}");
    let looks = Terminal::apart(place.path(), &[]);
    looks.shows("READ ONLY").shows(&holder).shows("1 waiting");
}

#[test]
fn garbage_half_lines_and_silence_cost_only_who_sends_them() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let path = socket(&place);
    let refused = |raw: Raw| {
        let said = raw.until_closed();
        assert!(said.is_empty() || said.contains("refused"), "{said}");
    };
    // Before it said who it is.
    for line in ["", "\0\u{1}garbage", "GET / HTTP/1.1", "[]", r#"{"do":{}}"#, r#"{"stop":null}"#, "\"stop\""] {
        let mut raw = Raw::silent(&path);
        raw.say(line);
        refused(raw);
    }
    let halved = Raw::silent(&path);
    std::io::Write::write_all(&mut &halved.stream, b"{\"hello\":{\"wi").unwrap();
    halved.stream.shutdown(std::net::Shutdown::Write).unwrap();
    refused(halved);
    let quiet = Raw::silent(&path);
    // Afterwards.
    for line in ["garbage", r#"{"do":{"id":1,"command":"nonsense"}}"#, r#"{"ask":{"query":7}}"#] {
        let mut raw = Raw::hello(&path);
        assert!(raw.hear().unwrap().get("welcome").is_some());
        raw.say(line);
        raw.until_closed();
    }
    let mut huge = Raw::hello(&path);
    let piece = "x".repeat(1 << 20);
    for _ in 0..9 {
        if std::io::Write::write_all(&mut &huge.stream, piece.as_bytes()).is_err() {
            break;
        }
    }
    huge.say("");
    huge.until_closed();
    let left = Raw::hello(&path);
    drop(left);
    goes_on(&place);
    refused(quiet);
    goes_on(&place);
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn too_many_consoles_are_told_so_and_leave_room_again() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let path = socket(&place);
    let mut first = Bench::attached(&path);
    let many: Vec<Raw> = (0..70).map(|_| Raw::hello(&path)).collect();
    let mut refused = 0;
    let kept: Vec<Raw> = many
        .into_iter()
        .filter_map(|mut raw| {
            let is_welcome = raw.hear().unwrap().get("welcome").is_some();
            refused += u32::from(!is_welcome);
            is_welcome.then_some(raw)
        })
        .collect();
    assert!(refused >= 6 && kept.len() > 50, "{refused} {}", kept.len());
    let said = place.taut(&["daemon", "status"]);
    assert!(said.code == Some(5) && said.err.contains("too many consoles"), "{said:?}");
    // Those that are attached work on.
    let id = first.waiting();
    assert_eq!(first.answer(id, taut::domain::OfferKind::AllowOnce), taut::domain::Reply::Done);
    drop(kept);
    until("room", || place.taut(&["daemon", "status"]).code == Some(0));
    goes_on(&place);
}

#[test]
fn out_of_descriptors_it_serves_those_that_it_has_and_later_all() {
    let place = Place::new();
    let limited = "ulimit -n 64; exec \"$0\" daemon run";
    let mut command = place.command(&[]);
    let state = place.state();
    fs::create_dir(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).unwrap();
    let program = command.get_program().to_owned();
    let mut hub = Command::new("sh");
    hub.args(["-c", limited]).arg(program).env_clear();
    for (key, value) in command.get_envs() {
        value.map(|value| hub.env(key, value));
    }
    command.stdin(Stdio::null());
    let mut hub = hub.current_dir(place.path()).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    until("the hub", || place.taut(&["daemon", "status"]).code == Some(0));
    place.demo();
    place.waiting();
    let path = socket(&place);
    let mut first = Bench::attached(&path);
    let fds = || fs::read_dir(format!("/proc/{}/fd", hub.id())).unwrap().count();
    let before = fds();
    let many: Vec<Raw> = (0..80).map(|_| Raw::hello(&path)).collect();
    until("its last descriptor", || fds() >= 62);
    let id = first.waiting();
    assert_eq!(first.answer(id, taut::domain::OfferKind::AllowOnce), taut::domain::Reply::Done);
    drop(many);
    // The keeper of its workspace may hold some.
    until(&format!("room, {before} of 64; now {}", fds()), || fds() <= before + 8);
    goes_on(&place);
    assert!(place.done(&["verify"]).contains("sound"));
    place.done(&["daemon", "stop"]);
    assert!(hub.wait().unwrap().success());
}
