//! Points 23 to 29 and 33: cancels, prompts side by side, faults of the model, usage, echoes.

use crate::came::inline;
use crate::play::{Came, Played, log, open, play};
use taut::agent::{Fact, Tell};
use taut::domain::{CallStatus, Event, Speaker, Stop};

#[test]
fn p23_cancels_are_answered_in_many_ways_and_things_come_after_the_end() {
    // goose ends a cancelled text as if nothing had been: that a cancel was asked is remembered.
    let goose = play("goose/cancel_text");
    assert_eq!(goose.sent("session/cancel").len(), 1);
    let said = |l: &crate::play::Line| {
        l.msg.as_ref().and_then(|m| m.pointer("/result/stopReason")).is_some_and(|s| s == "end_turn")
    };
    assert_eq!(log("goose/cancel_text").iter().filter(|l| said(l)).count(), 2);
    assert_eq!(goose.stops(), [&Stop::Cancelled, &Stop::EndTurn]);
    // hermes answers a cancel with an error: it is cancelled all the same, and the error is told.
    let hermes = play("hermes/perm_cancel");
    assert!(log("hermes/perm_cancel").last().unwrap().text.contains("-32603"));
    assert_eq!(hermes.stops(), [&Stop::Cancelled]);
    assert!(hermes.events().any(|e| matches!(e, Event::Noted { text, .. } if inline(text).contains("Internal error"))));
    // codex's command goes on: its output after the end is kept, the turn and the call stay closed.
    let codex = play("codex-acp/cancel_tool");
    let over = codex.place(|f| matches!(f, Fact::TurnOver(..)));
    let late = codex.came[over..].iter().any(|c| matches!(c, Came::Fact(Fact::Event(_, Event::CallOutput { .. }))));
    assert!(late, "output after the end is told");
    let id = codex.calls()[0].clone();
    assert!(codex.output(&id).contains("tick 6"));
    assert!(codex.call(&id).status.unwrap().is_final());
    assert_eq!(codex.stops(), [&Stop::Cancelled, &Stop::EndTurn]);
    // kimi's usage comes after the end.
    let kimi = play("kimi-code/edit");
    let over = kimi.place(|f| matches!(f, Fact::TurnOver(..)));
    assert!(
        matches!(&kimi.came[over + 1..over + 2], [Came::Fact(Fact::Event(_, Event::Used { .. }))]),
        "{:?}",
        &kimi.came[over..over + 2]
    );
}

#[test]
fn p24_a_prompt_ends_once_whatever_becomes_of_a_second() {
    // The second prompt of the recording is held back here, as the hub does. Its answers and echoes come all the same.
    for (name, ends) in [
        ("claude-agent-acp/concurrent", 1),
        ("copilot/concurrent", 1),
        ("kimi-code/concurrent", 1),
        ("goose/concurrent", 0),
    ] {
        let played = play(name);
        assert_eq!(played.sent("session/prompt").len(), 1, "{name}");
        assert_eq!(played.stops().len(), ends, "{name}: an answer is its own prompt's");
    }
    // What an agent says that replaces the first prompt or refuses the second:
    let error = |name: &str| log(name).into_iter().find_map(|l| l.msg?.get("error")?.get("code")?.as_i64());
    assert_eq!(error("kimi-code/concurrent"), Some(-32600));
    assert_eq!(error("qwen-code/concurrent"), Some(-32603));
    let qwen = play("qwen-code/concurrent");
    assert!(matches!(qwen.stops()[..], [Stop::Error(-32603, _)]), "{:?}", qwen.stops());
    // goose never answers the first: only its end ends the turn.
    let mut goose = play("goose/concurrent");
    goose.gone();
    assert_eq!(goose.stops(), [&Stop::Lost]);
}

#[test]
fn p25_another_session_of_the_process_is_not_ours() {
    let lines = log("claude-agent-acp/two_sessions");
    let sessions: Vec<_> = lines
        .iter()
        .filter_map(|l| l.msg.as_ref()?.pointer("/result/sessionId")?.as_str().map(str::to_owned))
        .collect();
    assert_eq!(sessions.len(), 2);
    let mut claude = open(&lines);
    claude.go(&lines);
    assert_eq!(claude.session(), sessions[0]);
    assert!(
        !claude.said(Speaker::Agent).contains("As before"),
        "the other one's answer: {}",
        claude.said(Speaker::Agent)
    );
    assert!(claude.said(Speaker::Agent).contains("Fixed the **typo**"));
    assert_eq!(claude.stops(), [&Stop::EndTurn]);
}

#[test]
fn p26_trouble_with_the_model_is_silence_or_text() {
    // claude: nothing at all until it is cancelled. The hub's stall detector is the only sign.
    let lines = log("claude-agent-acp/fault_500");
    let cancel = lines.iter().position(|l| l.method() == Some("session/cancel")).unwrap();
    let mut claude = open(&lines);
    claude.go(&lines[..cancel]);
    assert!(claude.stops().is_empty() && claude.said(Speaker::Agent).is_empty());
    claude.go(&lines[cancel..]);
    assert_eq!(claude.stops(), [&Stop::Cancelled]);
    // Others say it as the agent's words and end the turn as usual: no error is made of it.
    for (name, words) in [
        ("copilot/fault_500", "Error:"),
        ("codex-acp/fault_500", "high demand"),
        ("goose/fault_500", "Ran into this error"),
    ] {
        let played = play(name);
        assert!(played.said(Speaker::Agent).contains(words), "{name}: {}", played.said(Speaker::Agent));
        assert_eq!(played.stops(), [&Stop::EndTurn], "{name}");
    }
}

