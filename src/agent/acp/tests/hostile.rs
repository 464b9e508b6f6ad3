//! Hostile input: any bytes, any order, any shape. Nothing panics, nothing is dropped in silence.

use super::*;
use crate::domain::{Decision, Stop};
use proptest::prelude::*;

/// Any JSON, with the protocol's own words among its keys and texts.
fn json_of_words() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "sessionUpdate",
        "tool_call",
        "tool_call_update",
        "toolCallId",
        "c",
        "d",
        "status",
        "pending",
        "in_progress",
        "completed",
        "kind",
        "edit",
        "execute",
        "title",
        "content",
        "type",
        "text",
        "diff",
        "path",
        "/w/a",
        "oldText",
        "newText",
        "rawInput",
        "rawOutput",
        "command",
        "locations",
        "line",
        "_meta",
        "terminal_output_delta",
        "data",
        "claudeCode",
        "parentToolUseId",
        "update",
        "sessionId",
        "s",
        "other",
        "toolCall",
        "options",
        "optionId",
        "usage_update",
        "used",
        "size",
        "cost",
        "amount",
        "currency",
        "plan",
        "entries",
        "configOptions",
        "category",
        "mode",
        "currentModeId",
        "user_message_chunk",
        "agent_message_chunk",
        "stopReason",
        "end_turn",
        "patch",
        "@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..7)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
        ]
    })
}

fn update_kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "tool_call",
        "tool_call_update",
        "user_message_chunk",
        "agent_message_chunk",
        "plan",
        "plan_update",
        "usage_update",
        "config_option_update",
        "current_mode_update",
        "available_commands_update",
        "session_info_update",
        "compaction_update",
        "subagent_update",
        "session_message",
        "notice",
        "x",
    ])
}

/// A message of the agent: an update, a question, an answer, or anything.
fn message() -> impl Strategy<Value = Value> {
    let update = (update_kind(), json_of_words(), prop::sample::select(vec!["s", "other"])).prop_map(
        |(kind, mut body, session)| {
            if let Some(body) = body.as_object_mut() {
                body.insert("sessionUpdate".to_owned(), kind.into());
                body.entry("toolCallId").or_insert("c".into());
            }
            json!({"method": "session/update", "params": {"sessionId": session, "update": body}})
        },
    );
    let question = (0..4u8, json_of_words(), json_of_words()).prop_map(|(id, call, options)| {
        json!({"id": id, "method": "session/request_permission", "params": {"sessionId": "s", "toolCall": call, "options": options}})
    });
    let answer = (0..6u8, json_of_words()).prop_map(|(id, result)| json!({"id": id, "result": result}));
    let error = (0..6u8, json_of_words()).prop_map(|(id, error)| json!({"id": id, "error": error}));
    let taken_back = (0..4u8).prop_map(|id| json!({"method": "$/cancel_request", "params": {"requestId": id}}));
    prop_oneof![6 => update, 2 => question, 2 => answer, 1 => error, 1 => taken_back, 1 => json_of_words()]
}

fn tell() -> impl Strategy<Value = Tell> {
    prop_oneof![
        Just(Tell::Interrupt),
        ".{0,8}".prop_map(Tell::Prompt),
        (0..4u8, any::<bool>()).prop_map(|(id, yes)| Tell::Answer(
            id.to_string(),
            match yes {
                true => Decision::Allow { offer: "once".to_owned() },
                false => Decision::Deny { offer: None, reason: None, interrupt: false },
            }
        )),
        ".{0,4}".prop_map(Tell::Mode),
        ".{0,4}".prop_map(Tell::Login),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Hear(Value),
    HearCut(Value, usize),
    Tell(Tell),
    Gone,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => message().prop_map(Step::Hear),
        2 => (message(), any::<usize>()).prop_map(|(message, at)| Step::HearCut(message, at)),
        4 => tell().prop_map(Step::Tell),
        1 => Just(Step::Gone),
    ]
}

