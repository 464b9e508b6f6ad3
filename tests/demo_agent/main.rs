//! The demo agent, driven by a scripted client over its real stdio.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod client;

use agent_client_protocol_schema::v1::{
    InitializeResponse, LoadSessionResponse, NewSessionResponse, PromptResponse, RequestPermissionRequest,
    SessionNotification,
};
use client::Client;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use taut::agent::process::{Frame, Launch, spawn, tree};
use taut::cli::demo_repo::{self, Made};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_ne!(demo_repo::make(folder.path()).unwrap(), Made::Folder);
    folder
}

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok()
}

#[test]
fn the_demo_reads_asks_edits_runs_and_sends_a_subagent() {
    let folder = project();
    let mut client = Client::open(folder.path());
    let before = fs::read_to_string(folder.path().join("src/basket.py")).unwrap();
    let id = client.prompt("A discount loses cents. Please mend it.");
    let answer = client.result(id, |_, params| {
        // Nothing has happened yet when it asks.
        if params["toolCall"]["kind"] == "edit" {
            let diff = &params["toolCall"]["content"][0];
            let now = fs::read_to_string(diff["path"].as_str().unwrap()).unwrap();
            assert_eq!((&diff["oldText"], diff["newText"] == json!(now)), (&json!(now), false));
        }
        Some("yes")
    });
    assert_eq!(answer["stopReason"], "end_turn");
    assert!(answer["usage"]["totalTokens"].as_u64().unwrap() > 100_000);
    let after = fs::read_to_string(folder.path().join("src/basket.py")).unwrap();
    assert!(before != after && after.contains("Rounded once"));
    assert!(fs::read_to_string(folder.path().join("CHANGELOG.md")).unwrap().contains("no cent is lost"));

    let kinds: Vec<_> = client.asked().iter().map(|asked| asked["params"]["toolCall"]["kind"].clone()).collect();
    assert_eq!(kinds, ["edit", "execute", "edit"]);
    assert_eq!(client.asked()[0]["id"], 0);
    let options = client.asked()[0]["params"]["options"].as_array().unwrap();
    let offered: Vec<_> = options.iter().map(|option| option["kind"].as_str().unwrap()).collect();
    assert_eq!(offered, ["allow_once", "allow_always", "reject_once"]);
    for kind in ["plan", "agent_thought_chunk", "available_commands_update", "session_info_update", "compaction_update"]
    {
        assert!(client.kind(kind).next().is_some(), "no {kind}");
    }
    assert!(client.said().contains("```python\n") && client.said().contains("## What changed"));

    // The command really ran, and the tests are green.
    let ran = client.updates().find(|update| update["rawOutput"]["exitCode"].is_number()).unwrap();
    assert_eq!(ran["rawOutput"]["exitCode"], 0);
    let outputs: Vec<_> = client.kind("tool_call_update").filter(|it| it["toolCallId"] == ran["toolCallId"]).collect();
    let output = outputs.last().unwrap()["content"][0]["content"]["text"].as_str().unwrap();
    assert_eq!(output.contains("test_no_cent_is_lost") && output.contains("OK"), has_python(), "{output}");

    // The lane: a task, and what is done in it.
    let task = client.kind("tool_call").find(|call| call["_meta"]["claudeCode"]["toolName"] == "Task").unwrap();
    let parent = |it: &&Value| it["_meta"]["claudeCode"]["parentToolUseId"] == task["toolCallId"];
    let tools: Vec<_> = client.kind("tool_call").filter(parent).map(|call| call["kind"].clone()).collect();
    assert_eq!(tools, ["read", "read", "edit"]);
    assert!(client.kind("agent_message_chunk").any(|chunk| parent(&chunk)));

    // The meter grows, falls once, and grows again; the cost only grows.
    let used: Vec<u64> = client.kind("usage_update").map(|it| it["used"].as_u64().unwrap()).collect();
    assert_eq!(used.windows(2).filter(|pair| pair[1] < pair[0]).count(), 1);
    assert!(used.iter().max() > Some(&150_000) && used.last() < Some(&30_000));
    let cost: Vec<f64> = client.kind("usage_update").map(|it| it["cost"]["amount"].as_f64().unwrap()).collect();
    assert!(cost.windows(2).all(|pair| pair[0] <= pair[1]) && cost[0] > 0.0);

    // Every call has ended.
    for call in client.kind("tool_call") {
        let mut news = client.kind("tool_call_update").filter(|update| update["toolCallId"] == call["toolCallId"]);
        assert!(news.any(|update| update["status"] == "completed"), "{call}");
    }

    assert_eq!(client.turn("and now?", "yes"), "end_turn");
    assert!(fs::read_to_string(folder.path().join("README.md")).unwrap().contains("rounded once"));
    assert_eq!(client.close(), "");
}

