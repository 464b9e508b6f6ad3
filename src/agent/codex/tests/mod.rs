//! The codec, by hand-written lines: what our runs of the real agent did not show. What they did is in `tests/codex_wire`.

use super::Codex;
use crate::agent::{Ask, Fact, Opening, Otherwise, Protocol, Tell, Turnout};
use crate::domain::{
    CallId, CallStatus, Decision, Event, Given, Impact, LaneId, OfferKind, PlanStatus, Stop, Text, Topic,
};
use serde_json::{Value, json};

/// A codec, and all that came of it.
struct Rig {
    codec: Codex,
    facts: Vec<Fact>,
    lines: Vec<Value>,
}

impl Rig {
    fn new() -> Self {
        Self { codec: Codex::new(), facts: vec![], lines: vec![] }
    }

    /// One whose thread is open, with a turn running.
    fn running() -> Self {
        let mut rig = Self::open(Opening { cwd: "/w".to_owned(), ..Opening::default() });
        rig.tells(Tell::Prompt("go".to_owned()));
        rig.answers(json!({"turn": {"id": "turn-1"}}));
        rig.forget();
        rig
    }

    fn open(opening: Opening) -> Self {
        let mut rig = Self::new();
        let turnout = rig.codec.open(opening);
        rig.keep(turnout);
        rig.answers(json!({"userAgent": "taut/0.169.0 (x)"}));
        rig.answers(json!({"requiresOpenaiAuth": false}));
        let sandbox = json!({"type": "readOnly", "networkAccess": false});
        rig.answers(json!({"thread": {"id": "t"}, "approvalPolicy": "on-request", "sandbox": sandbox}));
        rig
    }

    fn keep(&mut self, turnout: Turnout) {
        self.facts.extend(turnout.facts);
        self.lines.extend(turnout.lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }

    #[expect(clippy::needless_pass_by_value, reason = "written in place")]
    fn hears(&mut self, msg: Value) {
        let turnout = self.codec.hear(msg.to_string().as_bytes());
        self.keep(turnout);
    }

    /// The newest request is answered.
    #[expect(clippy::needless_pass_by_value, reason = "written in place")]
    fn answers(&mut self, result: Value) {
        let id = self.codec.last_id;
        self.hears(json!({"id": id, "result": result}));
    }

    fn refuses(&mut self, message: &str) {
        let id = self.codec.last_id;
        self.hears(json!({"id": id, "error": {"code": -32600, "message": message}}));
    }

    fn tells(&mut self, tell: Tell) {
        let turnout = self.codec.tell(tell);
        self.keep(turnout);
    }

    fn forget(&mut self) {
        self.facts.clear();
        self.lines.clear();
    }

    fn ask(&self) -> &Ask {
        self.facts.iter().rev().find_map(|fact| if let Fact::Ask(ask) = fact { Some(ask) } else { None }).unwrap()
    }

    fn events(&self) -> impl Iterator<Item = (LaneId, &Event)> {
        self.facts
            .iter()
            .filter_map(|fact| if let Fact::Event(lane, event) = fact { Some((*lane, event)) } else { None })
    }

    fn notes<'a>(&'a self) -> Vec<&'a str> {
        let note =
            |(_, event): (LaneId, &'a Event)| if let Event::Noted { text, .. } = event { text.inline() } else { None };
        self.events().filter_map(note).collect()
    }

    fn stops(&self) -> Vec<&Stop> {
        self.facts
            .iter()
            .filter_map(|fact| if let Fact::TurnOver(stop, _) = fact { Some(stop) } else { None })
            .collect()
    }
}

fn about(more: Value) -> Value {
    let mut params = json!({"threadId": "t", "turnId": "turn-1", "itemId": "i"});
    if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
        params.extend(more);
    }
    params
}

fn allow(offer: &str) -> Decision {
    Decision::Allow { offer: offer.to_owned() }
}

fn deny(reason: Option<&str>) -> Decision {
    Decision::Deny { offer: Some("decline".to_owned()), reason: reason.map(str::to_owned), interrupt: false }
}

#[test]
fn a_plan_is_a_plan() {
    let mut rig = Rig::running();
    let plan =
        json!([{"step": "Look", "status": "completed"}, {"step": "Write", "status": "inProgress"}, {"step": "Test"}]);
    rig.hears(json!({"method": "turn/plan/updated", "params": {"threadId": "t", "turnId": "turn-1", "plan": plan}}));
    let items =
        rig.events().find_map(|(_, event)| if let Event::Planned { items } = event { Some(items) } else { None });
    let statuses: Vec<_> = items.unwrap().iter().map(|item| item.status).collect();
    assert_eq!(statuses, [PlanStatus::Done, PlanStatus::Doing, PlanStatus::Pending]);
}

