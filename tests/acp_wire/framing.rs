//! Points 1 to 7 and 34: lines, ids, extensions, sizes, the start.

use crate::play::{Came, log, open, play};
use serde_json::{Value, json};
use taut::agent::{ClientCan, Fact, Opening, Protocol};
use taut::domain::{CallStatus, Event, Speaker, Stop};

#[test]
fn p01_lines_that_are_no_json_are_shown_and_nothing_dies() {
    let mut played = play("kimi-cli/start");
    let notice = log("kimi-cli/start").into_iter().find(|l| l.heard && l.msg.is_none()).unwrap();
    assert!(played.events().any(|e| format!("{e:?}").contains(&format!("{:?}", notice.text))), "{:?}", played.came);
    played.gone();
    assert!(!played.facts().any(|f| matches!(f, Fact::Ready)));

    // The same line in the middle of a turn takes nothing away from it.
    let plain = play("goose/edit");
    let lines = log("goose/edit");
    let mut noisy = open(&lines);
    let half = lines.len() / 2;
    noisy.go(&lines[..half]);
    let before = noisy.came.len();
    noisy.says(&notice.text);
    noisy.says("\u{1b}[33mwarn\u{1b}[0m: \u{fffd}");
    assert!(noisy.came[before..].iter().all(|c| matches!(c, Came::Fact(Fact::Event(..)))));
    noisy.go(&lines[half..]);
    assert_eq!(noisy.stops(), plain.stops());
    assert_eq!(noisy.said(Speaker::Agent), plain.said(Speaker::Agent));
}

#[test]
fn p02_ids_keep_their_type_and_keys_their_own_order() {
    let claude = play("claude-agent-acp/edit");
    let natives: Vec<_> = claude.asks().iter().map(|a| a.native.clone()).collect();
    assert_eq!(natives, ["0", "1"], "0 is an id");
    assert_eq!(claude.answers(&json!(0)).len(), 1);

    let goose = play("goose/edit");
    for ask in goose.asks() {
        let id: Value = serde_json::from_str(&ask.native).unwrap();
        assert!(id.is_string(), "{id}");
        assert_eq!(goose.answers(&id).len(), 1);
    }
    assert!(
        log("goose/edit").iter().any(|l| l.heard && l.method().is_none() && l.text.ends_with("\"id\":103}")),
        "ids come last"
    );
    assert_eq!(goose.stops(), [&Stop::EndTurn, &Stop::EndTurn]);
}

#[test]
fn p03_extensions_are_answered_or_passed_over() {
    let qwen = play("qwen-code/edit");
    let extension =
        log("qwen-code/edit").into_iter().find(|l| l.heard && l.method() == Some("craft/drainMidTurnQueue")).unwrap();
    let answers = qwen.answers(&extension.msg.unwrap()["id"]);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0]["error"]["code"], -32601);
    assert_eq!(qwen.stops(), [&Stop::EndTurn, &Stop::EndTurn]);

    // `_auth/status_update`, a field `name` on calls, `_meta` everywhere.
    let claude = play("claude-agent-acp/edit");
    assert!(log("claude-agent-acp/edit").iter().any(|l| l.method() == Some("_auth/status_update")));
    assert_eq!(claude.lines().filter(|m| m.get("error").is_some()).count(), 0);

    // A kind of update that nobody knows is kept.
    let mut odd = open(&log("goose/edit"));
    odd.go(&log("goose/edit")[..6]);
    let session = odd.session();
    odd.says(
        &json!({"jsonrpc": "2.0", "method": "session/update",
        "params": {"sessionId": session, "update": {"sessionUpdate": "weather_update", "sky": "grey"}}})
        .to_string(),
    );
    assert!(odd.unrecognised().iter().any(|(_, raw)| raw.contains("grey")), "{:?}", odd.unrecognised());
}

#[test]
fn p04_whole_outputs_and_long_answers_cost_what_is_new() {
    let lines = log("opencode/long");
    let longest = lines.iter().map(|l| l.text.len()).max().unwrap();
    assert!(longest > 100_000, "{longest}");
    let opencode = play("opencode/long");
    let calls = opencode.calls();
    let output = opencode.output(&calls[0]);
    let last = lines
        .iter()
        .rev()
        .filter_map(|l| l.update()?.pointer("/content/0/content/text")?.as_str())
        .find(|t| t.contains("row 3000"))
        .unwrap();
    assert!(last.len() < 2 * output.len() && output.contains("row 3000") && output.matches("row 2999:").count() == 1);

    // codex sends what is new only.
    let codex = play("codex-acp/long");
    let output = codex.output(&codex.calls()[0]);
    assert!(output.matches("row 5:").count() == 1 && output.matches("row 3000:").count() == 1);

    // Message pieces stay in order and lose nothing.
    let lines = log("goose/long");
    let pieces: String = lines
        .iter()
        .filter_map(|l| l.update())
        .filter(|u| u["sessionUpdate"] == "agent_message_chunk")
        .filter_map(|u| u["content"]["text"].as_str())
        .collect();
    assert_eq!(play("goose/long").said(Speaker::Agent), pieces);
}