#[test]
fn every_line_of_the_demo_is_good_acp() {
    fn check<T: DeserializeOwned>(value: &Value) {
        if let Err(error) = serde_json::from_value::<T>(value.clone()) {
            panic!("{error}: {value}");
        }
    }
    let folder = project();
    let mut client = Client::open(folder.path());
    assert_eq!(client.turn("mend it", "yes"), "end_turn");
    assert_eq!(client.turn("and now?", "yes"), "end_turn");
    client.call("session/load", json!({"cwd": folder.path(), "mcpServers": []}));
    let results: Vec<&Value> = client.heard.iter().map(|it| &it["result"]).filter(|it| it.is_object()).collect();
    check::<InitializeResponse>(results[0]);
    check::<NewSessionResponse>(results[1]);
    check::<PromptResponse>(results[2]);
    check::<PromptResponse>(results[3]);
    check::<LoadSessionResponse>(results[4]);
    for message in &client.heard {
        match message["method"].as_str() {
            Some("session/update") => check::<SessionNotification>(&message["params"]),
            Some("session/request_permission") => check::<RequestPermissionRequest>(&message["params"]),
            Some(method) => panic!("{method}"),
            None => {}
        }
    }
}

#[test]
fn the_same_words_give_the_same_lines() {
    let run = || {
        let folder = project();
        let mut client = Client::open(folder.path());
        let id = client.prompt("mend it");
        let _ = client.result(id, |_, params| Some(if params["toolCall"]["kind"] == "edit" { "yes" } else { "no" }));
        let text = serde_json::to_string_pretty(&client.heard).unwrap();
        text.replace(&client.session, "S").replace(folder.path().to_str().unwrap(), "F")
    };
    assert_eq!(run(), run());
}

#[test]
fn a_rejection_is_taken_and_nothing_is_done() {
    let folder = project();
    let mut client = Client::open(folder.path());
    assert_eq!(client.turn("mend it", "no"), "end_turn");
    assert_eq!(client.asked().len(), 3);
    assert!(client.said().contains("I leave that as it is"));
    assert!(client.updates().all(|update| update["rawOutput"].is_null()));
    let status = Command::new("git").args(["status", "--porcelain"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&status.stdout), "");
}

#[test]
fn always_holds_for_the_session() {
    let folder = project();
    let mut client = Client::open(folder.path());
    assert_eq!(client.turn("mend it", "always"), "end_turn");
    assert_eq!(client.asked().len(), 2, "the second edit was covered");
    assert_eq!(client.turn("demo", "always"), "end_turn");
    assert_eq!(client.asked().len(), 2, "edits and the command were covered");
}