fn take(acp: &mut Acp, step: Step) -> Turnout {
    match step {
        Step::Hear(message) => acp.hear(message.to_string().as_bytes()),
        Step::HearCut(message, at) => {
            let line = message.to_string();
            acp.hear(&line.as_bytes()[..at % (line.len() + 1)])
        }
        Step::Tell(tell) => acp.tell(tell),
        Step::Gone => acp.gone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_heard(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)) {
        let mut acp = Acp::new();
        for line in lines {
            let blank = String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').trim().is_empty();
            let turnout = acp.hear(&line);
            prop_assert_eq!(turnout.facts.is_empty(), blank, "a line that says something leaves something");
        }
    }

    #[test]
    fn any_messages_in_any_order_leave_a_sound_state(steps in prop::collection::vec(step(), 0..60)) {
        let mut rig = Rig::open();
        let (mut open, mut turns) = (0i32, 0i32);
        let mut lines = vec![];
        for step in steps {
            let sent = if let Step::Tell(Tell::Prompt(_)) = &step { 1 } else { 0 };
            let turnout = take(&mut rig.acp, step);
            lines.extend(turnout.lines.iter().cloned());
            let prompts = turnout.lines.iter().filter(|line| line.contains("\"session/prompt\"")).count();
            prop_assert!(prompts <= sent);
            turns += i32::try_from(prompts).unwrap();
            for fact in &turnout.facts {
                match fact {
                    Fact::Event(_, Event::Called { patch, .. }) => prop_assert_ne!(&**patch, &CallPatch::default()),
                    Fact::Ask(_) | Fact::HeldBack(_) | Fact::ByOwnRules(_) => open += 1,
                    Fact::AskGone(_) => open -= 1,
                    Fact::TurnOver(Stop::Error(_, why), _) if why == "the conversation is not open" => {}
                    Fact::TurnOver(..) => turns -= 1,
                    Fact::Event(..)
                    | Fact::Ready
                    | Fact::TurnBegan(_)
                    | Fact::RanUnheld(..)
                    | Fact::StartFailed(_)
                    | Fact::Leaves(_)
                    | Fact::Marked(_)
                    | Fact::WentBack(_) => {}
                }
            }
            prop_assert!(open >= 0, "nothing is taken back that was not asked");
            prop_assert!((0..=1).contains(&turns), "one turn at a time: {}", turns);
        }
        for line in lines {
            prop_assert!(!line.contains('\n'));
            prop_assert!(serde_json::from_str::<Value>(&line).is_ok(), "{}", line);
        }
    }

    #[test]
    fn the_handshake_bears_anything(steps in prop::collection::vec(step(), 0..30), load in any::<bool>(), mode in any::<bool>()) {
        let mut acp = Acp::new();
        let opening = Opening {
            cwd: "/w".to_owned(),
            load: load.then(|| "old".to_owned()),
            mode: mode.then(|| "mode".to_owned()),
            mcp: vec![json!(null), json!({"type": "http"})],
            ..Opening::default()
        };
        acp.open(opening);
        for step in steps {
            take(&mut acp, step);
        }
    }

    #[test]
    fn output_is_what_was_last_sent(texts in prop::collection::vec("[ab\u{e9}\n]{0,6}", 1..12)) {
        let mut rig = Rig::open();
        for text in &texts {
            let content = json!([{"type": "content", "content": {"type": "text", "text": text}}]);
            rig.update(&json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "content": content}));
        }
        prop_assert_eq!(&rig.output("c"), texts.last().unwrap());
    }
}

#[test]
fn deep_nesting_is_told_and_a_question_in_it_is_refused() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let mut rig = Rig::open();
    rig.hears_raw(format!(r#"{{"id":1,"method":"session/request_permission","params":{deep}}}"#).as_bytes());
    rig.hears_raw(format!(r#"{{"method":"session/update","params":{deep}}}"#).as_bytes());
    rig.hears_raw(deep.as_bytes());
    assert!(rig.events().filter(|event| matches!(event, Event::Unrecognised { .. })).count() >= 2);
    assert_eq!(rig.lines[0]["error"]["code"], -32602, "what can't be read is never allowed");
}