#[test]
fn p27_after_a_cut_stream_the_text_comes_again() {
    for name in ["codex-acp/fault_reset", "claude-agent-acp/fault_reset"] {
        let said = play(name).said(Speaker::Agent);
        assert!(said.matches("This stream was").count() == 2, "{name}: what came stays: {said}");
    }
    let gemini = play("gemini-cli/fault_reset");
    assert_eq!(gemini.stops(), [&Stop::EndTurn]);
}

#[test]
fn p28_warnings_are_words_of_the_agent() {
    assert!(
        play("codex-acp/edit")
            .said(Speaker::Agent)
            .starts_with("Warning: Model metadata for `gpt-5.1-codex` not found.")
    );
    assert!(play("copilot/fault_500").said(Speaker::Agent).contains("Info: "));
}

#[test]
fn p29_usage_is_what_is_carried_now_and_unknown_is_not_zero() {
    let last = |p: &Played| p.usage().iter().rev().find_map(|u| u.used);
    // used and size are the context now, however the turn's tokens are counted.
    let claude = play("claude-agent-acp/edit");
    assert_eq!(claude.usage().iter().rev().find_map(|u| u.window), Some(1_000_000));
    assert!(claude.usage().windows(2).all(|u| u[0].used <= u[1].used));
    let cost = claude.usage().iter().rev().find_map(|u| u.cost).unwrap();
    assert_eq!((cost.currency, cost.micros / 100_000), (*b"USD", 2), "0.29 USD: {cost:?}");
    let per_turn: Vec<_> = claude.turns().iter().map(|(_, t)| t.unwrap().output.unwrap()).collect();
    assert!(per_turn[1] < per_turn[0], "claude counts a turn: {per_turn:?}");
    // copilot counts the session: each turn's figure holds the ones before.
    let copilot = play("copilot/edit");
    let tokens: Vec<_> = copilot.turns().iter().map(|(_, t)| t.unwrap().output.unwrap()).collect();
    assert!(tokens[1] > tokens[0]);
    assert!(last(&copilot).unwrap() < 10_000, "the context is not that sum");
    // gemini: no usage at all but a quota in `_meta`.
    let gemini = play("gemini-cli/edit");
    assert!(gemini.usage().is_empty());
    assert_eq!(gemini.turns()[0].1.map(|t| (t.input, t.output)), Some((Some(100_979), Some(157))));
    // cline and kimi: none for the turn.
    assert!(play("cline/edit").turns().iter().all(|(_, tokens)| tokens.is_none()));
    // 0 after a cancel and at the start is not a context of nothing.
    for name in ["goose/cancel_tool", "opencode/cancel_tool", "goose/edit"] {
        assert!(
            log(name).iter().filter_map(|l| l.update()).any(|u| u["sessionUpdate"] == "usage_update" && u["used"] == 0),
            "{name}"
        );
        assert!(play(name).usage().iter().all(|u| u.used != Some(0)), "{name}");
    }
}

#[test]
fn p33_an_echo_of_the_prompt_is_not_said_twice() {
    let lines = log("mistral-vibe/edit");
    assert!(lines.iter().filter_map(|l| l.update()).any(|u| u["sessionUpdate"] == "user_message_chunk"), "vibe echoes");
    assert_eq!(play("mistral-vibe/edit").said(Speaker::User), "");
    // Only the echo is: what a human says elsewhere is told.
    let mut other = open(&lines);
    let prompt = lines.iter().position(|l| l.method() == Some("session/prompt")).unwrap();
    other.go(&lines[..prompt]);
    other.tell(Tell::Prompt("Something else altogether.".to_owned()));
    let echo = lines.iter().find(|l| l.update().is_some_and(|u| u["sessionUpdate"] == "user_message_chunk")).unwrap();
    other.says(&echo.text);
    assert!(other.said(Speaker::User).contains("Fix the typo"), "{:?}", other.came.last());
}

#[test]
fn every_log_plays_to_its_end_and_leaves_no_call_open() {
    for name in crate::play::all() {
        if log(&name).iter().any(|l| l.method() == Some("session/resume")) {
            continue; // taut loads (30)
        }
        let mut played = play(&name);
        played.gone();
        for id in played.calls() {
            let call = played.call(&id);
            let status = call.status.unwrap_or_default();
            assert!(
                matches!(status, CallStatus::Done | CallStatus::Failed | CallStatus::Abandoned),
                "{name} {id:?} {status:?}"
            );
            assert!(call.title.as_ref().map_or("", inline).len() < 10_000, "{name}");
        }
        let prompts = played.sent("session/prompt").len();
        assert_eq!(played.stops().len(), prompts, "{name}: each prompt ends once");
    }
}
