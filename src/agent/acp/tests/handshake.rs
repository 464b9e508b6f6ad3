//! The start: points 2, 6, 7, 30, 31, 34.

use super::*;
use crate::agent::ClientCan;
use crate::domain::By;

fn opening() -> Opening {
    Opening { cwd: "/w".to_owned(), ..Opening::default() }
}

fn ways() -> Value {
    json!({"protocolVersion": 1, "authMethods": [{
        "id": "cli", "name": "Log in", "description": "Run the login",
        "_meta": {"terminal-auth": {"command": "agent", "args": ["login", "--now"]}},
    }]})
}

#[test]
fn p34_nothing_is_advertised_but_what_the_preset_says() {
    let mut rig = Rig::new();
    rig.opens(opening());
    let can = &rig.lines[0]["params"]["clientCapabilities"];
    let fs = json!({"readTextFile": false, "writeTextFile": false});
    assert_eq!(*can, json!({"fs": fs, "terminal": false, "elicitation": {"form": {}}}));
    assert_eq!(rig.lines[0]["params"]["protocolVersion"], 1);
    let mut rig = Rig::new();
    rig.opens(Opening { client: ClientCan { terminal_output: true }, ..opening() });
    assert_eq!(rig.lines[0]["params"]["clientCapabilities"]["_meta"], json!({"terminal_output": true}));
}

#[test]
fn p7_an_agent_without_a_name_opens() {
    let mut rig = Rig::new();
    rig.opens(opening()).answers(&json!({})).answers(&json!({"sessionId": "s"}));
    let doing: Vec<_> = rig.events().map(Event::kind).collect();
    assert_eq!(doing, ["starting", "connected", "starting", "source_attached", "opened"]);
    assert_eq!(rig.facts.last(), Some(&Fact::Ready));
}

#[test]
fn another_version_and_an_error_end_the_start() {
    let mut rig = Rig::new();
    rig.opens(opening()).answers(&json!({"protocolVersion": 2}));
    assert!(matches!(&rig.facts[..], [.., Fact::StartFailed(why)] if why.contains("version 2")), "{:?}", rig.facts);
    let mut rig = Rig::new();
    rig.opens(opening()).answers(&json!({})).refuses(&json!({"code": -32603, "message": "no key"}));
    let why = "the agent refused session/new: no key".to_owned();
    assert_eq!(rig.facts.last(), Some(&Fact::StartFailed(why)));
    let mut rig = Rig::new();
    rig.opens(opening()).answers(&json!({})).answers(&json!({}));
    assert!(matches!(rig.facts.last(), Some(Fact::StartFailed(_))));
}

#[test]
fn a_login_is_asked_for_and_the_session_opened_after_it() {
    let mut rig = Rig::new();
    rig.opens(opening()).answers(&ways()).refuses(&json!({"code": -32000, "message": "Authentication required"}));
    let Some(Event::LoginNeeded { said, ways }) = rig.events().last() else { panic!("{:?}", rig.facts) };
    assert_eq!(said.inline(), Some("Authentication required"));
    assert_eq!(ways[0].help.as_deref(), Some("Run the login (agent login --now)"));
    rig.tells(Tell::Login("cli".to_owned()));
    assert_eq!(rig.last_request()["method"], "authenticate");
    rig.refuses(&json!({"code": 1, "message": "wrong key"}));
    assert!(matches!(rig.events().last(), Some(Event::LoginNeeded { .. })));
    rig.tells(Tell::Login("cli".to_owned())).answers(&json!({}));
    assert_eq!(rig.last_request()["method"], "session/new");
    rig.answers(&json!({"sessionId": "s"}));
    assert_eq!(rig.facts.last(), Some(&Fact::Ready));
}

#[test]
fn mcp_servers_go_where_they_are_taken() {
    let servers = vec![
        json!({"name": "a", "command": "/bin/a", "args": [], "env": []}),
        json!({"name": "b", "type": "http", "url": "http://x", "headers": []}),
        json!({"name": "c", "type": "sse", "url": "http://x", "headers": []}),
    ];
    let mut rig = Rig::new();
    let can = json!({"agentCapabilities": {"mcpCapabilities": {"http": true, "sse": false}}});
    rig.opens(Opening { mcp: servers.clone(), ..opening() }).answers(&can);
    assert_eq!(rig.last_request()["params"]["mcpServers"], json!(servers[..2]));
    assert_eq!(rig.notes(), [(Notice::Warning, "MCP server c was left out: the agent takes none over sse")]);
}

#[test]
fn p30_a_session_is_loaded_and_its_history_told_before_or_after_the_answer() {
    let mut rig = Rig::new();
    let old = Opening { load: Some("old".to_owned()), ..opening() };
    rig.opens(old).answers(&json!({"agentCapabilities": {"loadSession": true}}));
    assert_eq!(rig.last_request()["method"], "session/load");
    assert_eq!(rig.last_request()["params"]["sessionId"], "old");
    let chunk = |kind: &str, text: &str| {
        let update = json!({"sessionUpdate": kind, "content": {"type": "text", "text": text}});
        json!({"method": "session/update", "params": {"sessionId": "old", "update": update}})
    };
    let call = json!({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "Shell", "kind": "execute", "status": "completed", "content": []});
    rig.hears(&chunk("user_message_chunk", "before")).answers(&json!({"modes": null}));
    rig.hears(&chunk("agent_message_chunk", "after"));
    rig.hears(&json!({"method": "session/update", "params": {"sessionId": "old", "update": call}}));
    assert_eq!(rig.events().filter(|event| matches!(event, Event::Said { .. })).count(), 2);
    assert_eq!(rig.call("c").command, None, "the title of a replayed call is the tool's, not a command");
    assert!(rig.lanes().iter().all(|lane| *lane == LaneId::ROOT));
    assert!(rig.facts.contains(&Fact::Ready));
}

