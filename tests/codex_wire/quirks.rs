//! What codex does, each from a log of a real run.

use crate::play::{Came, Line, Played, log, play, play_until};
use serde_json::{Value, json};
use taut::agent::codex::Codex;
use taut::agent::hook::Install;
use taut::agent::{Fact, Opening, Protocol, Tell};
use taut::domain::{
    CallStatus, Completeness, Event, Gate, Impact, LaneId, OfferKind, ReasonGoes, Speaker, Stop, Text, Topic,
};

fn inline(text: Option<&Text>) -> &str {
    text.and_then(Text::inline).unwrap_or_default()
}

#[test]
fn an_edit_from_its_diff_to_its_end() {
    let played = play("edit");
    let [edit, run] = played.asks()[..] else { panic!("two questions") };
    assert_eq!((edit.native.as_str(), run.native.as_str()), ("0", "1"), "ids begin at 0");
    assert_eq!((edit.payload, run.payload), (Completeness::Whole, Completeness::Whole));
    let calls = played.calls();
    let (_, call) = calls.iter().find(|(id, _)| *id == edit.call.0).unwrap();
    let patch = inline(call.changes.as_ref().unwrap()[0].patch.as_ref());
    assert!(
        patch.starts_with("--- /home/demo/repo/src/greet.py\n+++ ") && patch.contains("+    return f\"Hello"),
        "{patch}"
    );
    assert_eq!((call.impact, call.status), (Some(Impact::Edit), Some(CallStatus::Done)));
    let told = played.came.iter().position(|came| matches!(came, Came::Fact(Fact::Ask(_)))).unwrap();
    let diffed = |came: &Came| matches!(came, Came::Fact(Fact::Event(_, Event::Called { patch, .. })) if patch.changes.is_some());
    assert!(played.came.iter().position(diffed).unwrap() < told, "the diff is known before the question");
    assert_eq!(inline(calls.iter().find(|(id, _)| *id == run.call.0).unwrap().1.command.as_ref()), "touch made.txt");
    assert_eq!(
        (played.stops(), played.said(LaneId::ROOT, Speaker::Agent)),
        (vec![&Stop::EndTurn], "Reading.Editing.Done.".to_owned())
    );
    assert_eq!(played.said(LaneId::ROOT, Speaker::Thought), "Let me look.");
    assert_eq!(played.said(LaneId::ROOT, Speaker::User), "", "our own prompt is not told again");
    assert_eq!(played.unrecognised(), [""; 0]);
}

