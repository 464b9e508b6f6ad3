//! What a console must handle of Claude Code's protocol, one test a point (the numbers are those of our notes on it), with
//! what the real one said.

use crate::play::{Came, Line, Played, all, log, open, play};
use serde_json::{Value, json};
use taut::agent::{Fact, Protocol, Tell};
use taut::domain::{CallStatus, Decision, Event, FileChange, LaneId, OfferKind, Speaker, Stop, Text};

const ASK: &str = r#"{"hookEventName":"PreToolUse","permissionDecision":"ask"}"#;

pub(crate) fn line_at(lines: &[Line], what: impl Fn(&Value) -> bool) -> usize {
    lines.iter().position(|line| line.heard && what(&line.msg)).expect("the log has such a line")
}

pub(crate) fn is_question(msg: &Value) -> bool {
    msg["request"]["subtype"] == "can_use_tool"
}

/// A log up to its first question, which is heard.
pub(crate) fn up_to_question(name: &str) -> (Played, Value) {
    let lines = log(name);
    let at = line_at(&lines, is_question);
    let mut played = open(&lines);
    played.go(&lines[..=at]);
    (played, lines[at].msg.clone())
}

/// What the request carried whose answer begins here.
pub(crate) fn carried(line: &Line) -> u64 {
    let usage = &line.msg["event"]["message"]["usage"];
    let keys = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"];
    keys.iter().filter_map(|key| usage[key].as_u64()).sum()
}

fn allow() -> Decision {
    Decision::Allow { offer: "allow".to_owned() }
}

pub(crate) fn deny(reason: &str) -> Decision {
    Decision::Deny { offer: Some("deny".to_owned()), reason: Some(reason.to_owned()), interrupt: false }
}

pub(crate) fn native(question: &Value) -> String {
    question["request_id"].to_string()
}

#[test]
fn p01_what_claude_would_run_unasked_is_asked_about() {
    let played = play("easy");
    let ask = played.ask_of("Bash");
    assert_eq!(
        ask.offers.iter().map(|offer| offer.kind).collect::<Vec<_>>(),
        [OfferKind::AllowOnce, OfferKind::RejectOnce]
    );
    // Each hook is answered at once, so that no time-out of it lets anything run; and in all logs with *ask*, but where it
    // is about the agent's own plans, or a human left it to the agent.
    for name in all() {
        let mut played = open(&log(&name));
        for line in log(&name) {
            played.go(std::slice::from_ref(&line));
            let input = &line.msg["request"]["input"];
            if line.heard && input["hook_event_name"] == "PreToolUse" {
                let id = line.msg["request_id"].as_str().unwrap();
                let answers = played.answers(id);
                assert_eq!(answers.len(), 1, "{name}");
                let own = ["Agent", "TaskCreate", "TaskUpdate"].contains(&input["tool_name"].as_str().unwrap());
                let before = input["hook_event_name"] == "PreToolUse";
                let left = !before
                    || own
                    || input["permission_mode"] == "acceptEdits"
                        && input["tool_name"] != "Bash"
                        && input["tool_name"] != "Read";
                let expected = if left {
                    json!({})
                } else {
                    json!({"hookSpecificOutput": serde_json::from_str::<Value>(ASK).unwrap()})
                };
                assert_eq!(*answers[0], expected, "{name} {input}");
            }
        }
    }
}

#[test]
fn p02_a_question_may_come_before_the_message_of_its_call() {
    let lines = log("task");
    let hook = line_at(&lines, |msg| msg["request"]["input"]["agent_id"].is_string());
    let block = line_at(&lines, |msg| msg["message"]["content"][0]["id"] == lines[hook].msg["request"]["tool_use_id"]);
    let mut rest = lines.clone();
    let block = rest.remove(block);
    let hook = line_at(&rest, |msg| msg["request"]["input"]["agent_id"].is_string());
    let question = hook + line_at(&rest[hook..], is_question);
    for at in [hook, question, question + 1] {
        let mut lines = rest.clone();
        lines.insert(at, block.clone());
        let mut played = open(&lines);
        played.go(&lines);
        let read = played.calls_of("Read");
        assert_eq!(read.len(), 1, "one call, made once");
        let patches = played.patches(read[0]);
        assert_eq!(patches.iter().filter(|patch| patch.args.is_some()).count(), 1);
        assert_eq!(played.ask_of("Read").lane, LaneId(1));
    }
    // In the main lane the question is there before the message has ended.
    let lines = log("edit");
    let question = line_at(&lines, is_question);
    assert!(lines[question..].iter().any(|line| line.msg["event"]["type"] == "message_stop"));
}

