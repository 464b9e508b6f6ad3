//! Points 8 to 17: tool calls, merged, unannounced, unfinished; their diffs, terminals and outputs.

use crate::came::inline;
use crate::play::{Played, log, open, play};
use taut::agent::{Ask, Fact};
use taut::domain::{CallId, CallPatch, CallStatus, Completeness, Event, FileChange, Impact, OutputPart, Stop};

const OLD: &str = "    return \"Helo, \" + name\n";
const NEW: &str = "    # A friendly greeting.\n    return f\"Hello, {name}!\"\n";

/// The question about an edit of the greeting, and what is known of the call then.
fn edit_asked(played: &Played) -> (&Ask, CallPatch) {
    let asks = played.asks();
    let known = asks.into_iter().map(|ask| (ask, played.call_when_asked(ask)));
    known
        .into_iter()
        .find(|(_, call)| call.impact == Some(Impact::Edit) || !changes(call).is_empty())
        .expect("an edit is asked about")
}

fn changes(call: &CallPatch) -> &[FileChange] {
    call.changes.as_deref().unwrap_or_default()
}

fn sides(change: &FileChange) -> (&str, &str) {
    (change.old.as_ref().map_or("", inline), change.new.as_ref().map_or("", inline))
}

/// A shell call that was asked about, and its id.
fn shell(played: &Played) -> (CallId, CallPatch) {
    let calls = played.calls().into_iter().map(|id| (id.clone(), played.call(&id)));
    calls
        .into_iter()
        .find(|(_, call)| {
            call.command.as_ref().is_some_and(|c| {
                inline(c).contains("unittest") || inline(c).contains("seq 1") || inline(c).contains("tick")
            })
        })
        .expect("a command")
}

#[test]
fn p08_a_call_is_what_all_its_messages_say() {
    // codex: the diff is in the earlier tool_call, the question has title and place only.
    let codex = play("codex-acp/edit");
    let (ask, call) = edit_asked(&codex);
    assert_eq!(changes(&call).len(), 1);
    assert_eq!(sides(&changes(&call)[0]), (&*format!("def greet(name):\n{OLD}"), &*format!("def greet(name):\n{NEW}")));
    assert_eq!(ask.payload, Completeness::Fragment);
    // copilot: a diff before, a git patch in the question.
    let copilot = play("copilot/edit");
    let (_, call) = edit_asked(&copilot);
    assert!(changes(&call).iter().any(|c| sides(c) == (OLD, NEW) || c.patch.is_some()));
    // goose: kind `other`, the title is the tool's name; its command is in rawInput.
    let goose = play("goose/edit");
    let ask = goose
        .asks()
        .into_iter()
        .find(|a| inline(&goose.call_when_asked(a).command.unwrap_or_default()).contains("unittest"))
        .unwrap();
    let call = goose.call_when_asked(ask);
    assert_eq!(call.tool.as_deref(), Some("shell"));
    assert_eq!(ask.payload, Completeness::Whole, "a command is all of it");
    // mistral-vibe: the question names the call by its id and says nothing else.
    let vibe = play("mistral-vibe/edit");
    for ask in vibe.asks() {
        let call = vibe.call_when_asked(ask);
        assert!(
            call.title.is_some() && (call.command.is_some() || !changes(&call).is_empty() || call.args.is_some()),
            "{call:?}"
        );
    }
    // kimi: no kind in the question, it was said before.
    let kimi = play("kimi-code/edit");
    assert_eq!(kimi.call_when_asked(kimi.asks()[0]).impact, Some(Impact::Execute));
}

#[test]
fn p09_a_question_may_be_the_first_word_about_a_call() {
    // gemini never announces what it asks about: the call is made by the question, with its diff, before it is asked.
    let gemini = play("gemini-cli/edit");
    let (ask, call) = edit_asked(&gemini);
    assert!(
        !log("gemini-cli/edit")
            .iter()
            .filter_map(|l| l.update())
            .any(|u| u["sessionUpdate"] == "tool_call" && u["toolCallId"] == ask.call.0.as_str())
    );
    let made = gemini.place(|f| matches!(f, Fact::Event(_, Event::Called { call, .. }) if *call == ask.call));
    assert!(made < gemini.place(|f| matches!(f, Fact::Ask(a) if a == ask)));
    assert_eq!(changes(&call).len(), 1);
    // cline: an update first, then the question, then the tool_call, whose status goes back.
    let cline = play("cline/edit");
    let first = log("cline/edit")
        .into_iter()
        .find(|l| l.update().is_some_and(|u| u["sessionUpdate"].as_str().unwrap().starts_with("tool_call")))
        .unwrap();
    assert_eq!(first.update().unwrap()["sessionUpdate"], "tool_call_update");
    assert!(cline.calls().contains(&CallId(first.update().unwrap()["toolCallId"].as_str().unwrap().to_owned())));
    // hermes asks under an id of its own, and says on which file: it is the announced call that waits.
    let hermes = play("hermes/edit");
    let (ask, call) = edit_asked(&hermes);
    assert!(ask.call.0.starts_with("tc-"), "{:?}", ask.call);
    assert!(!changes(&call).is_empty());
}

