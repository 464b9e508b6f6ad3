//! What a human, or a rule, says goes back through the hook; one call is one request.

use super::agent::{ASKS, ASKS_FOR_ALL, Agent, OWN_RULES};
use super::support::place::Place;
use taut::domain::{By, CallStatus, Carrier, Closing, Event, Gate, LaneId, ReasonGoes};

fn asked(agent: &Agent) -> usize {
    agent.place.count(|event| matches!(event, Event::Asked { .. }))
}

#[test]
fn a_command_that_the_sandbox_lets_through_is_asked_about() {
    let agent =
        Agent::new("ask c1 'make all'; item started c1 'make all' inProgress; item completed c1 'make all' completed");
    let (request, digest) = agent.place.waiting();
    let records = agent.place.records();
    let how = records.iter().find_map(|record| match &record.event {
        Event::Asked { how, deadline, .. } => Some((how.carries, *deadline)),
        _ => None,
    });
    let (carries, deadline) = how.unwrap();
    assert_eq!((carries.edit, carries.reason), (Carrier::Agent, ReasonGoes::Answer));
    assert!(deadline.is_some(), "a hook has a time-out, and what that comes to is on the card");
    agent.place.done(&["allow", &request, "--digest", &digest]);
    let said = agent.hooked("c1");
    assert_eq!((said.code, said.out.as_str()), (0, ""), "codex takes no bare allowance, and goes on");
    agent.done();
    super::support::place::until("its gate", || {
        agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::Asked, .. })) == 1
    });
    assert_eq!(agent.place.count(|event| matches!(event, Event::CallGated { .. } | Event::Diverged { .. })), 1);
}

#[test]
fn a_denial_reaches_the_model_with_its_reason() {
    let agent = Agent::new("ask c1 'make all'");
    let (request, _) = agent.place.waiting();
    agent.place.done(&["deny", &request, "--reason", "not \"now\""]);
    let answer = agent.hooked("c1").answer();
    assert_eq!(
        (&answer["permissionDecision"], &answer["permissionDecisionReason"]),
        (&"deny".into(), &"not \"now\"".into())
    );
}

