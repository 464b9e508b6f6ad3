//! Decisions and what else is told: one request a call, what is refused, questions and plans, modes, lists, versions.

use crate::play::{Came, Line, log, open, play};
use crate::quirks::{carried, deny, is_question, line_at, native, up_to_question};
use serde_json::{Value, json};
use taut::agent::claude::Claude;
use taut::agent::{Fact, Leave, Opening, Protocol, Tell};
use taut::domain::{By, CallPatch, CallStatus, Decision, Event, OfferKind, Speaker, Text, Topic};

#[test]
fn a_second_question_about_a_call_gets_the_answer_of_the_first() {
    let again = |question: &Value, id: &str, input: Option<Value>| {
        let mut again = question.clone();
        again["request_id"] = json!(id);
        if let Some(input) = input {
            again["request"]["input"] = input;
        }
        again.to_string()
    };
    // While the first waits: one request, both answered.
    let (mut played, question) = up_to_question("closing");
    played.says(&again(&question, "second", None));
    assert_eq!(played.asks().len(), 1);
    let edited = json!({"command": "echo mine", "description": "Run it"});
    let args = Text::from(edited.to_string());
    played
        .tell(Tell::Answer(native(&question), Decision::Edit { offer: Some("allow".to_owned()), args, reason: None }));
    let first = question["request_id"].as_str().unwrap().to_owned();
    for id in [first.as_str(), "second"] {
        assert_eq!(played.answers(id), [&json!({"behavior": "allow", "updatedInput": edited})], "{id}");
    }
    // After it: with the old arguments or the edited ones the decision stands, with others it is asked anew.
    played.says(&again(&question, "third", None));
    played.says(&again(&question, "fourth", Some(edited.clone())));
    assert_eq!(played.answers("third"), played.answers("fourth"));
    assert_eq!(played.asks().len(), 1);
    played.says(&again(&question, "fifth", Some(json!({"command": "rm -rf /", "description": "Run it"}))));
    assert_eq!((played.asks().len(), played.answers("fifth").len()), (2, 0));
}

#[test]
fn what_can_not_be_made_of_a_decision_is_refused() {
    for decision in [
        Decision::Edit { offer: None, args: Text::from("[1]"), reason: None },
        Decision::Edit { offer: None, args: Text::from("{\"command\""), reason: None },
        Decision::Take { hunks: vec![], reason: None },
        Decision::Allow { offer: "suggestion-7".to_owned() },
    ] {
        let (mut played, question) = up_to_question("closing");
        played.tell(Tell::Answer(native(&question), decision.clone()));
        let id = question["request_id"].as_str().unwrap();
        assert_eq!(played.answers(id)[0]["behavior"], "deny", "{decision:?}");
        assert!(played.notes().last().unwrap().contains("refused instead"), "{decision:?}");
    }
}

#[test]
fn what_is_asked_after_an_interrupt_is_refused() {
    let (mut played, question) = up_to_question("closing");
    played.tell(Tell::Interrupt);
    let mut late = question.clone();
    late["request_id"] = json!("late");
    late["request"]["tool_use_id"] = json!("other");
    played.says(&late.to_string());
    assert_eq!(played.answers("late")[0]["behavior"], "deny");
    assert_eq!(played.asks().len(), 1);
}

#[test]
fn questions_and_plans_are_asked_as_what_they_are() {
    let asked = play("ask");
    let ask = asked.ask_of("AskUserQuestion");
    let Topic::Questions(questions) = &ask.how.topic else { panic!("{ask:?}") };
    assert_eq!((questions[0].header.as_str(), questions[0].text.as_str()), ("Greeting", "Which greeting?"));
    assert_eq!(questions[0].choices.iter().map(|it| it.label.as_str()).collect::<Vec<_>>(), ["Hello", "Good day"]);
    assert!(ask.offers.iter().all(|offer| offer.kind == OfferKind::RejectOnce), "no rule lets it pass: {ask:?}");
    let lines = log("ask");
    let id = lines[line_at(&lines, is_question)].msg["request_id"].as_str().unwrap();
    assert_eq!(asked.answers(id)[0]["updatedInput"]["answers"], json!({"Which greeting?": "Hello"}));
    let refused = play("ask_refused");
    assert!(refused.statuses("AskUserQuestion").ends_with(&[CallStatus::Failed]));

    // Claude takes its plan from a file of its own, and shows it in what it asks.
    let written = play("planned");
    let ask = written.ask_of("ExitPlanMode");
    assert_eq!(ask.how.topic, Topic::Plan("# Plan\n\n1. Fix the typo\n".into()));
    assert_eq!(ask.offers[0].name, "Accept the plan");
    let planned = play("plan");
    assert!(
        planned.asks().len() == 1
            && planned
                .events()
                .any(|event| { matches!(event, Event::ModeChanged { mode, by: By::Agent } if mode == "default") }),
        "the plan's end is the mode's end"
    );
}

