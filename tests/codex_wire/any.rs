//! The codec is total: recorded lines cut short, changed, doubled, shuffled, and any bytes at all.

use crate::play::{all, log};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::OnceLock;
use taut::agent::codex::Codex;
use taut::agent::{Fact, Opening, Protocol, Tell};
use taut::domain::{Decision, Given};

fn lines() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| {
        let heard = |name: String| log(&name).into_iter().filter(|line| line.heard).map(|line| line.msg.to_string());
        all().into_iter().flat_map(heard).collect()
    })
}

/// The lines that ask something.
fn asks() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| lines().iter().filter(|line| asked_by(line.as_bytes()).is_some()).cloned().collect())
}

/// What is done to a line, or told to the codec.
#[derive(Debug, Clone)]
enum Act {
    Hear(usize),
    /// A question, under an id that another may have had.
    Ask(usize, u8),
    Cut(usize, usize),
    Change(usize, usize, u8),
    Swap(usize, usize),
    Bytes(Vec<u8>),
    Tell(Tell),
}

fn tells() -> impl Strategy<Value = Tell> {
    let decision = prop_oneof![
        Just(Decision::Allow { offer: "accept".to_owned() }),
        Just(Decision::Allow { offer: "amend-0".to_owned() }),
        Just(Decision::Deny { offer: Some("decline".to_owned()), reason: Some("no".to_owned()), interrupt: false }),
        Just(Decision::Deny { offer: None, reason: None, interrupt: true }),
        Just(Decision::Edit { offer: None, args: "{}".into(), reason: None }),
        Just(Decision::Reply {
            given: vec![Given { question: "color".to_owned(), answers: vec!["accept".to_owned()] }]
        }),
        Just(Decision::Allow { offer: "turn".to_owned() }),
        Just(Decision::Allow { offer: "persist-session".to_owned() }),
    ];
    prop_oneof![
        Just(Tell::Prompt("hi".to_owned())),
        Just(Tell::Steer("more".to_owned())),
        Just(Tell::Interrupt),
        Just(Tell::Mode("auto".to_owned())),
        Just(Tell::Mode("none".to_owned())),
        Just(Tell::Login("look".to_owned())),
        (0..4u8, decision).prop_map(|(id, decision)| Tell::Answer(id.to_string(), decision)),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => any::<usize>().prop_map(Act::Hear),
        4 => (any::<usize>(), 0..4u8).prop_map(|(line, id)| Act::Ask(line, id)),
        2 => any::<(usize, usize)>().prop_map(|(line, at)| Act::Cut(line, at)),
        2 => any::<(usize, usize, u8)>().prop_map(|(line, at, byte)| Act::Change(line, at, byte)),
        2 => any::<(usize, usize)>().prop_map(|(line, other)| Act::Swap(line, other)),
        1 => any::<Vec<u8>>().prop_map(Act::Bytes),
        4 => tells().prop_map(Act::Tell),
    ];
    prop::collection::vec(act, 1..60)
}

/// The bytes of a line, or what is told.
#[expect(clippy::result_large_err, reason = "both are what is wanted: neither is an error")]
fn made(act: Act) -> Result<Vec<u8>, Tell> {
    let line = |n: usize| lines()[n % lines().len()].clone().into_bytes();
    Ok(match act {
        Act::Hear(n) => line(n),
        Act::Ask(n, id) => {
            let mut ask: Value = serde_json::from_str(&asks()[n % asks().len()]).unwrap();
            ask["id"] = json!(id);
            ask.to_string().into_bytes()
        }
        Act::Cut(n, at) => {
            let line = line(n);
            line[..at % (line.len() + 1)].to_vec()
        }
        Act::Change(n, at, byte) => {
            let mut line = line(n);
            let at = at % line.len();
            line[at] = byte;
            line
        }
        // A value of one line under the method of another.
        Act::Swap(n, other) => {
            let read = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap();
            let (mut one, other) = (read(&line(n)), read(&line(other)));
            one["params"] = other["params"].clone();
            one.to_string().into_bytes()
        }
        Act::Bytes(bytes) => bytes,
        Act::Tell(tell) => return Err(tell),
    })
}

/// What codex asked under an id of its own, by the id as text: how a line is heard by itself.
fn asked_by(line: &[u8]) -> Option<(String, Value)> {
    let heard: Value = serde_json::from_str(&String::from_utf8_lossy(line)).ok()?;
    // What it asks about a server's tool is about a call, and takes no words.
    let about_call = heard["params"]["_meta"]["codex_approval_kind"] == "mcp_tool_call";
    let method = if about_call { json!("a call of a tool") } else { heard.get("method")?.clone() };
    Some((heard.get("id")?.to_string(), method))
}

/// Whether an answer of ours lets anything run, or gives anything.
fn lets(result: &Value) -> bool {
    let refused = [json!("decline"), json!("cancel")];
    let forbids = |decision: &Value| {
        let amendment = &decision["applyNetworkPolicyAmendment"]["network_policy_amendment"];
        refused.contains(decision) || amendment["action"] == "deny"
    };
    let is_full = |value: &Value| value.as_object().is_some_and(|fields| !fields.is_empty());
    result.get("decision").is_some_and(|decision| !forbids(decision))
        || result.get("action").is_some_and(|action| !refused.contains(action))
        || is_full(&result["permissions"])
        || is_full(&result["answers"])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_heard_or_told_makes_it_fail(acts in acts()) {
        let mut codec = Codex::new();
        let mut lines = codec.open(Opening { cwd: "/home/demo/repo".to_owned(), ..Opening::default() }).lines;
        // Its start, so that what follows is heard in the middle of a conversation.
        for answer in [r#"{"id":1,"result":{"userAgent":"taut/0.169.0 (x)"}}"#, r#"{"id":2,"result":{}}"#] {
            lines.extend(codec.hear(answer.as_bytes()).lines);
        }
        let mut turns = 0;
        let mut asked: HashMap<String, Value> = HashMap::new();
        for act in acts {
            let mut told = None;
            let turnout = match made(act) {
                Ok(line) => {
                    asked.extend(asked_by(&line));
                    codec.hear(&line)
                }
                Err(tell) => {
                    told = Some(tell.clone());
                    codec.tell(tell)
                }
            };
            for line in &turnout.lines {
                let sent: Value = serde_json::from_str(line).unwrap();
                if !sent.get("result").is_some_and(lets) {
                    continue;
                }
                // Only the answer to this very question lets anything run, and answers in words fit only questions.
                let Some(Tell::Answer(native, decision)) = &told else { panic!("by itself: {line}") };
                prop_assert_eq!(native, &sent["id"].to_string());
                prop_assert!(decision.allows(), "{line}");
                let words = ["item/tool/requestUserInput", "mcpServer/elicitation/request"];
                let Some(method) = asked.remove(native) else { panic!("to nothing that was asked: {line}") };
                let takes_words = words.iter().any(|word| method == *word);
                prop_assert!(takes_words || !matches!(decision, Decision::Reply { .. }), "{line}");
            }
            turns += turnout.facts.iter().filter(|fact| matches!(fact, Fact::TurnOver(..))).count();
            lines.extend(turnout.lines);
        }
        drop(codec.gone());
        for line in lines {
            prop_assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
            prop_assert!(!line.contains('\n'));
        }
        prop_assert!(turns <= 60);
    }
}