#[test]
fn an_edit_is_carried_by_the_agent_itself() {
    let does = "ask c1 'make all'; item started c1 'make one' inProgress; approve 0 c1 'make one'; item completed c1 'make one' completed";
    let agent = Agent::new(does);
    let (request, digest) = agent.place.waiting();
    agent.place.done(&["edit", &request, "--digest", &digest, "--input", r#"{"command":"make one"}"#]);
    let answer = agent.hooked("c1").answer();
    assert_eq!(
        (&answer["permissionDecision"], &answer["updatedInput"]["command"]),
        (&"allow".into(), &"make one".into())
    );
    assert!(answer["additionalContext"].as_str().unwrap().contains("edited"), "{answer}");
    // It wants out of its sandbox, which the hook did not say: the human hears of it, and why.
    let (outside, digest) = agent.place.waiting();
    let card = agent.place.done(&["show", &outside]);
    assert!(card.contains("it wants to run outside its sandbox: it is needed") && card.contains("make one"), "{card}");
    assert!(card.contains("for the rest of its session"), "its own offers are there: {card}");
    agent.place.done(&["allow", &outside, "--digest", &digest]);
    agent.done();
    assert!(agent.file("answers").unwrap().contains(r#""decision":"accept""#), "{:?}", agent.file("answers"));
    assert_eq!(asked(&agent), 2);
    let by = |event: &Event| matches!(event, Event::CallEdited { by: Carrier::Agent, .. });
    assert_eq!(agent.place.count(by), 1);
    assert_eq!(agent.place.count(|event| matches!(event, Event::Diverged { .. })), 0);
}

fn edited(does: &str) -> Agent {
    let agent = Agent::new(does);
    let (request, digest) = agent.place.waiting();
    agent.place.done(&["edit", &request, "--digest", &digest, "--input", r#"{"command":"make one"}"#]);
    assert_eq!(agent.hooked("c1").answer()["updatedInput"]["command"], "make one");
    agent.done();
    agent
}

/// A hook that Codex says has failed: what it answered is not taken.
const FAILED: &str = r#"say '{"method":"hook/completed","params":{"threadId":"t","turnId":"u","run":{"id":"h","eventName":"preToolUse","status":"failed","entries":[{"kind":"error","text":"PreToolUse hook returned invalid updatedInput"}]}}}'"#;

#[test]
fn an_edit_that_codex_does_not_take_is_said_and_what_it_runs_instead_is_loud() {
    // It says so, and runs what was proposed all the same.
    let ran = "item started c1 'make all' inProgress; item completed c1 'make all' completed";
    let agent = edited(&format!("ask c1 'make all'; {FAILED}; {ran}"));
    let shown = |agent: &Agent| agent.place.done(&["show", &agent.session]);
    super::support::place::until("DIVERGED", || {
        agent
            .place
            .count(|event| matches!(event, Event::Diverged { how, .. } if format!("{how:?}").contains("make all")))
            == 1
    });
    let text = shown(&agent);
    assert!(text.contains("invalid updatedInput"), "{text}");
    assert!(text.to_lowercase().contains("diverged"), "{text}");
    // It says so, and runs nothing: nothing ran is what the record says.
    let turn = r#"say '{"method":"turn/completed","params":{"threadId":"t","turn":{"id":"u","status":"completed"}}}'"#;
    let agent = edited(&format!("ask c1 'make all'; {FAILED}; {turn}"));
    super::support::place::until("its end", || {
        agent.place.count(|event| matches!(event, Event::TurnEnded { .. })) == 1
    });
    let statuses: Vec<_> = agent
        .place
        .records()
        .into_iter()
        .filter_map(|record| if let Event::Called { patch, .. } = record.event { patch.status } else { None })
        .collect();
    assert!(!statuses.iter().any(|status| matches!(status, CallStatus::Done)), "{statuses:?}");
    assert!(statuses.last().is_some_and(|status| status.is_final()), "{statuses:?}");
    assert_eq!(agent.place.count(|event| matches!(event, Event::Diverged { .. })), 0);
    assert!(shown(&agent).contains("invalid updatedInput"));
}

#[test]
fn what_differs_from_what_was_allowed_asks_anew() {
    // Another command under the same name, another folder, and a second question about the same.
    let does = "ask c1 'make all'; item started c1 'make all' inProgress
approve 0 c1 'make all' /elsewhere &
wait; ask c2 'make two'; item started c2 'make two' inProgress; approve 1 c2 'make two'; approve 2 c2 'make two'";
    let agent = Agent::new(does);
    let (first, digest) = agent.place.waiting();
    agent.place.done(&["allow", &first, "--digest", &digest]);
    agent.hooked("c1");
    let (elsewhere, _) = agent.place.waiting();
    assert_ne!(elsewhere, first);
    agent.place.done(&["deny", &elsewhere]);
    let (second, digest) = agent.place.waiting();
    agent.place.done(&["allow", &second, "--digest", &digest]);
    let (outside, digest) = agent.place.waiting();
    assert!(outside != second && outside != elsewhere, "it wants out of its sandbox");
    agent.place.done(&["allow", &outside, "--digest", &digest]);
    let (again, _) = agent.place.waiting();
    assert_ne!(again, outside, "and once more");
    agent.place.done(&["deny", &again]);
    agent.done();
    assert_eq!(asked(&agent), 5);
}

/// Where codex asks about every command, it asks what the hook has asked: that has its answer, unless it says more.
#[test]
fn one_command_is_asked_about_once_where_its_protocol_asks_about_all_of_them() {
    let does = "ask c1 'make all'; item started c1 'make all' inProgress; WHY=null; approve 0 c1 'make all'; unset WHY
ask c2 'make two'; item started c2 'make two' inProgress; approve 1 c2 'make two'";
    let agent = Agent::with(Place::new(), "all", does, ASKS_FOR_ALL, "trusted");
    let (first, digest) = agent.place.waiting();
    agent.place.done(&["allow", &first, "--digest", &digest]);
    let (second, digest) = agent.place.waiting();
    assert!(agent.place.done(&["show", &second]).contains("make two"), "the first was not asked about again");
    agent.place.done(&["allow", &second, "--digest", &digest]);
    let (outside, digest) = agent.place.waiting();
    assert!(agent.place.done(&["show", &outside]).contains("it is needed"));
    agent.place.done(&["allow", &outside, "--digest", &digest]);
    agent.done();
    assert_eq!((asked(&agent), agent.file("answers").unwrap().matches(r#""decision":"accept""#).count()), (3, 2));
}

#[test]
fn a_command_that_ran_elsewhere_than_it_was_shown_is_loud() {
    let does = "ask c1 'make all'; item started c1 'make all' inProgress /elsewhere; item completed c1 'make all' completed /elsewhere";
    let agent = Agent::new(does);
    let (request, digest) = agent.place.waiting();
    agent.place.done(&["allow", &request, "--digest", &digest]);
    super::support::place::until("DIVERGED", || {
        agent.place.count(|event| matches!(event, Event::Diverged { .. })) == 1
    });
}

#[test]
fn the_same_question_of_two_hooks_is_one_request() {
    let does = "given c1 'make all' | kept c1 \"$hook\" & given c1 'make all' | kept c1b \"$hook\" & wait; given c1 'make all' | kept c1c \"$hook\"";
    let agent = Agent::new(does);
    let (request, _) = agent.place.waiting();
    agent.place.done(&["deny", &request, "--reason", "no"]);
    for one in ["c1", "c1b", "c1c"] {
        assert_eq!(agent.hooked(one).answer()["permissionDecision"], "deny");
    }
    assert_eq!(asked(&agent), 1);
}

/// A place with rules.
fn ruled(rules: &str) -> Place {
    let place = Place::new();
    std::fs::create_dir_all(place.path().join(".config/taut")).unwrap();
    std::fs::write(place.path().join(".config/taut/policy.toml"), rules).unwrap();
    place
}

#[test]
fn what_only_looks_and_what_a_rule_allows_wait_for_nobody() {
    let image = r#"printf '{"hook_event_name":"PreToolUse","session_id":"t","tool_name":"view_image","tool_use_id":"c2","tool_input":{"path":"a.png"}}' | kept c2 "$hook""#;
    let place = ruled("[[rule]]\nthen = \"allow\"\nprefix = \"ls\"\n");
    let agent = Agent::beside(place, "codex", &format!("ask c1 'ls .'; {image}"));
    for call in ["c1", "c2"] {
        let said = agent.hooked(call);
        assert_eq!((said.code, said.out.as_str()), (0, ""));
    }
    assert_eq!(agent.place.count(|event| matches!(event, Event::Decided { by: By::Rule, .. })), 1);
    assert_eq!(agent.place.count(|event| matches!(event, Event::Decided { .. })), 1);
    assert_eq!(agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::ReadClass, .. })), 1);
}

#[test]
fn where_the_human_chose_its_own_rules_only_a_rule_speaks() {
    let place = ruled("[[rule]]\nthen = \"deny\"\nprefix = \"make install\"\n");
    let does = "ask c1 'make all'; ask c2 'make install'; item started c1 'make all' inProgress; item completed c1 'make all' completed";
    let agent = Agent::with(place, "codex", does, OWN_RULES, "trusted");
    assert_eq!((agent.hooked("c1").code, agent.hooked("c1").out), (0, String::new()));
    let denied = agent.hooked("c2").answer();
    assert!(denied["permissionDecisionReason"].as_str().unwrap().contains("refused by"), "{denied}");
    agent.done();
    super::support::place::until("its gate", || {
        agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::AgentMode(_), .. })) == 1
    });
}

#[test]
fn a_hook_that_is_not_trusted_is_said_and_one_that_was_passed_is_loud() {
    let passed = "item started c9 'make all' inProgress; item completed c9 'make all' completed";
    let agent = Agent::with(Place::new(), "codex", passed, ASKS, "untrusted");
    agent.done();
    let said = |event: &Event| matches!(event, Event::Noted { text, .. } if text.inline().is_some_and(|it| it.contains("hook is not in force")));
    super::support::place::until("the warning", || agent.place.count(said) == 1);
    super::support::place::until("its own mode", || {
        agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::AgentMode(_), .. })) == 1
    });
    // Where the hook is in force, what runs past it has no excuse.
    let agent = Agent::new(passed);
    agent.done();
    super::support::place::until("UNGATED", || {
        agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::Ungated, .. })) == 1
    });
}