#[test]
fn permissions_are_granted_as_asked_or_not_at_all() {
    let mut rig = Rig::running();
    let asked = json!({"network": {"enabled": true}, "fileSystem": null});
    let params = about(json!({"permissions": asked, "reason": "to fetch", "cwd": "/w"}));
    rig.hears(json!({"id": 0, "method": "item/permissions/requestApproval", "params": params}));
    assert_eq!(rig.ask().offers.len(), 3);
    assert_eq!(rig.ask().call, CallId("i/permissions 0".to_owned()), "it is no question about the item");
    rig.tells(Tell::Answer("0".to_owned(), allow("turn")));
    assert_eq!(
        rig.lines[0],
        json!({"id": 0, "result": {"permissions": {"network": {"enabled": true}}, "scope": "turn"}})
    );
    let resolved = json!({"threadId": "t", "requestId": 0});
    rig.hears(json!({"method": "serverRequest/resolved", "params": resolved}));
    let ended = rig
        .events()
        .filter(|(_, event)| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Done)));
    assert_eq!(ended.count(), 1, "the question's own call is over with its answer");
}

#[test]
fn a_form_of_a_server_is_filled_in_or_declined() {
    let mut rig = Rig::running();
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    let params = json!({"threadId": "t", "turnId": null, "serverName": "db", "mode": "form", "message": "How many?",
        "requestedSchema": schema, "_meta": null});
    rig.hears(json!({"id": "x", "method": "mcpServer/elicitation/request", "params": params}));
    assert!(matches!(&rig.ask().how.topic, Topic::Questions(asked) if asked[0].id == "n"));
    let kinds: Vec<_> = rig.ask().offers.iter().map(|offer| offer.kind).collect();
    assert_eq!(kinds, [OfferKind::RejectOnce], "it can't be accepted empty");
    let given = vec![Given { question: "n".to_owned(), answers: vec!["3".to_owned()] }];
    rig.tells(Tell::Answer("\"x\"".to_owned(), Decision::Reply { given }));
    assert_eq!(rig.lines[0], json!({"id": "x", "result": {"action": "accept", "content": {"n": 3}, "_meta": null}}));
}

#[test]
fn a_host_and_a_part_of_a_command_have_calls_of_their_own() {
    let mut rig = Rig::running();
    let item = json!({"type": "commandExecution", "id": "i", "command": "/bin/bash -lc make", "cwd": "/w", "status": "inProgress"});
    rig.hears(json!({"method": "item/started", "params": about(json!({"item": item}))}));
    let network = json!({"kind": "command", "networkApprovalContext": {"host": "a.b", "protocol": "https"},
        "proposedNetworkPolicyAmendments": [{"host": "a.b", "action": "allow"}]});
    rig.hears(json!({"id": 0, "method": "item/commandExecution/requestApproval", "params": about(network)}));
    assert_eq!(rig.ask().call.0, "i/network 0");
    let part = json!({"kind": "command", "approvalId": "p", "command": "rm -rf x"});
    rig.hears(json!({"id": 1, "method": "item/commandExecution/requestApproval", "params": about(part)}));
    assert_eq!(rig.ask().call.0, "i/p");
    let told: Vec<_> = rig
        .events()
        .filter_map(|(_, event)| match event {
            Event::Called { call, patch } => Some((call.0.as_str(), patch.impact, patch.parent.is_some())),
            _ => None,
        })
        .collect();
    assert_eq!(told[1], ("i/network 0", Some(Impact::Fetch), false));
    assert_eq!(told[2], ("i/p", Some(Impact::Execute), false));
}

#[test]
fn two_threads_may_use_one_name() {
    let mut rig = Rig::running();
    for thread in ["t", "child"] {
        let item = json!({"type": "commandExecution", "id": "i", "command": "ls", "cwd": "/w", "status": "inProgress"});
        let params = json!({"threadId": thread, "turnId": thread, "item": item});
        rig.hears(json!({"method": "item/started", "params": params}));
    }
    let calls: Vec<_> = rig
        .events()
        .filter_map(
            |(lane, event)| if let Event::Called { call, .. } = event { Some((lane.0, call.0.as_str())) } else { None },
        )
        .collect();
    assert_eq!(calls, [(0, "i"), (1, "child/i")]);
    rig.forget();
    for status in ["completed", "inProgress"] {
        let item = json!({"type": "commandExecution", "id": "i", "command": "rm x", "cwd": "/w", "status": status});
        let method = if status == "completed" { "item/completed" } else { "item/started" };
        rig.hears(json!({"method": method, "params": {"threadId": "t", "turnId": "t", "item": item}}));
    }
    let last =
        rig.events().filter_map(|(_, event)| if let Event::Called { call, .. } = event { Some(call) } else { None });
    assert_eq!(last.last().unwrap().0, "t/i", "a name that is used again is another call");
}