#[test]
fn p03_p04_the_context_is_that_of_the_last_request_and_never_a_sum() {
    let played = play("edit");
    let used: Vec<u64> = played.usages().iter().filter_map(|usage| usage.used).collect();
    let lines = log("edit");
    let starts = lines.iter().filter(|line| line.msg["event"]["type"] == "message_start");
    let carried: Vec<u64> = starts.map(carried).collect();
    assert_eq!(used, carried);
    let result = &lines[line_at(&lines, |msg| msg["type"] == "result")].msg;
    let tokens = *played.stops()[0].1.unwrap();
    assert_eq!(tokens.output, result["usage"]["output_tokens"].as_u64());
    assert!(tokens.output > Some(4), "not the 1 of the streamed messages: {tokens:?}");
    let sum: u64 = carried.iter().sum();
    assert!(used.iter().all(|used| *used < sum));
    let last = played.usages().into_iter().next_back().unwrap();
    assert_eq!((last.used, last.window), (None, Some(200_000)));
    assert_eq!(last.cost.unwrap().micros, 214_274, "what the result says, in millionths");
}

#[test]
fn p05_an_error_of_the_service_is_an_error_though_it_calls_itself_a_success() {
    let failed = play("fail");
    let Stop::Error(400, said) = failed.stops()[0].0 else { panic!("{:?}", failed.stops()) };
    assert!(said.contains("400"), "{said}");
    assert!(failed.usages().iter().all(|usage| usage.used.is_none()), "a message of its own making carries nothing");
    let errors =
        failed.events().filter(|event| matches!(event, Event::Noted { level: taut::domain::Notice::Error, .. }));
    assert_eq!(errors.count(), 1);
    let limited = play("limit");
    let retries: Vec<String> = limited.notes().into_iter().filter(|note| note.contains("try ")).collect();
    assert_eq!(
        retries,
        [
            "the model's service: overloaded (529); try 1 of 10 in 1 s",
            "the model's service: overloaded (529); try 2 of 10 in 2 s"
        ]
    );
    assert_eq!(limited.stops()[0].0, &Stop::EndTurn);
}

#[test]
fn p06_a_command_that_ran_when_it_was_interrupted_is_told_of() {
    let played = play("interrupts");
    let stops: Vec<&Stop> = played.stops().into_iter().map(|(stop, _)| stop).collect();
    assert_eq!(stops, [&Stop::Cancelled, &Stop::Cancelled, &Stop::Cancelled, &Stop::EndTurn]);
    let told: Vec<String> =
        played.notes().into_iter().filter(|note| note.contains("it ran when you interrupted")).collect();
    // The second was only asked about.
    assert_eq!(told.len(), 1, "{:?}", played.notes());
    assert_eq!(
        played.statuses("Bash"),
        [CallStatus::Pending, CallStatus::Failed, CallStatus::Pending, CallStatus::Running, CallStatus::Failed]
    );
}

#[test]
fn p07_the_reason_of_a_denial_reaches_the_model_also_where_the_turn_ends_with_it() {
    let denied = play("denied");
    let lines = log("denied");
    let id = lines[line_at(&lines, is_question)].msg["request_id"].as_str().unwrap().to_owned();
    let answer = denied.answers(&id)[0];
    assert_eq!(answer["message"], "This call was declined: the build is needed");
    assert!(answer.get("interrupt").is_none(), "it would take the place of the reason");
    assert_eq!(denied.statuses("Bash"), [CallStatus::Pending, CallStatus::Failed]);
    // Claude puts words of its own in their place when an interrupt follows: so they go with the next prompt.
    let stopped = play("refused_then_stopped");
    let prompts = stopped.sent("user");
    assert_eq!(prompts[0]["message"]["content"], "Go on.");
    let second = prompts[1]["message"]["content"].as_str().unwrap();
    assert!(second.contains("the build is needed") && second.ends_with("And now?"), "{second}");
}

#[test]
fn p08_calls_side_by_side_ask_each_for_itself() {
    let three = play("parallel");
    assert_eq!((three.asks().len(), three.calls_of("Bash").len()), (3, 3));
    let lines = log("task2");
    let asks: Vec<_> = {
        let played = play("task2");
        played.asks().iter().filter(|ask| ask.lane != LaneId::ROOT).map(|ask| (ask.lane, ask.call.clone())).collect()
    };
    assert_eq!(asks.len(), 2);
    assert_ne!(asks[0], asks[1]);
    assert!(lines.iter().any(|line| line.msg["subtype"] == "task_started"));
}

