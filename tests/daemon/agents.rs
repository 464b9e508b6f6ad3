//! An agent can't decide: not by its shell, not forked away, not daemonised, not with a clean environment.

use super::place::{Place, until};
use super::support::hub::{HEAR, OPENS, question, scripted, update};
use taut::domain::Event;

/// An agent that asks, and whose shell then tries to allow what it asked for.
fn trying(place: &Place, how: &str) -> Vec<String> {
    let call = update(r#""title":"make install","kind":"execute","rawInput":{"command":"make install"}"#);
    let ask = question(9, r#""title":"make install","kind":"execute""#);
    let program = env!("CARGO_BIN_EXE_taut");
    let out = place.path().join("out");
    let allow = format!(
        "D=$({program} queue --json 2>>{out} | sed 's/.*\"digest\":\"\\([0-9a-f]*\\)\".*/\\1/'); {program} allow cheat --digest ${{D:-{zero}}} >>{out} 2>&1; echo end >>{out}",
        out = out.display(),
        zero = "0".repeat(64)
    );
    std::fs::write(place.path().join("try.sh"), allow).unwrap();
    let mut command = scripted(&[&OPENS[..], &[HEAR, &call, &ask]].concat());
    let script = place.path().join("try.sh");
    let run = how.replace("TRY", &format!("sh {}", script.display()));
    // After the question, and before the agent waits for its answer.
    command[2] = command[2].replace("while read", &format!("{run}\nwhile read"));
    command
}

fn refused(how: &str) {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    place.agent("cheat", &trying(&place, how));
    let (request, digest) = place.waiting();
    let said = || std::fs::read_to_string(place.path().join("out")).unwrap_or_default();
    until("the end of the try", || said().contains("end\n"));
    assert!(said().contains("an agent can't decide"), "{how}: {}", said());
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0, "{how}");
    // The human's own shell may.
    assert_eq!(place.done(&["allow", &request, "--digest", &digest]), "allowed");
}

#[test]
fn from_its_own_shell() {
    refused("TRY");
}

#[test]
fn forked_away_in_a_session_of_its_own() {
    refused("(setsid TRY </dev/null >/dev/null 2>&1 &)");
}

#[test]
fn with_a_clean_environment() {
    refused("env -i PATH=$PATH HOME=$HOME TAUT_STATE=$TAUT_STATE TRY");
}

#[test]
fn daemonised_and_with_a_clean_environment() {
    refused(
        "(setsid env -i PATH=$PATH HOME=$HOME TAUT_STATE=$TAUT_STATE sh -c 'TRY &' </dev/null >/dev/null 2>&1 &) ; sleep 0.2",
    );
}

#[test]
fn it_starts_no_hub_of_its_own() {
    let place = Place::new();
    let mut command = place.command(&["daemon", "start"]);
    let output = command.env("TAUT_SESSION", "s1").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("an agent can't start a hub"), "{output:?}");
    assert!(!place.state().join("hub.sock").exists());
}