#[test]
fn p7_a_load_that_is_not_offered_becomes_a_resume_and_never_a_new_session() {
    let old = || Opening { load: Some("old".to_owned()), ..opening() };
    let none = json!({"code": -32601, "message": "Method not found"});
    let mut rig = Rig::new();
    rig.opens(old()).answers(&json!({}));
    assert_eq!(rig.last_request()["method"], "session/resume", "works unadvertised in some");
    rig.refuses(&none);
    let Some(Fact::StartFailed(why)) = rig.facts.last() else { panic!("{:?}", rig.facts) };
    assert!(why.contains("can't load its session old") && why.contains("Method not found"), "{why}");
    let mut rig = Rig::new();
    let both = json!({"agentCapabilities": {"loadSession": true, "sessionCapabilities": {"resume": {}}}});
    rig.opens(old()).answers(&both).refuses(&none);
    assert_eq!(rig.last_request()["method"], "session/resume");
    rig.refuses(&json!({"code": -32603, "message": "no such session"}));
    assert!(matches!(rig.facts.last(), Some(Fact::StartFailed(_))));
}

fn mode_option(current: &str) -> Value {
    json!([{"id": "mode", "name": "Mode", "category": "mode", "type": "select", "currentValue": current,
        "options": [{"value": "build", "name": "build", "description": "Builds"}, {"value": "plan", "name": "plan"}]}])
}

#[test]
fn p31_a_mode_is_set_at_the_start_by_the_way_there_is() {
    let started = |opened: &Value| {
        let mut rig = Rig::new();
        rig.opens(Opening { mode: Some("plan".to_owned()), ..opening() }).answers(&json!({})).answers(opened);
        rig
    };
    let modes = json!({"currentModeId": "build", "availableModes": [{"id": "build", "name": "b"}, {"id": "plan", "name": "p"}]});
    let mut rig = started(&json!({"sessionId": "s", "modes": modes}));
    assert_eq!(rig.last_request()["method"], "session/set_mode");
    assert!(!rig.facts.contains(&Fact::Ready), "not before the mode is set");
    rig.answers(&json!({}));
    let by = By::Hub("set at the start".to_owned());
    assert!(rig.events().any(|event| *event == Event::ModeChanged { mode: "plan".to_owned(), by: by.clone() }));
    assert_eq!(rig.facts.last(), Some(&Fact::Ready));

    let mut rig = started(&json!({"sessionId": "s", "configOptions": mode_option("build")}));
    assert_eq!(rig.last_request()["params"], json!({"sessionId": "s", "configId": "mode", "value": "plan"}));
    assert!(rig.events().any(|event| matches!(event, Event::ModesOffered { modes, current }
        if modes.len() == 2 && modes[0].help.as_deref() == Some("Builds") && current.as_deref() == Some("build"))));
    rig.refuses(&json!({"code": -32602, "message": "no"}));
    assert_eq!(rig.notes().len(), 1);
    assert_eq!(rig.facts.last(), Some(&Fact::Ready));

    let rig = started(&json!({"sessionId": "s", "configOptions": mode_option("plan")}));
    assert_eq!(rig.last_request()["method"], "session/new", "it is in that mode");
    let rig = started(&json!({"sessionId": "s", "modes": {"currentModeId": "a", "availableModes": [{"id": "a"}]}}));
    assert_eq!(rig.notes(), [(Notice::Error, "mode plan was not set: the agent has a")]);
}

#[test]
fn p31_a_change_is_told_once_by_whatever_channel() {
    let opened = json!({"sessionId": "s", "configOptions": mode_option("build")});
    let mut rig = Rig::open_with(&json!({}), &opened);
    let changes = |rig: &Rig| rig.events().filter(|event| matches!(event, Event::ModeChanged { .. })).count();
    rig.update(&json!({"sessionUpdate": "config_option_update", "configOptions": mode_option("build")}));
    assert_eq!(rig.facts, [], "nothing new");
    rig.update(&json!({"sessionUpdate": "current_mode_update", "currentModeId": "plan"}));
    rig.update(&json!({"sessionUpdate": "config_option_update", "configOptions": mode_option("plan")}));
    assert_eq!(changes(&rig), 1);
    rig.tells(Tell::Mode("build".to_owned())).answers(&json!({"configOptions": mode_option("build")}));
    assert_eq!(changes(&rig), 2);
    assert!(rig.events().any(|event| matches!(event, Event::ModeChanged { by: By::Human, .. })));
    rig.forget();
    rig.tells(Tell::Mode("warp".to_owned()));
    assert_eq!((rig.lines.len(), rig.notes().len()), (0, 1));
}

#[test]
fn p31_options_are_flat_grouped_or_switches() {
    let options = json!([
        {"id": "auto", "name": "Auto", "type": "boolean", "currentValue": true},
        {"id": "model", "name": "Model", "category": "model", "type": "select", "currentValue": "m", "options": [
            {"group": "g", "name": "Good", "options": [{"value": "m", "name": "M"}]}]},
    ]);
    let mut rig = Rig::open();
    rig.update(&json!({"sessionUpdate": "config_option_update", "configOptions": options}));
    let Some(Event::OptionsOffered { options }) = rig.events().next() else { panic!("{:?}", rig.facts) };
    assert!(options[0].switch && options[0].current == "true" && options[0].values.is_empty());
    assert_eq!(options[1].values, [("m".to_owned(), "Good: M".to_owned())]);
}