#[test]
fn another_project_is_not_touched_but_for_a_note() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "hello\n").unwrap();
    let mut client = Client::open(folder.path());
    assert_eq!(client.turn("mend it", "yes"), "end_turn");
    assert_eq!(client.asked()[0]["params"]["toolCall"]["content"][0]["oldText"], Value::Null);
    assert_eq!(fs::read_to_string(folder.path().join("a.txt")).unwrap(), "hello\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_turn_can_be_cancelled_anywhere() {
    let folder = project();
    let mut client = Client::open_with(folder.path(), "1");
    // At a question, which is answered cancelled as well.
    let id = client.prompt("mend it");
    let stop = client.result(id, |client, _| {
        client.write(&json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": client.session}}));
        None
    });
    assert_eq!(stop["stopReason"], "cancelled");
    let last = client.kind("tool_call_update").last().unwrap();
    assert_eq!(last["status"], "failed");
    // In silence.
    let start = Instant::now();
    let id = client.prompt("hang");
    thread::sleep(Duration::from_millis(50));
    client.write(&json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {}}));
    assert_eq!(client.result(id, |_, _| None)["stopReason"], "cancelled");
    // In a stream.
    let id = client.prompt("stream 100000");
    while client.hear()["params"]["update"]["sessionUpdate"] != "agent_message_chunk" {}
    client.write(&json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {}}));
    assert_eq!(client.result(id, |_, _| None)["stopReason"], "cancelled");
    assert!(start.elapsed() < Duration::from_secs(4));
    // And the next turn is none the worse.
    assert_eq!(client.turn("stream 3", "yes"), "end_turn");
}

#[test]
fn a_command_is_ended_with_its_turn() {
    let folder = project();
    fs::write(folder.path().join("tests/check.sh"), "echo begun; sleep 30\n").unwrap();
    let mut client = Client::open(folder.path());
    let id = client.prompt("mend it");
    while client.updates().all(|update| update["content"][0]["content"]["text"] != "begun\n") {
        let message = client.hear();
        if message["method"] == "session/request_permission" {
            client.answer(&message["id"], "yes");
        }
    }
    let start = Instant::now();
    client.write(&json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {}}));
    assert_eq!(client.result(id, |_, _| None)["stopReason"], "cancelled");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn plan_mode_writes_and_runs_nothing() {
    let folder = project();
    let mut client = Client::open(folder.path());
    client.call("session/set_mode", json!({"modeId": "plan"}));
    assert_eq!(client.turn("mend it", "yes"), "end_turn");
    assert_eq!(client.kind("current_mode_update").next().unwrap()["currentModeId"], "plan");
    assert!(client.asked().is_empty() && client.said().contains("plan mode"));
    let id = client.send("session/set_mode", json!({"modeId": "yolo"}));
    let refused = loop {
        let message = client.hear();
        if message["id"] == id {
            break message;
        }
    };
    assert_eq!(refused["error"]["code"], -32602);
}

#[test]
fn a_loaded_session_tells_its_past_before_the_answer() {
    let folder = project();
    let mut client = Client::open(folder.path());
    client.session = "demo-old".into();
    let from = client.heard.len();
    let loaded = client.call("session/load", json!({"cwd": folder.path(), "mcpServers": []}));
    assert_eq!(loaded["modes"]["currentModeId"], "default");
    let kinds: Vec<_> = client.heard[from..]
        .iter()
        .filter_map(|it| it["params"]["update"]["sessionUpdate"].as_str())
        .skip_while(|kind| *kind == "available_commands_update")
        .collect();
    assert_eq!(kinds, ["user_message_chunk", "tool_call", "agent_message_chunk", "usage_update"]);
    assert_eq!(client.turn("stream 2", "yes"), "end_turn");
}

#[test]
fn drills_do_what_they_say() {
    let folder = project();
    let mut client = Client::open(folder.path());
    let from = client.heard.len();
    assert_eq!(client.turn("stream 40", "yes"), "end_turn");
    let chunks = client.heard[from..].iter().filter(|it| it["params"]["update"]["messageId"] == "stream").count();
    assert_eq!(chunks, 40);
    assert_eq!(client.turn("work 25", "yes"), "end_turn");
    assert_eq!(client.kind("tool_call").filter(|call| call["kind"] == "read").count(), 25);
    assert!(client.asked().is_empty());
    assert_eq!(client.turn("flood 2000", "yes"), "end_turn");
    assert!(client.said().ends_with("flood 2000\n"));
    assert_eq!(client.turn("big 3", "yes"), "end_turn");
    let biggest = client.updates().filter_map(|it| it["content"]["text"].as_str()).map(str::len).max();
    assert_eq!(biggest, Some(3 << 20));
    assert!(client.close().contains("flood 2000"));
}