#[test]
fn p05_an_agent_that_goes_leaves_nothing_open() {
    // The processes themselves: tests/process.rs. Here: end of output in the middle of a turn with a question open.
    let lines = log("codex-acp/two_open_cancel");
    let cancel = lines.iter().position(|l| l.method() == Some("session/cancel")).unwrap();
    let mut codex = open(&lines);
    codex.go(&lines[..cancel]);
    assert_eq!(codex.asks().len(), 2);
    codex.gone();
    assert_eq!(codex.stops(), [&Stop::Lost]);
    for id in codex.calls() {
        assert!(codex.call(&id).status.unwrap_or_default().is_final(), "{id:?} is open");
    }
}

#[test]
fn p06_a_start_says_what_it_waits_for() {
    // How long it may take is the hub's to say. Here: each step is told before it, so that "starting" is never silent.
    let lines = log("goose/edit");
    let mut goose = open(&lines);
    let doing = |p: &crate::play::Played| p.events().filter(|e| matches!(e, Event::Starting { .. })).count();
    assert_eq!(doing(&goose), 1);
    let (new, _) = lines.iter().enumerate().find(|(_, l)| l.method() == Some("session/new")).unwrap();
    goose.go(&lines[..new]);
    assert_eq!(doing(&goose), 2);
    assert!(!goose.facts().any(|f| matches!(f, Fact::Ready)));
    goose.go(&lines[new..]);
    let opened = goose.place(|f| matches!(f, Fact::Event(_, Event::Opened)));
    assert!(opened < goose.place(|f| matches!(f, Fact::Ready)));
}

#[test]
fn p07_an_agent_without_a_name_and_methods_it_does_not_know() {
    let goose = play("goose/edit");
    let face = goose
        .events()
        .find_map(|e| if let Event::Connected { face, can, .. } = e { Some((face, can)) } else { None })
        .unwrap();
    assert_eq!((&face.0.name, &face.0.version), (&None, &None));
    assert!(
        face.1.load && face.1.list && face.1.close && !face.1.fork && !face.1.resume,
        "what it says is what is told: a hint"
    );

    // A load that is refused is one sentence with the agent's own words.
    let gemini = play("gemini-cli/load_unknown");
    let failed =
        gemini.facts().find_map(|f| if let Fact::StartFailed(why) = f { Some(why.clone()) } else { None }).unwrap();
    assert!(failed.contains("No previous sessions found"), "{failed}");
    assert!(!gemini.facts().any(|f| matches!(f, Fact::Ready)));
    // A method that it does not have, whatever it said that it can: never another conversation in its place.
    let lines = log("goose/reload");
    let load = lines.iter().position(|l| l.method() == Some("session/load")).unwrap();
    let mut without = open(&lines);
    without.go(&lines[..load]);
    let id = without.sent("session/load")[0]["id"].clone();
    without.says(&format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"Method not found"}}}}"#));
    assert_eq!(without.sent("session/new").len(), 0, "{:?}", without.came.last());
    assert!(without.facts().any(|f| matches!(f, Fact::StartFailed(why) if why.contains("Method not found"))));
}

#[test]
fn p34_nothing_is_offered_but_what_the_preset_says() {
    for terminal_output in [false, true] {
        let opening =
            Opening { cwd: "/home/demo/repo".to_owned(), client: ClientCan { terminal_output }, ..Opening::default() };
        let turnout = taut::agent::acp::Acp::new().open(opening);
        let first: Value = serde_json::from_str(&turnout.lines[0]).unwrap();
        let can = &first["params"]["clientCapabilities"];
        assert_eq!(first["params"]["protocolVersion"], 1);
        assert_ne!(can["terminal"], true);
        assert_ne!(can["fs"]["readTextFile"], true);
        assert_ne!(can["fs"]["writeTextFile"], true);
        assert_eq!(can["elicitation"], serde_json::json!({"form": {}}), "and no address to go to");
        assert_eq!(can["_meta"]["terminal_output"] == true, terminal_output);
    }

    // gemini can make a new file then; opencode asks for a write all the same, is refused, and writes itself.
    let gemini = play("gemini-cli/multi");
    let made = |p: &crate::play::Played| {
        p.calls().iter().map(|id| p.call(id)).any(|call| {
            call.status == Some(CallStatus::Done)
                && call.changes.iter().flatten().any(|c| c.path.ends_with("CHANGELOG.md") && c.old.is_none())
        })
    };
    assert!(made(&gemini));
    let opencode = play("opencode/edit");
    let write = log("opencode/edit").into_iter().find(|l| l.heard && l.method() == Some("fs/write_text_file")).unwrap();
    let answers = opencode.answers(&write.msg.unwrap()["id"]);
    assert_eq!((answers.len(), &answers[0]["error"]["code"]), (1, &json!(-32601)));
}