#[test]
fn errors_that_are_tried_again_are_warnings() {
    let mut rig = Rig::running();
    let error = |retry: bool| {
        let error = json!({"message": "stream ended", "codexErrorInfo": {"responseStreamDisconnected": {"httpStatusCode": 502}}});
        json!({"method": "error", "params": {"threadId": "t", "turnId": "turn-1", "error": error, "willRetry": retry}})
    };
    rig.hears(error(true));
    rig.hears(error(false));
    assert_eq!(
        rig.notes(),
        ["stream ended (responseStreamDisconnected); codex tries again"],
        "the turn's end says the other"
    );
}

#[test]
fn nothing_unknown_is_dropped() {
    let mut rig = Rig::running();
    rig.hears(json!({"method": "item/started", "params": about(json!({"item": {"type": "dance", "id": "d"}}))}));
    rig.hears(json!({"method": "thread/sung", "params": {"threadId": "t"}}));
    rig.hears(json!({"method": "whistled", "params": {}}));
    rig.hears(json!({"method": "item/agentMessage/delta", "params": {"threadId": "t", "delta": "to nobody"}}));
    rig.hears(json!({"id": 9, "method": "item/tool/call", "params": about(json!({"tool": "x"}))}));
    let odd: Vec<_> = rig
        .events()
        .filter_map(|(_, event)| if let Event::Unrecognised { what, .. } = event { Some(what.as_str()) } else { None })
        .collect();
    let nobody = "item/agentMessage/delta without what it is about";
    assert_eq!(odd, ["item dance", "thread/sung", "whistled", nobody]);
    assert_eq!((&rig.lines[0]["id"], &rig.lines[0]["error"]["code"]), (&json!(9), &json!(-32601)));
}

#[test]
fn what_asks_after_the_interrupt_is_refused() {
    let mut rig = Rig::running();
    rig.tells(Tell::Interrupt);
    rig.forget();
    let params = about(json!({"kind": "command", "command": "ls"}));
    rig.hears(json!({"id": 4, "method": "item/commandExecution/requestApproval", "params": params}));
    assert_eq!(rig.lines, [json!({"id": 4, "result": {"decision": "decline"}})]);
    assert!(!rig.facts.iter().any(|fact| matches!(fact, Fact::Ask(_))));
}

#[test]
fn an_interrupt_before_the_turn_has_an_id_goes_as_soon_as_it_has_one() {
    let mut rig = Rig::open(Opening::default());
    rig.tells(Tell::Prompt("go".to_owned()));
    rig.tells(Tell::Interrupt);
    rig.forget();
    rig.answers(json!({"turn": {"id": "turn-1"}}));
    assert_eq!(rig.lines[0]["method"], "turn/interrupt");
    // A second word does not wait for what the first one waits for.
    rig.hears(json!({"method": "turn/completed", "params": {"threadId": "t", "turn": {"id": "turn-1", "status": "interrupted"}}}));
    assert!(rig.stops().is_empty());
    rig.tells(Tell::Interrupt);
    assert_eq!(rig.stops(), [&Stop::Cancelled]);
}

#[test]
fn a_command_that_can_not_be_ended_is_said() {
    let mut rig = Rig::running();
    rig.tells(Tell::Interrupt);
    rig.answers(json!({}));
    rig.answers(json!({"data": [{"itemId": "i", "processId": "7", "command": "make", "cwd": "/w"}]}));
    rig.hears(json!({"method": "turn/completed", "params": {"threadId": "t", "turn": {"id": "turn-1", "status": "interrupted"}}}));
    assert!(rig.stops().is_empty(), "something runs");
    rig.refuses("no such method");
    assert_eq!(rig.stops(), [&Stop::Cancelled]);
    assert!(rig.notes().iter().any(|note| note.contains("`make` was not ended (no such method)")));
}

#[test]
fn a_reason_that_finds_no_turn_is_not_lost_in_silence() {
    let mut rig = Rig::running();
    let params = json!({"threadId": "child", "turnId": "x", "itemId": "i", "kind": "command", "command": "ls"});
    rig.hears(json!({"id": 0, "method": "item/commandExecution/requestApproval", "params": params}));
    rig.tells(Tell::Answer("0".to_owned(), deny(Some("not there"))));
    assert_eq!(rig.lines, [json!({"id": 0, "result": {"decision": "decline"}})]);
    let said = "why you declined did not reach the agent (no turn runs there): That request was declined: not there";
    assert_eq!(rig.notes(), [said]);
}