#[test]
fn every_decision_has_its_own_word() {
    let played = play("decide");
    let amend = json!({"decision": {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": ["mkdir", "one"]}}});
    let words = ["decline", "decline", "acceptForSession"].map(|word| json!({"decision": word}));
    let answers = played.answers();
    assert_eq!(answers[..3], words.iter().collect::<Vec<_>>());
    let asked = played.asks();
    let offered = &asked[3].offers;
    let amended = offered.iter().find(|offer| offer.id == "amend-0").unwrap();
    assert!(amended.name.starts_with("This agent's own, for ever: commands beginning with `mkdir"), "{amended:?}");
    assert!(*answers[3] == amend || answers[3]["decision"]["acceptWithExecpolicyAmendment"].is_object());
    assert_eq!(*answers[4], json!({"decision": "cancel"}));
    let stops = played.stops();
    assert_eq!((stops.len(), stops[4]), (5, &Stop::Cancelled), "{stops:?}");
    for ask in asked {
        assert!(ask.offers.iter().any(|offer| offer.kind == OfferKind::RejectOnce), "not listed, and it works");
    }
    let declined = &played.calls()[0].1;
    assert_eq!((declined.status, declined.exit), (Some(CallStatus::Failed), None));
}

/// Quirk 1, as it is without the remedy: the command ends, with its effect, after the end of the turn.
#[test]
fn q01_an_interrupt_alone_leaves_the_command_running() {
    let lines = log("interrupt_plain");
    let at = |method: &str, kind: &str| {
        lines.iter().position(|line| {
            line.msg["method"] == method && (kind.is_empty() || line.msg["params"]["item"]["type"] == kind)
        })
    };
    assert!(at("turn/completed", "") < at("item/completed", "commandExecution"));
}

#[test]
fn q01_a_stop_ends_what_runs_and_the_turn_is_over_when_it_has_ended() {
    let played = play("interrupt_left");
    assert_eq!(played.sent("thread/backgroundTerminals/terminate").len(), 1);
    assert!(
        played
            .notes()
            .iter()
            .any(|note| note.starts_with("still running after the interrupt, and now ended: `echo begun"))
    );
    let place = |fits: &dyn Fn(&Came) -> bool| played.came.iter().position(fits).unwrap();
    let ended = place(
        &|came| matches!(came, Came::Fact(Fact::Event(_, Event::Called { patch, .. })) if patch.status == Some(CallStatus::Failed)),
    );
    let over = place(&|came| matches!(came, Came::Fact(Fact::TurnOver(Stop::Cancelled, _))));
    assert!(ended < over, "the command ended before the turn was over");
    assert_eq!(played.stops(), [&Stop::Cancelled, &Stop::EndTurn]);
}

#[test]
fn q01_what_an_earlier_turn_left_running_is_said_and_left() {
    let played = play("interrupt_earlier");
    assert_eq!(played.sent("thread/backgroundTerminals/terminate").len(), 1);
    assert!(
        played.notes().iter().any(|note| note.contains("sleep 30") && note.contains("runs on since an earlier turn"))
    );
    assert_eq!(played.stops(), [&Stop::EndTurn, &Stop::Cancelled]);
}

/// A command that outlives its turn is a call that runs, for as long as codex lists it; an interrupt ends it then.
#[test]
fn q01_what_a_turn_left_running_runs_on_until_it_ends_or_is_ended() {
    let over = |line: &Line| line.msg["method"] == "turn/interrupt";
    let mut played = play_until("interrupt_earlier", over);
    let of_sleep = |played: &Played| {
        let calls = played.calls();
        calls.iter().find(|(_, call)| inline(call.command.as_ref()).contains("sleep 30")).unwrap().1.status
    };
    assert_eq!(of_sleep(&played), Some(CallStatus::Running));
    let asked = played.sent("thread/backgroundTerminals/list").last().unwrap()["id"].clone();
    let none = json!({"id": asked, "result": {"data": []}}).to_string();
    let turnout = played.codec.hear(none.as_bytes());
    played.keep(turnout);
    assert_eq!(of_sleep(&played), Some(CallStatus::Abandoned), "codex knows of none such");
}

#[test]
fn q02_an_interrupt_takes_the_question_along_and_a_late_answer_goes_nowhere() {
    let played = play("interrupt_asked");
    assert_eq!(played.stops(), [&Stop::Cancelled, &Stop::EndTurn]);
    assert!(played.answers().is_empty(), "{:?}", played.answers());
    assert!(played.notes().contains(&"an answer was not sent: question 0 is no longer open"));
    let resolved = log("interrupt_asked").iter().position(|line| line.msg["method"] == "serverRequest/resolved");
    let completed = log("interrupt_asked").iter().position(|line| line.msg["method"] == "turn/completed");
    assert!(completed < resolved, "the turn ends first");
}

#[test]
fn q03_a_reason_goes_into_the_turn_right_after_the_denial() {
    let played = play("deny_reason");
    assert_eq!(played.asks()[0].how.carries.reason, ReasonGoes::Steer);
    let sent = |came: &Came, what: &dyn Fn(&Value) -> bool| matches!(came, Came::Sent(line) if what(line));
    let declined = played.came.iter().position(|it| sent(it, &|line| line["result"]["decision"] == "decline")).unwrap();
    let steered = played.came.iter().position(|it| sent(it, &|line| line["method"] == "turn/steer")).unwrap();
    assert_eq!(steered, declined + 1);
    assert_eq!(played.said(LaneId::ROOT, Speaker::Agent), "I heard you.");
    assert_eq!(played.said(LaneId::ROOT, Speaker::User), "", "it is not told as if somebody had said it again");
}

#[test]
fn q03_words_go_into_a_turn_and_where_none_runs_that_is_said() {
    let played = play("steer");
    assert_eq!(played.sent("turn/steer").len(), 1);
    assert!(
        played.notes().iter().any(|note| note.starts_with("what you told it in the middle of its turn did not reach"))
    );
    assert_eq!(played.said(LaneId::ROOT, Speaker::Agent), "Done.");
}

#[test]
fn a_patch_makes_moves_and_removes_files() {
    let played = play("files");
    let (_, call) = &played.calls()[0];
    let changes = call.changes.as_ref().unwrap();
    assert_eq!((changes.len(), call.impact), (3, Some(Impact::Delete)));
    let of = |end: &str| changes.iter().find(|change| change.path.ends_with(end)).unwrap();
    assert_eq!((inline(of("new.txt").new.as_ref()), &of("new.txt").old), ("one\ntwo\n", &None));
    assert_eq!((inline(of("out.txt").old.as_ref()), &of("out.txt").new), ("built\n", &None));
    assert!(inline(of("README.md").patch.as_ref()).contains("+++ /home/demo/repo/docs/README.md\n"));
    assert!(call.places.as_ref().unwrap().iter().any(|place| place.path.ends_with("docs/README.md")));
}

#[test]
fn q06_what_the_sandbox_lets_through_is_said_to_be_that() {
    let played = play("sandboxed");
    assert_eq!(played.asks().len(), 0);
    let gates: Vec<_> = played
        .events()
        .filter_map(|(_, event)| if let Event::CallGated { gate, .. } = event { Some(gate.clone()) } else { None })
        .collect();
    assert_eq!(gates, [Gate::AgentMode("its sandbox or its own rules let it run".to_owned())]);
    // The first piece came before codex told of the command.
    assert!(played.output().ends_with("Read-only file system\nREADME.md\nbuild\nsrc\ntests\n"), "{}", played.output());
    let outputs = played.events().filter(|(_, event)| matches!(event, Event::CallOutput { .. })).count();
    assert!(outputs > 2, "it comes in pieces");
}

#[test]
fn q06_one_policy_asks_for_every_command() {
    let played = play("untrusted");
    let opened = played.sent("thread/start")[0];
    assert_eq!(opened["params"]["approvalPolicy"], "untrusted");
    let calls = played.calls();
    let commands: Vec<_> = calls.iter().filter(|(_, call)| call.command.is_some()).collect();
    assert_eq!(commands.len(), 3);
    for (id, _) in commands {
        let held = |fact: &Fact| matches!(fact, Fact::HeldBack(ask) if ask.call.0 == *id);
        assert!(played.facts().any(held), "{id} was asked about, and may pass where it only looks");
    }
}

#[test]
fn a_mode_goes_with_the_turn() {
    let played = play("auto");
    let params = &played.sent("turn/start")[0]["params"];
    assert_eq!(
        (&params["approvalPolicy"], &params["sandboxPolicy"]["type"]),
        (&json!("on-request"), &json!("workspaceWrite"))
    );
    let modes: Vec<_> = played
        .events()
        .filter_map(|(_, event)| if let Event::ModeChanged { mode, .. } = event { Some(mode.as_str()) } else { None })
        .collect();
    assert_eq!(modes, ["auto"]);
}

#[test]
fn q07_a_subagent_asks_in_its_own_lane_after_the_turn_of_its_parent() {
    let played = play("subagent");
    let [ask] = played.asks()[..] else { panic!("one question") };
    let opened = played.events().find_map(|(of, event)| match event {
        Event::LaneOpened { opened, name, call, .. } => {
            Some((of, *opened, inline(Some(name)).to_owned(), call.clone()))
        }
        _ => None,
    });
    let (of, lane, name, call) = opened.unwrap();
    assert_eq!((of, lane, ask.lane, name.as_str()), (LaneId::ROOT, LaneId(1), LaneId(1), "sub work"));
    assert!(call.is_some());
    let over = played.came.iter().position(|came| matches!(came, Came::Fact(Fact::TurnOver(..)))).unwrap();
    let asked = played.came.iter().position(|came| matches!(came, Came::Fact(Fact::Ask(_)))).unwrap();
    assert!(over < asked, "the turn of the parent was over");
    assert_eq!(played.answers(), [&json!({"decision": "accept"})]);
    assert_eq!(played.said(LaneId(1), Speaker::Agent), "The subagent is done.");
    let ended =
        played.events().filter(|(_, event)| matches!(event, Event::LaneEnded { ended } if *ended == lane)).count();
    assert_eq!((ended, played.stops().len()), (1, 1));
}

#[test]
fn q08_killed_while_it_asked_nothing_runs_again() {
    let played = play("resume_killed");
    assert_eq!((played.asks().len(), played.calls().len()), (0, 0));
    assert_eq!(played.said(LaneId::ROOT, Speaker::User), "Touch it.");
    assert_eq!(played.said(LaneId::ROOT, Speaker::Agent), "Resumed.");
}

#[test]
fn q09_a_resumed_thread_tells_what_was_said_before_page_by_page() {
    let played = play("resume");
    assert_eq!(played.sent("thread/resume")[0]["params"]["excludeTurns"], true);
    assert_eq!(played.sent("thread/items/list").len(), 1);
    assert_eq!(played.said(LaneId::ROOT, Speaker::User), "Fix the typo in the greeting.");
    assert_eq!(played.said(LaneId::ROOT, Speaker::Agent), "Editing.Done.Resumed.");
    let before = played.calls().iter().filter(|(_, call)| call.status == Some(CallStatus::Done)).count();
    assert_eq!(before, 2);
    let gated = |event: &Event| matches!(event, Event::CallGated { gate: Gate::AgentMode(why), .. } if why == "before this session");
    assert_eq!(played.events().filter(|(_, event)| gated(event)).count(), 2, "nobody is blamed for them");
}

#[test]
fn q04_a_thread_goes_back_to_before_a_turn_and_says_so_once() {
    let played = play("rewind");
    let went: Vec<_> = played
        .facts()
        .filter_map(|fact| if let Fact::WentBack(went) = fact { Some(went.clone()) } else { None })
        .collect();
    let marks: Vec<_> = played
        .facts()
        .filter_map(|fact| if let Fact::Marked(mark) = fact { Some(mark.clone()) } else { None })
        .collect();
    assert_eq!((went.len(), marks.len()), (3, 4), "a turn has one handle: {marks:?}");
    assert_eq!((&went[0], &went[2]), (&Ok(marks[1].clone()), &Ok(marks[0].clone())));
    assert!(went[1].as_ref().is_err_and(|why| why.contains("turn not found")), "{went:?}");
    // It tells of each as well: that is no news, but where nobody here asked for it.
    let said = |event: &Event| matches!(event, Event::Noted { text, .. } if inline(Some(text)).contains("taken back"));
    assert_eq!(played.events().filter(|(_, event)| said(event)).count(), 0);
    let told = log("rewind").into_iter().find(|line| line.msg["method"] == "thread/reverted").unwrap();
    let mut other = play_until("rewind", |line| line.msg["method"] == "thread/revert");
    other.codec.hear(told.msg.to_string().as_bytes());
    let again = other.codec.hear(told.msg.to_string().as_bytes());
    assert!(matches!(&again.facts[..], [Fact::Event(_, event)] if said(event)), "{again:?}");
}

#[test]
fn a_fork_begins_with_a_part_of_what_was_said_and_goes_on_by_itself() {
    let played = play("fork");
    let [sent] = played.sent("thread/fork")[..] else { panic!("one fork") };
    assert!(sent["params"]["beforeTurnId"].is_string() && played.sent("thread/resume").is_empty());
    assert_eq!(played.said(LaneId::ROOT, Speaker::Agent), "One.Two.", "what it begins with, and its own turn");
    let source =
        |event: &Event| if let Event::SourceAttached { source } = event { Some(source.native.clone()) } else { None };
    let native = played.events().find_map(|(_, event)| source(event)).unwrap();
    assert_ne!(native, sent["params"]["threadId"].as_str().unwrap(), "a thread of its own");
}

#[test]
fn what_a_thread_carries_is_told_by_where_it_came_from() {
    let mut played = play_until("rewind", |line| line.msg["method"] == "thread/revert");
    played.tell(Tell::Context);
    let told = |event: &Event| if let Event::ContextTold { context } = event { Some(context.clone()) } else { None };
    let context = played.events().find_map(|(_, event)| told(event)).unwrap();
    let sum: u64 = context.parts.iter().map(|part| part.tokens).sum();
    assert_eq!((context.used, context.window.is_some()), (Some(sum), true), "{context:?}");
    let mut early = play_until("rewind", |line| line.msg["method"] == "turn/start");
    early.tell(Tell::Context);
    assert!(
        !early.events().any(|(_, event)| told(event).is_some()),
        "nothing is known of it yet, and 0 would be a lie"
    );
}

#[test]
fn a_model_goes_with_the_next_turn_and_is_known_when_it_began() {
    let mut played = play_until("rewind", |line| line.msg["method"] == "turn/start");
    let asked = |played: &Played| {
        let model = |event: &Event| {
            if let Event::OptionsOffered { options } = event { Some(options[0].current.clone()) } else { None }
        };
        played.events().filter_map(|(_, event)| model(event)).collect::<Vec<_>>()
    };
    played.tell(Tell::Model("gpt-x".to_owned()));
    assert_eq!(asked(&played), ["gpt-5.5"], "it is not yet");
    played.tell(Tell::Prompt("Go on.".to_owned()));
    let sent = played.sent("turn/start")[0].clone();
    assert_eq!(sent["params"]["model"], "gpt-x");
    let answer = json!({"id": sent["id"], "result": {"turn": {"id": "t1"}}});
    let turnout = played.codec.hear(answer.to_string().as_bytes());
    assert!(format!("{:?}", turnout.facts).contains("gpt-x"), "{turnout:?}");
}

#[test]
fn a_thread_that_can_not_be_had_is_no_new_one() {
    for (name, words) in [("resume_unknown", "no rollout found"), ("two_writers", "another codex holds it")] {
        let played = play(name);
        let failed = played.facts().find_map(|fact| if let Fact::StartFailed(why) = fact { Some(why) } else { None });
        assert!(failed.is_some_and(|why| why.contains(words)), "{name}: {failed:?}");
        assert!(played.sent("thread/start").is_empty());
    }
}

#[test]
fn a_question_is_answered_in_its_own_form() {
    let played = play("question");
    let [ask] = played.asks()[..] else { panic!("one question") };
    let Topic::Questions(questions) = &ask.how.topic else { panic!("{:?}", ask.how) };
    assert_eq!((questions[0].text.as_str(), questions[0].choices.len(), questions[0].free), ("Which color?", 2, true));
    assert_eq!(played.answers(), [&json!({"answers": {"color": {"answers": ["Blue"]}}})]);
}

/// Codex asks about a server's tool as if the server had a question: it is the call that is asked about, with its arguments.
#[test]
fn a_tool_of_a_server_is_asked_about_as_the_call_that_it_is() {
    let played = play("servers");
    let asks = played.asks();
    let about = |n: usize| played.calls().into_iter().find(|(id, _)| *id == asks[n].call.0).unwrap().1;
    let (closed, declined) = (about(0), about(1));
    assert_eq!((closed.tool.as_deref(), closed.status), (Some("tickets.close"), Some(CallStatus::Done)));
    assert!(inline(closed.args.as_ref()).contains(r#""arguments":{"id":"7"}"#), "{:?}", closed.args);
    assert_eq!((asks[0].payload, asks[0].how.topic.is_call()), (Completeness::Whole, true));
    assert_eq!(
        (declined.status, inline(declined.args.as_ref()).contains(r#""id":"8""#)),
        (Some(CallStatus::Failed), true)
    );
    let kinds: Vec<_> = asks[0].offers.iter().map(|offer| offer.kind).collect();
    let all = [OfferKind::AllowOnce, OfferKind::AllowAlways, OfferKind::AllowAlways, OfferKind::RejectOnce];
    assert_eq!(kinds, all, "{:?}", asks[0].offers);
    // Each answer is the one that codex took when the log was made.
    let took = log("servers").into_iter().filter(|line| !line.heard && line.msg.get("result").is_some());
    let took: Vec<Value> = took.map(|line| line.msg["result"].clone()).collect();
    assert_eq!(played.answers(), took.iter().collect::<Vec<_>>());
    // The one that only looks ran by codex's own rule, and says so; none ran without a word.
    let look = played.calls().into_iter().find(|(_, call)| call.tool.as_deref() == Some("tickets.look")).unwrap().0;
    let gated = |event: &Event| matches!(event, Event::CallGated { call, gate: Gate::AgentMode(_) } if call.0 == look);
    assert_eq!(played.events().filter(|(_, event)| gated(event)).count(), 1);
    assert_eq!(played.unrecognised(), [""; 0]);
}

#[test]
fn a_call_is_matched_by_its_tool_and_arguments_and_never_by_less() {
    let asked = |at: &dyn Fn(&mut Value)| {
        let is = |line: &Line| line.msg["method"] == "mcpServer/elicitation/request";
        let mut question = log("servers").into_iter().find(|line| is(line)).unwrap().msg;
        let mut played = play_until("servers", is);
        let begun = played.calls().last().unwrap().0.clone();
        at(&mut question);
        played.codec.hear(question.to_string().as_bytes()).facts.into_iter().find_map(|fact| match fact {
            Fact::Ask(ask) => Some((ask.call.0 == begun, ask.payload)),
            _ => None,
        })
    };
    assert_eq!(asked(&|_| {}), Some((true, Completeness::Whole)));
    let other =
        |path: &'static str, to: Value| move |question: &mut Value| *question.pointer_mut(path).unwrap() = to.clone();
    for (path, to) in [
        ("/params/_meta/tool_params", json!({"id": "8"})),
        ("/params/_meta/tool_name", json!("ask")),
        ("/params/serverName", json!("billing")),
        ("/params/threadId", json!("another")),
    ] {
        assert_eq!(asked(&other(path, to)), Some((false, Completeness::Whole)), "{path}");
    }
    let bare = |question: &mut Value| drop(question["params"]["_meta"].as_object_mut().unwrap().remove("tool_params"));
    assert_eq!(asked(&bare), Some((false, Completeness::TitleOnly)));
}

#[test]
fn a_server_asks_by_a_form_and_by_a_page() {
    let played = play("servers");
    let asks = played.asks();
    let Topic::Questions(form) = &asks[3].how.topic else { panic!("{:?}", asks[3].how) };
    let ids: Vec<_> = form.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(ids, ["times", "why"]);
    assert!(asks[3].offers.iter().all(|offer| offer.kind != OfferKind::AllowOnce), "an empty form says nothing");
    let page = played.calls().into_iter().find(|(id, _)| *id == asks[5].call.0).unwrap().1;
    assert!(inline(page.args.as_ref()).contains("https://example.invalid/sign"), "where it leads is shown: {page:?}");
    assert!(asks[5].how.topic.is_call());
}

#[test]
fn more_permissions_are_granted_as_asked_for_or_not_at_all() {
    let played = play("permissions");
    let [first, second] = played.asks()[..] else { panic!("two questions") };
    assert_eq!((first.payload, second.offers.len()), (Completeness::Whole, 3));
    let network = json!({"permissions": {"network": {"enabled": true}}, "scope": "turn"});
    assert_eq!(played.answers(), [&network, &json!({"permissions": {}, "scope": "turn"})]);
    let calls = played.calls();
    let call = |id: &str| calls.iter().find(|(call, _)| *call == id).unwrap().1.clone();
    let (granted, refused) = (call(&first.call.0), call(&second.call.0));
    assert_eq!((granted.tool.as_deref(), granted.status), (Some("request_permissions"), Some(CallStatus::Done)));
    assert!(inline(granted.args.as_ref()).contains("network"), "{granted:?}");
    assert_eq!(refused.status, Some(CallStatus::Failed));
    assert_eq!(played.unrecognised(), [""; 0]);
}

#[test]
fn failures_of_the_model_end_the_turn_with_their_kind() {
    let played = play("faults");
    let stops = played.stops();
    for (stop, code, kind) in [
        (stops[0], 0, "internalServerError"),
        (stops[1], 401, "httpConnectionFailed"),
        (stops[2], 429, "responseTooManyFailedAttempts"),
    ] {
        assert!(matches!(stop, Stop::Error(of, said) if *of == code && said.contains(kind)), "{stop:?}");
    }
    assert_eq!(stops[3], &Stop::EndTurn, "and it goes on");
}

#[test]
fn a_compaction_says_what_it_left() {
    let played = play("compact");
    let compacted = played.events().find_map(|(_, event)| match event {
        Event::Compacted { before, after } => Some((*before, *after)),
        _ => None,
    });
    let (before, after) = compacted.unwrap();
    assert!(before > after && after.is_some(), "{before:?} {after:?}");
    let began = played.facts().filter(|fact| matches!(fact, Fact::TurnBegan(_))).count();
    assert_eq!((began, played.stops().len()), (1, 3), "its turn was nobody's, and is over like any other");
}

#[test]
fn an_interrupt_of_words_is_over_at_once() {
    let played = play("interrupt_text");
    assert_eq!(played.stops(), [&Stop::Cancelled, &Stop::EndTurn]);
    assert!(played.notes().iter().all(|note| !note.contains("still running")));
}

#[test]
fn a_hook_sees_a_call_before_codex_asks_and_its_time_out_is_no_refusal() {
    let played = play("hooked");
    let calls = played.calls();
    let commands: Vec<_> = calls.iter().map(|(_, call)| inline(call.command.as_ref())).collect();
    assert_eq!(commands, ["touch edited.txt", "echo late"], "the edited one is told, the denied one never");
    assert_eq!(played.asks().len(), 1);
    let notes = played.notes();
    assert!(notes.contains(&"a hook of codex's (preToolUse) ended failed: hook timed out after 2s"), "{notes:?}");
    let hooked = |line: &crate::play::Line| line.msg["method"] == "hook/started";
    let held = log("hooked").iter().position(hooked).unwrap();
    let asked =
        log("hooked").iter().position(|line| line.msg["method"] == "item/commandExecution/requestApproval").unwrap();
    assert!(held < asked);
    assert!(notes.iter().any(|note| note.starts_with("a hook of codex's (preToolUse) ended failed")), "{notes:?}");
}

/// A denial is told by its request: that taut's own hook has blocked the call is no news. Of another hook it is.
#[test]
fn only_hooks_of_others_are_said_to_have_blocked_a_call() {
    let line = log("hooked").into_iter().find(|line| line.msg["params"]["run"]["status"] == "blocked").unwrap().msg;
    let mut other = line.clone();
    other["params"]["run"]["sourcePath"] = json!("/home/demo/.codex/hooks.json");
    let install = Install { command: "taut hook codex".to_owned(), within: 60 };
    for (msg, hook, said) in [(&line, Some(install.clone()), 0), (&other, Some(install), 1), (&line, None, 1)] {
        let mut codec = Codex::new();
        drop(codec.open(Opening { cwd: "/home/demo/repo".to_owned(), hook, ..Opening::default() }));
        let heard = codec.hear(msg.to_string().as_bytes());
        let notes = heard.facts.iter().filter(|fact| matches!(fact, Fact::Event(_, Event::Noted { .. })));
        assert_eq!(notes.count(), said, "{msg}");
    }
}