#[test]
fn p09_a_question_that_the_agent_takes_back_is_gone() {
    let (mut played, question) = up_to_question("closing");
    let cancel = json!({"type": "control_cancel_request", "request_id": question["request_id"]});
    played.says(&cancel.to_string());
    assert!(matches!(played.came.last(), Some(Came::Fact(Fact::AskGone(gone))) if *gone == native(&question)));
    let sent = played.sent("control_response").len();
    played.tell(Tell::Answer(native(&question), allow()));
    assert_eq!(played.sent("control_response").len(), sent, "nobody waits for it");
    assert!(played.notes().last().unwrap().contains("no longer open"));
}

#[test]
fn p10_our_own_words_coming_back_are_no_news() {
    let (mut played, question) = up_to_question("closing");
    played.tell(Tell::Answer(native(&question), allow()));
    let before = played.came.len();
    let echoes: Vec<String> = played.sent("control_response").iter().map(ToString::to_string).collect();
    echoes.iter().for_each(|echo| played.says(echo));
    assert_eq!(played.came.len(), before, "{:?}", &played.came[before..]);
    let stranger = json!({"type": "control_response", "response": {"subtype": "success", "request_id": "x"}});
    played.says(&stranger.to_string());
    assert!(matches!(played.came.last(), Some(Came::Fact(Fact::Event(_, Event::Unrecognised { .. })))));
}

#[test]
fn p11_a_message_in_the_middle_of_a_turn_is_folded_into_it() {
    let played = play("steer");
    assert_eq!((played.sent("user").len(), played.stops().len()), (2, 1));
    let mut steered = open(&log("steer"));
    steered.go(&log("steer")[..8]);
    assert!(steered.codec.steers());
    steered.tell(Tell::Steer("mind the style".to_owned()));
    assert_eq!(steered.sent("user").last().unwrap()["message"]["content"], "mind the style");
}

#[test]
fn p12_a_closed_stdin_denies_what_waits_and_the_turn_goes_on() {
    let played = play("closing");
    assert_eq!(played.stops()[0].0, &Stop::EndTurn, "{:?}", played.stops());
    assert!(!played.statuses("Bash").contains(&CallStatus::Done));
}

#[test]
fn p13_a_conversation_is_gone_on_with_by_its_id() {
    let native = |name: &str| {
        let played = play(name);
        let source = played.events().find_map(|event| match event {
            Event::SourceAttached { source } => Some(source.clone()),
            _ => None,
        });
        (source, played.stops().len())
    };
    for name in ["resume", "fork"] {
        let (source, turns) = native(name);
        assert_eq!((source.unwrap().channel.as_str(), turns), ("claude", 1), "{name}");
    }
    let unknown = play("unknown");
    let failed = unknown.facts().find_map(|fact| match fact {
        Fact::StartFailed(why) => Some(why.clone()),
        _ => None,
    });
    assert!(failed.as_ref().is_some_and(|why| why.contains("No conversation found")), "{failed:?}");
    assert!(!unknown.facts().any(|fact| matches!(fact, Fact::Ready)));
}