#[test]
fn an_offer_that_was_not_made_is_a_refusal() {
    for decision in [allow("acceptForEver"), Decision::Edit { offer: None, args: "{}".into(), reason: None }] {
        let mut rig = Rig::running();
        let params = about(json!({"kind": "command", "command": "ls"}));
        rig.hears(json!({"id": 0, "method": "item/commandExecution/requestApproval", "params": params}));
        rig.tells(Tell::Answer("0".to_owned(), decision));
        assert_eq!(rig.lines, [json!({"id": 0, "result": {"decision": "decline"}})]);
    }
}

#[test]
fn what_another_client_answered_is_gone() {
    let mut rig = Rig::running();
    let params = about(json!({"kind": "command", "command": "ls"}));
    rig.hears(json!({"id": 0, "method": "item/commandExecution/requestApproval", "params": params}));
    rig.hears(json!({"method": "serverRequest/resolved", "params": {"threadId": "t", "requestId": 0}}));
    assert_eq!(rig.facts.last(), Some(&Fact::AskGone("0".to_owned())));
}

#[test]
fn nobody_logged_in_waits_for_a_login() {
    let mut rig = Rig::new();
    let turnout = rig.codec.open(Opening::default());
    rig.keep(turnout);
    rig.answers(json!({"userAgent": "taut/0.170.0 (x)"}));
    assert!(rig.notes()[0].contains("this is codex 0.170.0"));
    rig.answers(json!({"requiresOpenaiAuth": true, "account": null}));
    assert!(rig.events().any(|(_, event)| matches!(event, Event::LoginNeeded { .. })));
    rig.tells(Tell::Login("look".to_owned()));
    rig.answers(json!({"requiresOpenaiAuth": true, "account": {"type": "apiKey"}}));
    assert_eq!(rig.lines.last().unwrap()["method"], "thread/start");
}

#[test]
fn servers_are_handed_over_in_its_own_form() {
    let mcp = vec![
        json!({"name": "db", "command": "db-mcp", "args": ["-x"], "env": [{"name": "K", "value": "v"}]}),
        json!({"name": "web", "type": "http", "url": "http://x", "headers": []}),
        json!({"name": "old", "type": "sse", "url": "http://x"}),
    ];
    let rig = Rig::open(Opening { mcp, ..Opening::default() });
    let start = rig.lines.iter().find(|line| line["method"] == "thread/start").unwrap();
    let servers = &start["params"]["config"]["mcp_servers"];
    assert_eq!(servers["db"], json!({"command": "db-mcp", "args": ["-x"], "env": {"K": "v"}}));
    assert_eq!((servers["web"]["url"].as_str(), servers.get("old")), (Some("http://x"), None));
    assert!(rig.notes().contains(&"MCP server old was left out: codex takes none over sse"));
}

#[test]
fn a_thread_that_is_gone_is_a_new_one_only_where_a_human_reopens_it() {
    let opening = Opening { load: Some("gone".to_owned()), otherwise: Otherwise::New, ..Opening::default() };
    let mut rig = Rig::new();
    let turnout = rig.codec.open(opening);
    rig.keep(turnout);
    rig.answers(json!({"userAgent": "taut/0.169.0 (x)"}));
    rig.answers(json!({}));
    rig.refuses("no rollout found for thread id gone");
    assert_eq!(rig.lines.last().unwrap()["method"], "thread/start");
    assert!(rig.notes()[0].contains("knows nothing of it"));
}

#[test]
fn a_message_is_told_once_however_it_comes() {
    let mut rig = Rig::running();
    let whole = |text: &str| about(json!({"item": {"type": "agentMessage", "id": "m", "text": text}}));
    rig.hears(json!({"method": "item/agentMessage/delta", "params": about(json!({"itemId": "m", "delta": "one "}))}));
    rig.hears(json!({"method": "item/completed", "params": whole("one two")}));
    rig.hears(json!({"method": "item/agentMessage/delta", "params": about(json!({"itemId": "m", "delta": "x"}))}));
    rig.hears(json!({"method": "item/completed", "params": whole("other")}));
    let said: Vec<_> = rig
        .events()
        .filter_map(|(_, event)| if let Event::Said { text, .. } = event { Text::inline(text) } else { None })
        .collect();
    assert_eq!(said, ["one ", "two", "x", "other"], "where its end is another text, both are kept");
}