#[test]
fn suggestions_are_offered_in_words_and_what_they_allow_is_left_to_the_agent() {
    let suggested = play("suggest");
    let names: Vec<&str> = suggested.ask_of("Bash").offers.iter().map(|offer| offer.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Allow once",
            "Allow Bash(mkdir out *), Bash(npm run *) for this folder, in .claude/settings.local.json",
            "Deny"
        ]
    );
    let always = play("always");
    let edit = always.ask_of("Edit");
    let offer = &edit.offers[1];
    assert_eq!(
        (offer.kind, offer.name.as_str()),
        (OfferKind::AllowAlways, "Allow, and set the mode acceptEdits for this session")
    );
    assert_eq!(always.calls_of("Write").len(), 2);
    assert!(!always.asks().iter().any(|ask| always.calls_of("Write").contains(&&ask.call)), "no longer asked");
    // A rule for a tool leaves that tool to the agent, and no other.
    let (mut played, mut question) = up_to_question("suggest");
    played.tell(Tell::Answer(native(&question), Decision::Allow { offer: "suggestion-0".to_owned() }));
    let hook = |tool: &str| {
        let input = json!({"hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": {}, "tool_use_id": tool});
        json!({"type": "control_request", "request_id": tool, "request": {
            "subtype": "hook_callback", "callback_id": "taut", "tool_use_id": tool, "input": input}})
    };
    for (tool, left) in [("Bash", true), ("Write", false)] {
        question = hook(tool);
        played.says(&question.to_string());
        assert_eq!(*played.answers(tool)[0] == json!({}), left, "{tool}");
    }
}

#[test]
fn modes_servers_compaction_and_lists_are_told() {
    let modes = play("modes");
    let changed: Vec<(&str, &By)> = modes
        .events()
        .filter_map(|event| match event {
            Event::ModeChanged { mode, by } => Some((mode.as_str(), by)),
            _ => None,
        })
        .collect();
    assert_eq!(changed, [("plan", &By::Human), ("acceptEdits", &By::Human)]);
    assert!(modes.notes().iter().any(|note| note.starts_with("the mode bypassPermissions was not set")));

    let servers = play("servers");
    assert!(servers.notes().iter().any(|note| note.starts_with("MCP server broken was not started")));
    assert_eq!(servers.ask_of("mcp__tickets__close").how.topic, Topic::Call);

    let compact = play("compact");
    let at = |what: &dyn Fn(&Event) -> bool| compact.events().position(what).unwrap();
    let told = at(&|event| matches!(event, Event::Compacted { before: Some(34955), after: None }));
    assert!(compact.said(Speaker::Thought).contains("This session is being continued"));
    // What is carried after it is unknown until the next request says it.
    let next = compact.events().skip(told).find_map(|event| match event {
        Event::Used { usage } => usage.used,
        _ => None,
    });
    let lines = log("compact");
    let boundary = line_at(&lines, |msg| msg["subtype"] == "compact_boundary");
    let start = boundary + line_at(&lines[boundary..], |msg| msg["event"]["type"] == "message_start");
    assert_eq!(next, Some(carried(&lines[start])));

    let lists = play("todos");
    let plans: Vec<String> = lists
        .events()
        .filter_map(|event| match event {
            Event::Planned { items } => Some(format!("{:?}", items.iter().map(|item| item.status).collect::<Vec<_>>())),
            _ => None,
        })
        .collect();
    assert_eq!(plans, ["[Pending]", "[Doing]", "[Done]"]);
    // What Claude would not even begin is no call that ran.
    assert_eq!(lists.statuses("TodoWrite"), [CallStatus::Pending, CallStatus::Abandoned]);
}