#[test]
fn p10_waiting_is_told_by_the_open_question_not_by_a_status() {
    // goose says no status, codex says in_progress while it waits.
    let said = |name: &str, kind: &str| {
        log(name)
            .into_iter()
            .filter_map(|l| l.update().cloned())
            .find(|u| u["sessionUpdate"] == kind && u["kind"] != "read")
            .unwrap()
    };
    assert!(said("goose/edit", "tool_call").get("status").is_none());
    assert_eq!(said("codex-acp/edit", "tool_call")["status"], "in_progress");
    for name in ["goose/edit", "codex-acp/edit"] {
        let played = play(name);
        for ask in played.asks() {
            let status = played.call_when_asked(ask).status.unwrap_or_default();
            assert!(!status.is_final(), "{name}: {status:?}");
        }
    }
}

#[test]
fn p11_calls_that_never_end_are_closed_when_the_turn_ends() {
    for name in ["codex-acp/cancel_tool", "goose/cancel_tool", "gemini-cli/reject", "hermes/edit", "fast-agent/edit"] {
        let played = play(name);
        for id in played.calls() {
            let status = played.call(&id).status.unwrap_or_default();
            assert!(status.is_final(), "{name} {id:?} {status:?}");
        }
    }
    // Before the turn is over, not after it.
    let codex = play("codex-acp/cancel_tool");
    let closed = codex.place(
        |f| matches!(f, Fact::Event(_, Event::Called { patch, .. }) if patch.status == Some(CallStatus::Abandoned)),
    );
    assert!(closed < codex.place(|f| matches!(f, Fact::TurnOver(..))));
}

#[test]
fn p12_the_agents_word_on_a_cancelled_or_refused_call_is_kept() {
    // By their word these were completed; that they were cut short is in the output only.
    for (name, words) in
        [("gemini-cli/cancel_tool", "cancelled by user"), ("opencode/cancel_tool", "aborted the command")]
    {
        let played = play(name);
        let (id, call) = shell(&played);
        assert_eq!(call.status, Some(CallStatus::Done), "{name}");
        assert!(played.output(&id).contains(words), "{name}: {}", played.output(&id));
        assert_eq!(played.stops()[0], &Stop::Cancelled);
    }
    let claude = play("claude-agent-acp/reject");
    let (ask, _) = edit_asked(&claude);
    assert_eq!(claude.call(&ask.call).status, Some(CallStatus::Failed));
    assert!(claude.output(&ask.call).contains("User refused"), "{}", claude.output(&ask.call));
    // copilot says it in rawOutput alone.
    let copilot = play("copilot/reject");
    let (ask, _) = edit_asked(&copilot);
    assert_eq!(copilot.call(&ask.call).status, Some(CallStatus::Failed));
    assert!(copilot.output(&ask.call).contains("rejected this tool call"), "{}", copilot.output(&ask.call));
}

#[test]
fn p13_content_stands_instead_of_content() {
    // opencode and copilot send the output again with each tick: it is there once.
    for name in ["opencode/edit", "copilot/edit"] {
        let played = play(name);
        let (id, _) = shell(&played);
        assert_eq!(played.output(&id).matches("Ran 1 test").count(), 1, "{name}: {}", played.output(&id));
    }
    // kimi streams arguments as content, then a diff, then a text: the diff stays, the arguments are no output.
    let kimi = play("kimi-code/edit");
    let edit = kimi.calls().into_iter().find(|id| kimi.call(id).impact == Some(Impact::Edit)).unwrap();
    assert_eq!(changes(&kimi.call(&edit)).iter().map(sides).collect::<Vec<_>>(), [(OLD, NEW)]);
    assert_eq!(kimi.output(&edit), "Replaced 1 occurrence in /home/demo/repo/src/greet.py");
    // claude sends `{}` and growing arguments first: the last word counts.
    let claude = play("claude-agent-acp/edit");
    let (_, call) = edit_asked(&claude);
    let args: serde_json::Value = serde_json::from_str(inline(&call.args.unwrap())).unwrap();
    assert_eq!((args["old_string"].as_str(), args["new_string"].as_str()), (Some(OLD), Some(NEW)));
}