/// A subagent's turn ends, and a command of it runs on: it stays a call that runs, and an interrupt finds it.
#[test]
fn what_a_subagent_leaves_running_is_known_and_ended() {
    let mut rig = Rig::running();
    let of_kid = |more: Value| {
        let mut params = json!({"threadId": "kid", "turnId": "k-1"});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let turn = |status: &str| of_kid(json!({"turn": {"id": "k-1", "status": status}}));
    let item = json!({"type": "commandExecution", "id": "i", "command": "serve", "cwd": "/w", "status": "inProgress"});
    rig.hears(json!({"method": "turn/started", "params": turn("inProgress")}));
    rig.hears(json!({"method": "item/started", "params": of_kid(json!({"item": item}))}));
    rig.hears(json!({"method": "turn/completed", "params": turn("completed")}));
    let listed = json!({"data": [{"itemId": "i", "processId": "7", "command": "serve", "cwd": "/w"}]});
    rig.answers(listed.clone());
    rig.hears(json!({"method": "turn/completed", "params": {"threadId": "t", "turn": {"id": "turn-1", "status": "completed"}}}));
    let abandoned = |(_, event): (LaneId, &Event)| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Abandoned));
    assert!(!rig.events().any(abandoned), "it runs");
    rig.forget();
    rig.tells(Tell::Interrupt);
    rig.answers(listed);
    let ended = rig.lines.last().unwrap();
    assert_eq!(
        (ended["method"].as_str(), ended["params"]["threadId"].as_str()),
        (Some("thread/backgroundTerminals/terminate"), Some("kid"))
    );
}

#[test]
fn a_command_of_which_no_item_is_told_ends_with_what_its_model_was_given() {
    use crate::agent::hook::{Answer, Kind, Question};
    let mut rig = Rig::running();
    let ask = |rig: &mut Rig, id: &str| {
        let said = json!({"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": id, "session_id": "t",
            "tool_input": {"command": "touch /zzz"}, "cwd": "/w"});
        let question = Question::read(Kind::Codex, said.to_string().as_bytes()).unwrap().unwrap();
        let heard = rig.codec.hooked(&question);
        rig.keep(heard.turnout);
        let turnout = rig.codec.unhooked(&question.native(), Some(&Answer::Allow));
        rig.keep(turnout);
    };
    let back = |rig: &mut Rig, id: &str, output: &str| {
        rig.forget();
        rig.hears(json!({"method": "rawResponseItem/completed", "params": {"threadId": "t", "turnId": "turn-1",
            "item": {"type": "function_call_output", "call_id": id, "output": output}}}));
        let ends = |fact: &Fact| match fact {
            Fact::Event(LaneId::ROOT, Event::Called { call, patch }) => {
                Some((call.0.clone(), patch.status?, patch.exit))
            }
            _ => None,
        };
        rig.facts.iter().find_map(ends)
    };
    ask(&mut rig, "c1");
    assert_eq!(back(&mut rig, "c1", "Process running with session ID 7\n"), None, "it goes on");
    let failed = "Chunk ID: 1\nProcess exited with code 1\nOutput:\nno";
    assert_eq!(back(&mut rig, "c1", failed), Some(("c1".to_owned(), CallStatus::Failed, Some(1))));
    assert_eq!(back(&mut rig, "c1", failed), None, "once");
    assert_eq!(back(&mut rig, "unknown", failed), None);
    ask(&mut rig, "c2");
    let done = "Process exited with code 0\nOutput:\n";
    assert_eq!(back(&mut rig, "c2", done), Some(("c2".to_owned(), CallStatus::Done, Some(0))));
    // One that was told to begin, asked about, and never told to end.
    let item =
        json!({"type": "commandExecution", "id": "c3", "command": "rm -f a.rs", "cwd": "/w", "status": "inProgress"});
    rig.hears(json!({"method": "item/started", "params": {"threadId": "t", "turnId": "turn-1", "item": item}}));
    assert_eq!(back(&mut rig, "c3", done), Some(("c3".to_owned(), CallStatus::Done, Some(0))));
    // One whose end was told has ended.
    let item = |status: &str| json!({"type": "commandExecution", "id": "c4", "command": "make", "cwd": "/w", "status": status, "exitCode": 2});
    for (what, status) in [("item/started", "inProgress"), ("item/completed", "failed")] {
        rig.hears(json!({"method": what, "params": {"threadId": "t", "turnId": "turn-1", "item": item(status)}}));
    }
    assert_eq!(back(&mut rig, "c4", "Process exited with code 2\n"), None);
}