#[test]
fn several_questions_are_open_at_once() {
    let folder = project();
    let mut client = Client::open(folder.path());
    let id = client.prompt("ask 4");
    let mut open = Vec::new();
    while open.len() < 4 {
        let message = client.hear();
        if message["method"] == "session/request_permission" {
            open.push(message["id"].clone());
        }
    }
    // Answered backwards, one refused.
    for (n, request) in open.iter().enumerate().rev() {
        client.answer(request, if n == 2 { "no" } else { "yes" });
    }
    assert_eq!(client.result(id, |_, _| None)["stopReason"], "end_turn");
    assert!(client.said().contains("3 of 4"));
    assert_eq!(fs::read_to_string(folder.path().join("ask-1.txt")).unwrap(), "1\n");
    assert!(!folder.path().join("ask-3.txt").exists());
}

#[test]
fn a_crash_has_a_code_and_last_words() {
    let folder = project();
    let mut client = Client::open(folder.path());
    client.prompt("crash");
    assert_eq!(client.agent.wait().unwrap().code(), Some(3));
    let mut stderr = String::new();
    client.agent.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("out of cheese"));
}

#[test]
fn garbage_and_tricks_come_as_promised() {
    let folder = project();
    let mut client = Client::open(folder.path());
    assert_eq!(client.turn("garbage", "yes"), "end_turn");
    assert!(client.heard.iter().filter(|message| message.is_string()).count() >= 3);
    assert!(client.kind("weather_update").next().is_some());
    assert_eq!(client.turn("hostile", "yes"), "end_turn");
    let titles: String = client.kind("tool_call").filter_map(|call| call["title"].as_str()).collect();
    for trick in ['\u{1b}', '\u{202e}', '\u{200b}', '\u{7}'] {
        assert!(titles.contains(trick), "{trick:?}");
    }
    assert!(client.updates().any(|update| update["rawOutput"]["exitCode"] == 0), "the command ran");
    assert!(folder.path().join("hostile.txt").exists());
    let id = client.send("no/such", json!({}));
    assert!(loop {
        let message = client.hear();
        if message["id"] == id {
            break message["error"]["code"] == -32601;
        }
    });
    client.write(&json!("nonsense"));
    writeln!(client.stdin.as_mut().unwrap(), "not json").unwrap();
    assert_eq!(client.turn("stream 1", "yes"), "end_turn");
    assert!(client.close().contains("not JSON"));
}

#[test]
fn what_it_forks_is_ended_by_its_parent() {
    let mark = format!("demo-forks-{}", std::process::id());
    let launch = Launch {
        program: env!("CARGO_BIN_EXE_taut").into(),
        argv: [env!("CARGO_BIN_EXE_taut"), "demo-agent", "--pace", "0"].map(ToOwned::to_owned).to_vec(),
        cwd: std::env::temp_dir(),
        env: std::env::vars().collect(),
        mark: mark.clone(),
        grace: Duration::from_millis(500),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (handle, mut frames) = spawn(launch).unwrap();
        let new = json!({"jsonrpc": "2.0", "id": 1, "method": "session/new", "params": {"cwd": "/"}});
        handle.send(new.to_string()).unwrap();
        while let Some(frame) = frames.recv().await {
            let Frame::Line(line) = frame else { continue };
            let message: Value = serde_json::from_slice(&line).unwrap();
            if message["id"] == 1 {
                let prompt = [json!({"type": "text", "text": "forks"})];
                let params = json!({"sessionId": message["result"]["sessionId"], "prompt": prompt});
                let prompt = json!({"jsonrpc": "2.0", "id": 2, "method": "session/prompt", "params": params});
                handle.send(prompt.to_string()).unwrap();
            } else if message["id"] == 2 {
                break;
            }
        }
        let until = Instant::now() + Duration::from_secs(2);
        while !tree::alive(&mark).iter().any(|(_, name)| name == "sleep") {
            assert!(Instant::now() < until, "nothing was left behind");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        handle.close();
        while let Some(frame) = frames.recv().await {
            if let Frame::Exited(exit) = frame {
                assert_eq!((exit.code, exit.survivors), (Some(0), vec![]));
            }
        }
        assert_eq!(tree::alive(&mark), []);
    });
}