#[test]
fn a_background_command_ends_when_it_ends_and_may_begin_a_turn() {
    let played = play("background");
    assert_eq!(played.stops().len(), 2);
    assert_eq!(played.statuses("Bash"), [CallStatus::Pending, CallStatus::Running, CallStatus::Done]);
    let over = played.came.iter().position(|came| matches!(came, Came::Fact(Fact::TurnOver(..)))).unwrap();
    let done = played.came.iter().position(|came| {
        matches!(came, Came::Fact(Fact::Event(_, Event::Called { patch, .. })) if patch.status == Some(CallStatus::Done))
    });
    assert!(done > Some(over), "the turn that began it was over before");
    let began = |came: &&Came| matches!(came, Came::Fact(Fact::TurnBegan(_)));
    assert_eq!(played.came[over..].iter().filter(began).count(), 1, "a turn that nobody gave a prompt for");
}

#[test]
fn another_version_is_told_of() {
    let lines = log("edit");
    let mut other = lines.clone();
    for line in &mut other {
        line.text = line.text.replace("2.1.330", "9.9.9");
        line.msg = serde_json::from_str(&line.text).unwrap_or_default();
    }
    for (lines, told) in [(lines, 0), (other, 1)] {
        let mut played = open(&lines);
        played.go(&lines);
        let notes = played.notes();
        assert_eq!(notes.iter().filter(|note| note.contains("taut was tested with")).count(), told, "{notes:?}");
    }
}

/// An older one tells no state, and says its version only with the first turn: its results end its turns.
#[test]
fn one_that_tells_no_state_ends_its_turns_with_results() {
    let mut lines: Vec<Line> = log("edit");
    lines.retain(|line| line.msg["subtype"] != "session_state_changed");
    for line in &mut lines {
        if line.msg["response"]["response"].get("claude_code_version").is_some() {
            let response = line.msg["response"]["response"].as_object_mut().unwrap();
            response.remove("claude_code_version");
            response.remove("current_permission_mode");
            line.text = line.msg.to_string();
        }
    }
    let mut played = open(&lines);
    played.go(&lines);
    assert_eq!(played.stops().len(), 1);
    let versions: Vec<Option<String>> = played
        .events()
        .filter_map(|event| match event {
            Event::Connected { face, .. } => Some(face.version.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(versions, [None, Some("2.1.330".to_owned())]);
}

#[test]
fn the_reason_is_not_said_twice() {
    let (mut played, question) = up_to_question("denied");
    played.tell(Tell::Answer(native(&question), deny("the build is needed")));
    let lines = log("denied");
    let at = line_at(&lines, is_question);
    let rest: Vec<Line> = lines[at + 1..].iter().filter(|line| line.heard && line.text != "EOF").cloned().collect();
    played.go(&rest);
    played.tell(Tell::Prompt("Next.".to_owned()));
    assert_eq!(played.sent("user").last().unwrap()["message"]["content"], "Next.");
}

/// What Claude's own rules would let run is held for a word of the hub's: a rule that denies comes before them, and makes Claude
/// ask, so that the call is refused like any other.
#[test]
fn a_call_left_to_the_agent_is_held_until_no_rule_denies_it() {
    let hook = |tool: &str, call: &str| {
        json!({"type": "control_request", "request_id": call, "request": {
        "subtype": "hook_callback", "callback_id": "taut", "tool_use_id": call, "input": {"hook_event_name": "PreToolUse",
        "permission_mode": "acceptEdits", "tool_name": tool, "tool_input": {"file_path": "/w/a", "content": "x"}}}})
    };
    let mut codec = Claude::new();
    codec.open(Opening::default());
    for (call, leave, says) in [("one", Leave::ToItsRules, None), ("two", Leave::No, Some("ask"))] {
        let turnout = codec.hear(hook("Write", call).to_string().as_bytes());
        assert!(turnout.lines.is_empty(), "nothing lets it go on yet: {turnout:?}");
        let held = turnout.facts.iter().any(|fact| matches!(fact, Fact::Leaves(leaves) if leaves.native == call));
        assert!(held, "{turnout:?}");
        let answer: Value = serde_json::from_str(&codec.tell(Tell::Leave(call.to_owned(), leave)).lines[0]).unwrap();
        let decision = &answer["response"]["response"]["hookSpecificOutput"]["permissionDecision"];
        assert_eq!((decision.as_str(), &answer["response"]["request_id"]), (says, &json!(call)));
        assert!(codec.tell(Tell::Leave(call.to_owned(), Leave::ToItsRules)).lines.is_empty(), "a hook has one answer");
    }
}

/// Claude checks an edited call like one of its model's: what its tool does not take never runs, and that is told.
#[test]
fn an_edit_that_its_tool_rejects_is_told_as_a_call_that_failed() {
    let (mut played, question) = up_to_question("closing");
    let edited = json!({"command": "echo mine", "timeout": -1});
    let args = Text::from(edited.to_string());
    let decision = Decision::Edit { offer: Some("allow".to_owned()), args, reason: None };
    played.tell(Tell::Answer(native(&question), decision));
    let id = question["request_id"].as_str().unwrap();
    assert_eq!(played.answers(id), [&json!({"behavior": "allow", "updatedInput": edited})]);
    let call = question["request"]["tool_use_id"].as_str().unwrap().to_owned();
    let why = "<tool_use_error>InputValidationError: Bash failed due to the following issue: timeout must not be negative</tool_use_error>";
    let result = json!({"type": "user", "session_id": "s", "parent_tool_use_id": null, "tool_use_result": why,
        "message": {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call, "is_error": true, "content": why}]}});
    let before = played.came.len();
    played.says(&result.to_string());
    let told: Vec<&Event> = played.came[before..]
        .iter()
        .filter_map(|came| match came {
            Came::Fact(Fact::Event(_, event)) => Some(event),
            Came::Fact(_) | Came::Sent(_) => None,
        })
        .collect();
    let output = |event: &&Event| matches!(event, Event::CallOutput { part, .. } if format!("{part:?}").contains("must not be negative"));
    let failed =
        |event: &&Event| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Failed));
    assert!(told.iter().any(output) && told.iter().any(failed), "{told:?}");
    let done = |event: &&Event| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Done) || patch.exit == Some(0));
    assert!(!told.iter().any(done), "{told:?}");
    // The same call, tried again by the model, is asked about: the answer was to this one.
    let mut again = question.clone();
    (again["request_id"], again["request"]["tool_use_id"]) = (json!("again"), json!("toolu_again"));
    played.says(&again.to_string());
    assert_eq!((played.asks().len(), played.answers("again").len()), (2, 0));
}

