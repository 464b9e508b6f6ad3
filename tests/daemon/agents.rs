//! An agent can't decide: not by its shell, not forked away, not daemonised, not with a clean environment.

use super::place::{Place, until};
use super::support::hub::{HEAR, OPENS, question, scripted, update};
use super::support::tries;
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

/// An agent whose shell runs a script once it was prompted.
pub fn running(script: &std::path::Path) -> Vec<String> {
    let mut command = scripted(&[&OPENS[..], &[HEAR]].concat());
    let run = format!("sh {} </dev/null >/dev/null 2>&1\nwhile read", script.display());
    let at = command[2].rfind("while read").unwrap();
    command[2].replace_range(at..at + "while read".len(), &run);
    command
}

#[test]
fn by_no_way_at_all() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let hub = place.hub();
    let session = place.demo();
    let (request, digest) = place.waiting();
    let script = tries::script(&place, &request, &digest, &session);
    let token = super::tokens::made(&place, &["own"]);
    // What a human gave to his scripts is none of the agent's.
    let command = running(&script);
    let mut args = vec!["run", "--detach", "--name", "cheat", "hi", "--"];
    args.extend(command.iter().map(String::as_str));
    let said = place.said(place.command(&args).env("TAUT_TOKEN", &token));
    assert_eq!(said.code, Some(0), "{said:?}");
    // A console that is refused waits a while.
    let mut said = None;
    until("the end of the tries", || {
        said = tries::said(&place);
        said.is_some()
    });
    tries::came_to_nothing(&place, &said.unwrap());
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    assert_eq!(place.hub(), hub);
    // The human's own shell may.
    assert_eq!(place.done(&["allow", &request, "--digest", &digest]), "allowed");
}

#[test]
fn rules_that_change_while_an_agent_runs_are_on_record_and_said() {
    let place = Place::new();
    let folder = place.path().join(".config/taut");
    std::fs::create_dir_all(&folder).unwrap();
    let policy = folder.join("policy.toml");
    std::fs::write(&policy, "[[rule]]\nthen = \"ask\"\nimpact = \"execute\"\n").unwrap();
    place.done(&["daemon", "start"]);
    let script = place.path().join("write.sh");
    let rules = "[[rule]]\\nthen = \"allow\"\\nimpact = \"execute\"\\n";
    std::fs::write(&script, format!("printf '{rules}' >{}\n", policy.display())).unwrap();
    let command = running(&script);
    let session = place.agent("writer", &command);
    until("the record of it", || place.count(|event| matches!(event, Event::RulesChanged { .. })) > 0);
    let both = |event: &Event| matches!(event, Event::RulesChanged { file, before: Some(before), after: Some(after) } if file == "policy.toml" && before != after);
    until("the whole of it", || place.count(both) > 0);
    until("the word in the session", || {
        place.done(&["show", &session]).contains("policy.toml was changed while this agent runs")
    });
    assert!(place.done(&["doctor"]).contains("policy.toml changed while agents run, and not in force"));
}

#[test]
fn its_environment_is_the_callers_and_not_the_hubs() {
    let place = Place::new();
    let mut start = place.command(&["daemon", "start"]);
    assert!(start.env("WHOSE", "the hub's").env("ONLY_HUB", "yes").output().unwrap().status.success());
    let told = place.path().join("told");
    let script = format!("echo \"$WHOSE, $ONLY_HUB\" > {}; cat >/dev/null", told.display());
    let mut run = place.command(&["run", "--detach", "hi", "--", "sh", "-c", &script]);
    let output = run.env("WHOSE", "the caller's").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = || std::fs::read_to_string(&told).unwrap_or_default();
    until("the agent", || said().ends_with('\n'));
    assert_eq!(said(), "the caller's, \n");
    // Names at most, never values, are on record.
    let log = place.done(&["events", "--json"]);
    assert!(!log.contains("the caller's"), "{log}");
}