#[test]
fn p14_a_subagent_is_begun_by_a_tool_of_two_names() {
    let lines = log("task");
    let mut renamed = lines.clone();
    for line in renamed.iter_mut().filter(|line| line.msg["type"] != "control_request") {
        line.text = line.text.replace(r#""name":"Agent""#, r#""name":"Task""#);
        line.msg = serde_json::from_str(&line.text).unwrap_or_default();
    }
    let mut played = open(&renamed);
    played.go(&renamed);
    let agent = played.calls_of("Agent");
    assert_eq!((agent.len(), played.calls_of("Task").len()), (1, 0));
    let lane = played.events().find_map(|event| match event {
        Event::LaneOpened { name, call, .. } => Some((name.clone(), call.clone())),
        _ => None,
    });
    assert_eq!(lane, Some(("Look around".into(), Some(agent[0].clone()))));
    assert!(played.events().any(|event| matches!(event, Event::LaneEnded { .. })));
    let inner = played.calls_of("Bash")[0].clone();
    assert!(played.patches(&inner).iter().any(|patch| patch.parent.as_ref() == Some(agent[0])));
    assert!(played.said(Speaker::Agent).contains("Inner is done."), "what it says is asked for");
}

#[test]
fn p15_what_was_edited_is_told_to_the_model_and_the_proposal_stays() {
    let played = play("edited");
    let edit = played.calls_of("Edit")[0].clone();
    let new = |change: &FileChange| change.new.as_ref().and_then(Text::inline).unwrap_or_default().to_owned();
    let changes: Vec<String> =
        played.patches(&edit).iter().filter_map(|patch| patch.changes.clone()).flatten().map(|it| new(&it)).collect();
    assert_eq!(changes, ["    return f\"Hello, {name}!\"\n"], "what it did is compared with that");
    // Of a call that nobody was asked about, what it did is told with its lines.
    let modes = play("modes");
    let unasked = modes.calls_of("Edit")[0].clone();
    let last = modes.patches(&unasked).iter().rev().find_map(|patch| patch.changes.clone()).unwrap();
    assert_eq!((last[0].line, new(&last[0]).contains("def greet")), (Some(2), true), "{last:?}");
    let args = played.patches(&edit).iter().filter(|patch| patch.args.is_some()).count();
    assert_eq!(args, 1, "what was asked about stays what was asked about");
    // The model is told what ran, by the hook after it; of a call that was left as it was, nothing.
    let told = |name: &str| {
        let played = play(name);
        let lines = log(name);
        let after = lines.iter().filter(|line| line.msg["request"]["input"]["hook_event_name"] == "PostToolUse");
        let ids = after.map(|line| line.msg["request_id"].as_str().unwrap().to_owned());
        let said = |id: String| played.answers(&id)[0]["hookSpecificOutput"]["additionalContext"].clone();
        ids.map(said).filter_map(|said| said.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let said = told("edited");
    assert!(said.len() == 2 && said[0].contains("Good day") && said[1].contains("echo edited"), "{said:?}");
    assert_eq!(told("edit"), Vec::<String>::new());
    // A tool that refused it has run nothing.
    let (mut played, question) = up_to_question("edited");
    let mut edited = question["request"]["input"].clone();
    edited["new_string"] = json!("mine");
    let args = Text::from(edited.to_string());
    let edit = Decision::Edit { offer: Some("allow".to_owned()), args, reason: None };
    played.tell(Tell::Answer(native(&question), edit));
    let lines = log("edited");
    let after = |it: &&Line| it.msg["request"]["input"]["hook_event_name"] == "PostToolUse";
    let mut failed = lines.iter().find(after).unwrap().msg.clone();
    failed["request_id"] = json!("failed");
    failed["request"]["input"]["hook_event_name"] = json!("PostToolUseFailure");
    failed["request"]["tool_use_id"] = question["request"]["tool_use_id"].clone();
    played.says(&failed.to_string());
    let said = played.answers("failed")[0]["hookSpecificOutput"]["additionalContext"].to_string();
    assert!(said.contains("What was tried instead") && !said.contains("What ran"), "{said}");
}

#[test]
fn p16_where_a_hook_of_the_users_own_answers_first_ours_is_over() {
    let (mut played, question) = up_to_question("closing");
    let own = &played.sent("control_request")[0]["request"]["hooks"];
    assert!(own.get("PermissionRequest").is_none(), "taut itself asks in one way only");
    // The call ran by that answer: its result comes, and nothing waits any more.
    let call = question["request"]["tool_use_id"].clone();
    let result = json!({"type": "tool_result", "tool_use_id": call, "content": "ran", "is_error": false});
    let said = json!({"type": "user", "parent_tool_use_id": null, "session_id": "s",
        "message": {"role": "user", "content": [result]}});
    played.says(&said.to_string());
    let asked = question["request_id"].to_string();
    let gone = |came: &Came| matches!(came, Came::Fact(Fact::AskGone(native)) if *native == asked);
    assert_eq!(played.came.iter().filter(|came| gone(came)).count(), 1);
    let before = played.came.iter().filter(|came| matches!(came, Came::Sent(_))).count();
    played.tell(Tell::Answer(native(&question), allow()));
    assert_eq!(
        played.came.iter().filter(|came| matches!(came, Came::Sent(_))).count(),
        before,
        "a late answer is none"
    );
}

#[test]
fn p17_what_costs_requests_is_never_asked_by_itself() {
    for name in all() {
        let played = play(&name);
        for sent in played.sent("control_request") {
            let subtype = sent["request"]["subtype"].as_str().unwrap();
            // But where a human wanted it.
            let wanted = |line: &Line| {
                !line.heard && line.msg["type"] == "control_request" && line.msg["request"]["subtype"] == subtype
            };
            assert!(
                ["initialize", "set_permission_mode", "interrupt", "mcp_set_servers"].contains(&subtype)
                    || log(&name).iter().any(wanted),
                "{name}: {subtype}"
            );
        }
    }
}