#[test]
fn it_is_denied_before_its_time_is_over() {
    let agent = Agent::new("ask c1 'make all' \"$(printf '%s' \"$hook\" | sed 's/--within [0-9]*/--within 4/')\"");
    let answer = agent.hooked("c1").answer();
    assert_eq!(answer["permissionDecision"], "deny");
    assert_eq!(answer["permissionDecisionReason"], "nobody answered in time");
    let expired = |event: &Event| matches!(event, Event::RequestClosed { how: Closing::Expired, .. });
    super::support::place::until("the record", || agent.place.count(expired) == 1);
}

/// A hook whose process a test kills, in the agent's turn.
fn killed(place: Place, mode: &str, then: &str) -> Agent {
    let does = format!(
        "given c1 'make all' | sh -c \"exec $hook\" & sleep 0.2; PID=$!; until [ -e kill ]; do sleep 0.05; done; kill -9 $PID; wait $PID\n{then}"
    );
    let agent = Agent::with(place, "codex", &does, mode, "trusted");
    agent.place.waiting();
    std::fs::write(agent.place.path().join("codex/kill"), "").unwrap();
    agent
}

#[test]
fn a_hook_that_is_gone_takes_its_question_along_and_the_turn_is_interrupted() {
    let agent = killed(Place::new(), ASKS, "read -r heard; say \"$heard\" >>heard");
    let gone = |event: &Event| matches!(event, Event::RequestClosed { how: Closing::HookGone, .. });
    super::support::place::until("the record", || agent.place.count(gone) == 1);
    agent.done();
    assert!(agent.file("heard").unwrap().contains("turn/interrupt"), "{:?}", agent.file("heard"));
    let braked = |event: &Event| matches!(event, Event::InterruptAsked { by: By::Hub(why) } if why.contains("hook"));
    assert_eq!(agent.place.count(braked), 1);
}

