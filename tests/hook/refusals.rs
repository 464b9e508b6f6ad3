//! Whatever goes wrong for a call of a session is a denial; a hook speaks for its own agent, and says nothing else.

use super::agent::Agent;
use super::support::place::{Place, kill, lives, until};
use std::io::Write;
use std::process::{Command, Stdio};
use taut::domain::Event;

const CALL: &str = r#"{"hook_event_name":"PreToolUse","session_id":"t","tool_name":"Bash","tool_use_id":"x","tool_input":{"command":"make all"}}"#;

/// What a command says, given this.
fn given(command: &mut Command, said: &[u8]) -> (Option<i32>, String, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that ends before it has read all is its own affair.
    drop(child.stdin.take().unwrap().write_all(said));
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn asked(place: &Place) -> usize {
    place.count(|event| matches!(event, Event::Asked { .. }))
}

#[test]
fn the_hook_of_another_session_is_refused_whatever_it_bears() {
    let first = Agent::new("");
    first.done();
    let (place, other) = (first.place, first.session);
    let named =
        format!("ask c1 'make all' \"$(printf '%s' \"$hook\" | sed 's/--session [a-z0-9]*/--session {other}/')\"");
    let marked =
        format!("ask c2 'make all' \"TAUT_SESSION={other} $(printf '%s' \"$hook\" | sed 's/--session [a-z0-9]*//')\"");
    let agent = Agent::beside(place, "second", &format!("{named}; {marked}"));
    for call in ["c1", "c2"] {
        let said = agent.hooked(call);
        assert!(said.refused().contains("for its own"), "{said:?}");
    }
    assert_eq!(asked(&agent.place), 0);
}

#[test]
fn outside_of_any_agent_it_has_nothing_to_say() {
    let agent = Agent::new("");
    for kind in ["codex", "claude"] {
        let said = given(&mut agent.place.command(&["hook", kind]), CALL.as_bytes());
        assert_eq!(said, (Some(0), String::new(), String::new()), "no session: no word");
        // One that names a session is refused, by the kernel's word for where it comes from.
        let mut named = agent.place.command(&["hook", kind, "--session", &agent.session]);
        let (code, out, err) = given(&mut named, CALL.as_bytes());
        assert!(code == Some(2) && out.is_empty() && err.contains("comes from no agent"), "{err}");
        let mut marked = agent.place.command(&["hook", kind]);
        let (code, out, err) = given(marked.env("TAUT_SESSION", &agent.session), CALL.as_bytes());
        assert!(code == Some(2) && out.is_empty() && err.contains("comes from no agent"), "{err}");
    }
    assert_eq!(asked(&agent.place), 0);
}

#[test]
fn a_dead_hub_is_a_denial() {
    let agent = Agent::new("ask c1 'make all'; [ \"$(cat c1.code)\" = 0 ] && echo ran >ran");
    agent.place.waiting();
    let hub = agent.place.hub();
    kill(hub);
    until("the end of the hub", || !lives(hub));
    until("the end of its agents", || taut::agent::process::tree::alive(&agent.session).is_empty());
    assert_eq!(agent.file("ran"), None, "what waited did not run");
    let mut late = agent.place.command(&["hook", "codex", "--session", &agent.session]);
    let (code, out, err) = given(&mut late, CALL.as_bytes());
    assert!(code == Some(2) && out.is_empty() && err.starts_with("taut: the call was refused"), "{err}");
}

#[test]
fn what_is_no_call_is_a_denial() {
    let broken = r#"printf 'nonsense' | kept c1 "$hook"; printf '{"hook_event_name":"PreToolUse"}' | kept c2 "$hook"
printf '{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"c","tool_input":"rm"}' | kept c3 "$hook"
printf '\377\376' | kept c4 "$hook"; kept c5 "$hook" </dev/null
ask c6 'make all' "TAUT_PLAYS_VERSION=9.9.9 $hook"
ask c7 'make all' "$hook --within many"
printf '{"hook_event_name":"Stop"}' | kept c8 "$hook""#;
    let agent = Agent::new(broken);
    let reasons = ["no JSON", "no tool", "no arguments", "no text", "no JSON", "9.9.9"];
    for (call, why) in ["c1", "c2", "c3", "c4", "c5", "c6"].into_iter().zip(reasons) {
        let said = agent.hooked(call);
        assert!(said.refused().contains(why), "{call}: {said:?}");
    }
    assert_eq!(agent.hooked("c7").code, 2, "wrong usage is no allowance either");
    let stop = agent.hooked("c8");
    assert_eq!((stop.code, stop.out.as_str()), (0, ""), "what is about no call is nobody's matter");
    assert_eq!(asked(&agent.place), 0);
}

#[test]
fn an_argument_of_fifty_megabytes_is_refused_with_its_size() {
    let does = r#"{ printf '{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"c","tool_input":{"command":"'
head -c 50000000 /dev/zero | tr '\0' a; printf '"}}'; } | kept c1 "$hook""#;
    let agent = Agent::new(does);
    let said = agent.hooked("c1");
    assert!(said.refused().contains("50000") && said.err.contains("4 MB at most"), "{said:?}");
    assert_eq!(asked(&agent.place), 0);
}

#[test]
fn an_agent_that_floods_its_hooks_keeps_no_human_out() {
    let agent =
        Agent::new("for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do ask f$n \"make $n\" & done; wait");
    // Sixteen wait, and the others are denied at once.
    let codes = || (1..=20).filter(|n| agent.file(&format!("f{n}.code")).is_some()).count();
    until("the four too many", || codes() == 4);
    until("those that wait", || asked(&agent.place) == 16);
    for n in (1..=20).filter(|n| agent.file(&format!("f{n}.code")).is_some()) {
        let said = agent.hooked(&format!("f{n}"));
        assert!(said.refused().contains("wait already"), "{said:?}");
    }
    let (request, _) = agent.place.waiting();
    agent.place.done(&["deny", &request]);
    until("its hook", || codes() == 5);
}

#[test]
fn the_help_says_what_the_exit_codes_mean() {
    let place = Place::new();
    let help = place.done(&["hook", "--help"]);
    assert!(help.contains("Exit codes") && help.contains("refused"), "{help}");
    assert_eq!(place.taut(&["hook", "nobody"]).code, Some(2));
}

/// Somebody takes the hooks' socket away while agents work: it is made anew, and nothing ran meanwhile.
#[test]
fn a_socket_that_is_taken_away_is_made_anew() {
    let agent = Agent::new("ask c1 'make one'; while [ ! -e go ]; do sleep 0.05; done; ask c2 'make two'");
    let socket = agent.place.state().join("hook.sock");
    let (request, digest) = agent.place.waiting();
    let made = |path: &std::path::Path| {
        use std::os::unix::fs::MetadataExt;
        std::fs::symlink_metadata(path).ok().map(|meta| (meta.ino(), meta.ctime(), meta.ctime_nsec()))
    };
    let first = made(&socket).unwrap();
    std::fs::remove_file(&socket).unwrap();
    until("another socket", || made(&socket).is_some_and(|now| now != first));
    // What waits still waits, and is answered by the way that it came.
    agent.place.done(&["allow", &request, "--digest", &digest]);
    assert_eq!(agent.hooked("c1").code, 0);
    // What asks from now on is heard.
    agent.go();
    let (request, _) = agent.place.waiting();
    agent.place.done(&["deny", &request, "--reason", "no"]);
    assert_eq!(agent.hooked("c2").answer()["permissionDecision"], "deny");
    // It ends with its hub.
    agent.place.done(&["daemon", "stop"]);
    until("the end of it", || !socket.exists());
}