/// Claude's shell stays in the folder to which a command went, and its hook says where that is.
#[test]
fn the_folder_of_its_shell_is_the_folder_of_the_call() {
    let mut codec = Claude::new();
    codec.open(Opening { cwd: "/w".into(), ..Opening::default() });
    let mut hook = |call: &str, tool: &str, cwd: &str| {
        let input = json!({"hook_event_name": "PreToolUse", "cwd": cwd, "tool_name": tool,
            "tool_input": {"command": "make", "pattern": "x"}});
        let asks = json!({"type": "control_request", "request_id": call, "request": {
            "subtype": "hook_callback", "callback_id": "taut", "tool_use_id": call, "input": input}});
        let turnout = codec.hear(asks.to_string().as_bytes());
        let mut all = CallPatch::default();
        for fact in turnout.facts {
            if let Fact::Event(_, Event::Called { patch, .. }) = fact {
                all.cwd = patch.cwd.or(all.cwd);
                all.places = patch.places.or(all.places);
            }
        }
        (all.cwd, all.places.and_then(|places| places.first().map(|place| place.path.clone())))
    };
    assert_eq!(hook("a", "Bash", "/w"), (None, None));
    assert_eq!(hook("b", "Bash", "/w/src"), (Some("/w/src".into()), None));
    assert_eq!(hook("c", "Grep", "/w/src"), (None, Some("/w/src".into())), "where a search looks that names no folder");
    assert_eq!(hook("d", "Bash", "src"), (None, None), "what is no folder is believed to be none");
}

/// A call whose arguments stream for minutes says that it goes on, though it tells nothing of them before they are whole.
#[test]
fn arguments_that_stream_are_a_sign_of_life() {
    let mut played = play("easy");
    let mut stream = |event: Value| played.says(&json!({"type": "stream_event", "event": event}).to_string());
    stream(json!({"type": "message_start", "message": {"id": "m"}}));
    stream(
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "big", "name": "Write"}}),
    );
    for _ in 0..100 {
        let piece = "x".repeat(100);
        stream(
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}}),
        );
    }
    let signs = played.events().filter(|event| match event {
        Event::Called { call, patch } => call.0 == "big" && **patch == CallPatch::default(),
        _ => false,
    });
    assert_eq!(signs.count(), 2, "one for each 4 KiB");
}