#[test]
fn p14_diffs_are_whole_files_or_fragments_or_missing() {
    let change = |name: &str| {
        let played = play(name);
        let (_, call) = edit_asked(&played);
        changes(&call)[0].clone()
    };
    // Whole files, by what they hold: the head of the file is in them.
    let gemini = change("gemini-cli/edit");
    assert!(sides(&gemini).0.starts_with("\"\"\"Greetings.\"\"\""));
    assert_eq!(gemini.path, "/home/demo/repo/src/greet.py");
    // Fragments: never told as a whole file, never as line 1 of it.
    for name in ["claude-agent-acp/edit", "codex-acp/edit"] {
        let change = change(name);
        assert!(change.fragment && change.line != Some(1), "{name}: {change:?}");
    }
    // After it ran claude says the line: the fragment with three lines of context begins at line 2.
    let claude = play("claude-agent-acp/edit");
    let (ask, _) = edit_asked(&claude);
    let after = claude.call(&ask.call);
    assert_eq!(changes(&after)[0].line, Some(2), "{after:?}");
    // A new file has no old text.
    let codex = play("codex-acp/multi");
    let made = codex
        .calls()
        .into_iter()
        .flat_map(|id| codex.call(&id).changes.unwrap_or_default())
        .find(|c| c.path.ends_with("CHANGELOG.md"))
        .unwrap();
    assert_eq!(
        (made.old.is_none(), made.fragment, sides(&made).1),
        (true, false, "# Changelog\n\n- `greet` is now `welcome`.\n")
    );
    // cline gives none: its arguments are what there is, and the question says that this is not the whole.
    let cline = play("cline/edit");
    let edit = cline
        .asks()
        .into_iter()
        .find(|a| inline(&cline.call_when_asked(a).args.unwrap_or_default()).contains("Helo"))
        .expect("the arguments hold the edit");
    assert_ne!(edit.payload, Completeness::TitleOnly);
}

#[test]
fn p15_terminals_that_the_client_never_made() {
    // codex and claude tell their own terminals in updates, when the client says that it reads them.
    for name in ["codex-acp/edit", "claude-agent-acp/edit"] {
        let played = play(name);
        let (id, call) = shell(&played);
        let output = played.output(&id);
        assert_eq!(output.matches("exit=0").count(), 1, "{name}: {output}");
        assert_eq!((call.exit, call.status), (Some(0), Some(CallStatus::Done)), "{name}");
    }
    // Ticks follow one another.
    let codex = play("codex-acp/cancel_tool");
    let (id, _) = shell(&codex);
    assert!(codex.parts(&id).iter().all(|p| matches!(p, OutputPart::Append(_))));
    assert!(codex.output(&id).contains("tick 3\ntick 4\n"), "{}", codex.output(&id));
    // Nobody asks us for a terminal, since none is offered (34).
    for name in ["goose/edit", "kimi-code/edit"] {
        assert!(!log(name).iter().any(|l| l.heard && l.method().is_some_and(|m| m.starts_with("terminal/"))));
    }
}

#[test]
fn p16_output_may_be_missing_or_cut() {
    // gemini shows no output of a command that ran.
    let gemini = play("gemini-cli/edit");
    let (id, call) = shell(&gemini);
    assert_eq!((call.status, gemini.output(&id).as_str()), (Some(CallStatus::Done), ""));
    // The head is kept by claude and copilot, the tail by opencode and goose; what comes is told as it comes.
    let has = |name: &str, row: &str| {
        let played = play(name);
        let (id, _) = shell(&played);
        played.output(&id).contains(row)
    };
    for (name, head, tail) in [("claude-agent-acp/long", true, false), ("goose/long", false, true)] {
        assert_eq!((has(name, "row 1:"), has(name, "row 3000:")), (head, tail), "{name}");
    }
}

#[test]
fn p17_titles_change_after_the_end_and_pieces_may_be_empty() {
    // goose gives a call another title by a model after it completed: it stays completed.
    let goose = play("goose/edit");
    let lines = log("goose/edit");
    let id = goose.calls()[0].clone();
    let done = lines
        .iter()
        .position(|l| l.update().is_some_and(|u| u["toolCallId"] == id.0.as_str() && u["status"] == "completed"))
        .unwrap();
    let renamed = lines
        .iter()
        .rposition(|l| l.update().is_some_and(|u| u["toolCallId"] == id.0.as_str() && u.get("title").is_some()))
        .unwrap();
    assert!(done < renamed);
    let call = goose.call(&id);
    assert_eq!((inline(&call.title.unwrap()), call.status), ("Fix the greeting", Some(CallStatus::Done)));
    assert_eq!(inline(&call.command.unwrap()), "cat src/greet.py");
    // Empty pieces are no message, and a call may split a sentence.
    let empty = |l: &crate::play::Line| {
        l.update().is_some_and(|u| u["sessionUpdate"] == "agent_message_chunk" && u["content"]["text"] == "")
    };
    assert!(log("qwen-code/edit").iter().any(empty), "qwen sends empty pieces");
    let mut qwen = open(&log("qwen-code/edit"));
    qwen.go(&log("qwen-code/edit"));
    assert!(!qwen.events().any(|e| matches!(e, Event::Said { text, .. } if text.is_empty())));
}