#[test]
fn what_runs_when_its_hook_was_killed_is_ungated_whatever_the_mode() {
    let begun = "item started c1 'make all' inProgress; ";
    let ended = begun.to_owned() + &exited("c1", "make all", 0);
    let failed = begun.to_owned() + &exited("c1", "make all", 2);
    for (mode, then) in [(OWN_RULES, &ended), (OWN_RULES, &failed), (ASKS, &ended)] {
        let agent = killed(ruled("[[rule]]\nthen = \"ask\"\nprefix = \"make\"\n"), mode, then);
        agent.done();
        super::support::place::until("UNGATED", || {
            agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::Ungated, .. })) == 1
        });
        let gates = agent.place.records().into_iter().filter(|record| matches!(record.event, Event::CallGated { .. }));
        let gates: Vec<_> = gates.map(|record| record.event).collect();
        assert_eq!(gates.len(), 1, "{gates:?}");
        let warned = |event: &Event| matches!(event, Event::Noted { text, .. } if text.inline().is_some_and(|it| it.contains("taut interrupted the turn")));
        assert_eq!(agent.place.count(warned), 1);
        let shown = agent.place.done(&["show", &agent.session]);
        assert!(shown.contains("UNGATED: it ran although nobody had allowed it"), "{shown}");
        assert!(shown.contains("nobody had answered when its hook's process ended"), "{shown}");
    }
}

#[test]
fn what_was_stopped_in_time_is_not_said_to_have_run() {
    let aborted = "item started c1 'make all' inProgress; say '{\"method\":\"item/completed\",\"params\":{\"threadId\":\"t\",\"turnId\":\"u\",\"item\":{\"type\":\"commandExecution\",\"id\":\"c1\",\"command\":\"make all\",\"cwd\":\"WORKSPACE\",\"status\":\"failed\",\"aggregatedOutput\":\"aborted by user\"}}}'";
    let agent =
        killed(ruled("[[rule]]\nthen = \"ask\"\nprefix = \"make\"\n"), OWN_RULES, &format!("read -r heard; {aborted}"));
    agent.done();
    let failed =
        |event: &Event| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Failed));
    super::support::place::until("its end", || agent.place.count(failed) == 1);
    assert_eq!(agent.place.count(|event| matches!(event, Event::CallGated { .. })), 0);
}

