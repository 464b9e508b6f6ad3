//! Somebody else listens in the hub's place: nobody tells it anything, and the hub puts its own socket back.

use super::stage::{is_dead, is_stopped, socket};
use super::support::hub::{HEAR, OPENS, scripted};
use super::support::place::{Place, Said, kill, lives, signal, until};
use super::support::pty::Terminal;
use rustix::process::Signal;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Set in the process that listens in the hub's place: the test's folder.
const FAKE: &str = "TAUT_TEST_FAKE";
const SECRET: &str = "taut_token_secret";

/// Not a test where the variable is missing: the impostor itself, which writes down what it hears.
#[test]
fn sits_in_its_place() {
    let Some(folder) = std::env::var_os(FAKE) else { return };
    let folder = Path::new(&folder);
    let path = folder.join("state/hub.sock");
    until("the word", || folder.join("go").exists());
    let listener = UnixListener::bind(folder.join("state/hub.sockx")).unwrap();
    fs::rename(folder.join("state/hub.sockx"), &path).unwrap();
    fs::write(folder.join("fake"), std::process::id().to_string()).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut heard = String::new();
        drop(BufReader::new(&stream).read_line(&mut heard));
        let mut file = fs::File::options().create(true).append(true).open(folder.join("heard")).unwrap();
        file.write_all(heard.as_bytes()).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        drop(writeln!(stream, r#"{{"welcome":{{"version":"{version}","pid":1}}}}"#));
        // It never says more, and never hangs up.
        std::mem::forget(stream);
    }
}

const ARGS: [&str; 3] = ["--exact", "impostor::sits_in_its_place", "--nocapture"];

/// An agent whose shell starts the impostor, away from it and with a clean environment.
fn agent(place: &Place) {
    let exe = std::env::current_exe().unwrap();
    let run = format!(
        "(setsid env -i {FAKE}={} {} {} </dev/null >/dev/null 2>&1 &)",
        place.path().display(),
        exe.display(),
        ARGS.join(" ")
    );
    let mut command = scripted(&[&OPENS[..], &[HEAR]].concat());
    command[2] = format!("{run}\n{}", command[2]);
    place.agent("cheat", &command);
}

/// A process of the user's own.
struct Stray(Child);

impl Stray {
    fn new(place: &Place) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(ARGS).env(FAKE, place.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Stray {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Lets the impostor take the place; its process.
fn goes(place: &Place) -> u32 {
    fs::write(place.path().join("go"), "").unwrap();
    let said = || fs::read_to_string(place.path().join("fake")).unwrap_or_default();
    until("the impostor", || !said().is_empty());
    said().parse().unwrap()
}

fn with_token(place: &Place, args: &[&str]) -> Said {
    place.said(place.command(args).env("TAUT_TOKEN", SECRET))
}

fn heard(place: &Place) -> String {
    fs::read_to_string(place.path().join("heard")).unwrap_or_default()
}

/// While the hub can do nothing about it, who asks is told who sits there; then the hub is in its place again.
fn told(place: &Place, hub: u32, words: &str) {
    signal(hub, Signal::STOP);
    until("its stop", || is_stopped(hub));
    let fake = goes(place);
    for args in [&["daemon", "status"][..], &["send", "demo", "hello"], &["interrupt", "demo"], &["events", "--follow"]]
    {
        let said = with_token(place, args);
        assert_eq!(said.code, Some(1), "{args:?}: {said:?}");
        assert!(said.err.contains(&format!("process {fake} ")) && said.err.contains(words), "{args:?}: {said:?}");
    }
    let looks = Terminal::apart(place.path(), &[]);
    looks.shows(words);
    signal(hub, Signal::CONT);
    until("the hub in its place", || place.taut(&["daemon", "status"]).code == Some(0));
    assert_eq!(place.hub(), hub);
    let log = fs::read_to_string(place.state().join("logs/hub.log")).unwrap();
    assert!(log.contains("put back"), "{log}");
    assert_eq!(heard(place), "", "nobody told it anything");
}

#[test]
fn an_agent_in_the_hubs_place_is_told_nothing() {
    let place = Place::new();
    place.demo();
    place.waiting();
    agent(&place);
    told(&place, place.hub(), "was started by the agent of session");
    let (id, digest) = place.waiting();
    assert_eq!(place.done(&["allow", &id, "--digest", &digest]), "allowed");
}

#[test]
fn so_is_a_stray_process_and_its_dead_socket_is_in_nobodys_way() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let (hub, stray) = (place.hub(), Stray::new(&place));
    told(&place, hub, "does not hold the state folder");
    drop(stray);
    // Dead before the hub could look.
    signal(hub, Signal::STOP);
    until("its stop", || is_stopped(hub));
    fs::remove_file(place.path().join("fake")).unwrap();
    let again = Stray::new(&place);
    goes(&place);
    drop(again);
    let said = place.taut(&["daemon", "status"]);
    assert!(said.code == Some(1) && said.err.contains(&format!("process {hub} holds")), "{said:?}");
    signal(hub, Signal::CONT);
    until("the hub in its place", || place.taut(&["daemon", "status"]).code == Some(0));
    assert!(place.done(&["daemon", "stop"]).contains(&format!("process {hub}")));
    assert!(!socket(&place).exists());
}

#[test]
fn a_hub_that_does_not_answer_is_named_and_ended_by_its_process() {
    let place = Place::new();
    let session = place.demo();
    place.waiting();
    let (hub, _stray) = (place.hub(), Stray::new(&place));
    signal(hub, Signal::STOP);
    until("its stop", || is_stopped(hub));
    let said = place.taut(&["daemon", "status"]);
    let words =
        format!("process {hub} holds the state folder and does not answer at its socket; `taut daemon stop` ends it");
    assert!(said.code == Some(1) && said.err.contains(&words), "{said:?}");
    // Another one sits there as well: only the one that holds the folder is ended.
    let fake = goes(&place);
    let said = place.done(&["daemon", "restart", "--yes"]);
    assert!(said.contains(&format!("process {hub}")) && said.contains("is back as"), "{said}");
    until("its end", || is_dead(hub));
    assert!(lives(fake) && place.hub() != hub, "{session}");
    assert_eq!(heard(&place), "");
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn where_no_hub_runs_the_next_one_takes_its_place() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let first = place.hub();
    kill(first);
    until("its end", || is_dead(first));
    let _stray = Stray::new(&place);
    goes(&place);
    let said = with_token(&place, &["daemon", "status"]);
    assert!(said.code == Some(1) && said.err.contains("no hub runs"), "{said:?}");
    assert_eq!(with_token(&place, &["daemon", "start"]).code, Some(0));
    assert!(place.hub() != first && heard(&place).is_empty());
}

#[test]
fn a_console_that_holds_the_folder_is_named_and_not_ended() {
    let place = Place::new();
    let embedded = Terminal::new(place.path(), &["demo", "--pace", "0", "ask 1"]);
    embedded.shows("1 waiting");
    let pid = embedded.child.id();
    for verb in ["status", "stop", "restart", "start"] {
        let said = place.taut(&["daemon", verb]);
        let words = format!("process {pid} holds the state folder: it is a console");
        assert!(said.code == Some(1) && said.err.contains(&words), "{verb}: {said:?}");
    }
    assert!(lives(pid));
}