/// The end of an item with an exit code.
fn exited(id: &str, command: &str, code: i32) -> String {
    let status = if code == 0 { "completed" } else { "failed" };
    format!(
        r#"say '{{"method":"item/completed","params":{{"threadId":"t","turnId":"u","item":{{"type":"commandExecution","id":"{id}","command":"/bin/bash -lc '"'{command}'"'","cwd":"WORKSPACE","status":"{status}","exitCode":{code}}}}}}}'"#
    )
}

/// A subagent is a thread of codex's own: its hook names the session's and its own. Its calls are its
/// lane's, whatever asks.
#[test]
fn a_subagent_asks_as_its_lane() {
    let spawn = r#"say '{"method":"item/started","params":{"threadId":"t","turnId":"u","item":{"type":"collabAgentToolCall","id":"s1","tool":"spawnAgent","status":"inProgress","prompt":"sub work","receiverThreadIds":["kid"]}}}'"#;
    let begins =
        r#"say '{"method":"turn/started","params":{"threadId":"kid","turn":{"id":"v","status":"inProgress"}}}'"#;
    let given = |id: &str, command: &str| {
        format!(
            r#"printf '{{"hook_event_name":"PreToolUse","session_id":"t","agent_id":"kid","agent_type":"default","turn_id":"v","tool_name":"Bash","tool_use_id":"{id}","tool_input":{{"command":"{command}"}}}}' | kept {id} "$hook""#
        )
    };
    let item = |what: &str, id: &str, command: &str, status: &str| {
        format!(
            r#"say '{{"method":"item/{what}","params":{{"threadId":"kid","turnId":"v","item":{{"type":"commandExecution","id":"{id}","command":"/bin/bash -lc '"'{command}'"'","cwd":"WORKSPACE","status":"{status}"}}}}}}'"#
        )
    };
    let approve = r#"say '{"id":0,"method":"item/commandExecution/requestApproval","params":{"kind":"command","threadId":"kid","turnId":"v","itemId":"k2","reason":"r","command":"/bin/bash -lc '"'make two'"'","cwd":"WORKSPACE"}}'; read -r answer; say "$answer" >>answers"#;
    let does = [
        spawn.to_owned(),
        begins.to_owned(),
        given("k1", "make one"),
        item("started", "k1", "make one", "inProgress"),
        item("completed", "k1", "make one", "completed"),
        given("k2", "make two"),
        item("started", "k2", "make two", "inProgress"),
        approve.to_owned(),
        item("completed", "k2", "make two", "completed"),
        "ask c3 'make three'".to_owned(),
    ];
    let agent = Agent::new(&does.join("\n"));
    // The second one wants out of its sandbox as well.
    for (call, allow) in [("k1", true), ("k2", true), ("k2", true), ("c3", false)] {
        let (request, digest) = agent.place.waiting();
        let word = if allow { "allow" } else { "deny" };
        agent.place.done(&[word, &request, "--digest", &digest]);
        agent.hooked(call);
    }
    agent.done();
    assert!(agent.file("answers").unwrap().contains(r#""decision":"accept""#), "{:?}", agent.file("answers"));
    let records = agent.place.records();
    let opened: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::LaneOpened { opened, native, .. } => Some((record.lane, *opened, native.clone())),
            _ => None,
        })
        .collect();
    let [(LaneId::ROOT, lane, Some(native))] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(native, "kid");
    let asked: Vec<LaneId> =
        records.iter().filter(|it| matches!(it.event, Event::Asked { .. })).map(|it| it.lane).collect();
    assert_eq!(asked, [*lane, *lane, *lane, LaneId::ROOT], "each of whose it is");
    assert_eq!(agent.place.count(|event| matches!(event, Event::Diverged { .. })), 0);
    let ran = agent.place.count(|event| matches!(event, Event::CallGated { gate: Gate::Asked, .. }));
    assert_eq!(ran, 2);
}
