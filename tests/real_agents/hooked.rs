//! Claude Code behind its ACP adapter, with taut's hook in its own settings: each call is one request, what ACP can't carry
//! goes through the hook, and nothing runs beside it.

use super::bench::{self, Bench};
use super::inline;
use serde_json::{Value, json};
use taut::domain::{Carrier, Decision, Event, Gate, OfferKind, ReasonGoes, Stop};
use taut::state::Stage;

fn scenario() -> Value {
    let sh = |command: &str| json!({"do": "shell", "command": command, "description": "Run it"});
    let prompt = |of: &str, command: &str| json!({"match": of, "turns": [{"text": "I run it.", "calls": [sh(command)]}, {"text": "Done."}]});
    let write = json!({"do": "write", "path": "new.txt", "content": "new\n"});
    json!({"prompts": [
        prompt("Allow it", "echo allowed > allowed.txt"),
        prompt("Change it", "echo theirs > theirs.txt"),
        prompt("Refuse it", "echo no > no.txt"),
        {"match": "Look", "turns": [{"text": "I look.", "calls": [{"do": "read", "path": "README.md"}]}, {"text": "Done."}]},
        {"match": "Write it", "turns": [{"text": "I write.", "calls": [write]}, {"text": "Done."}]},
    ]})
}

#[test]
fn the_acp_adapter_of_claude_asks_by_the_hook_of_its_settings() {
    if bench::folders().is_none() {
        return println!("claude-agent-acp: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let hook = format!("{} --state {{folder}}/state hook claude --within 600", env!("CARGO_BIN_EXE_taut"));
    let settings = json!({"hooks": {"PreToolUse": [
        {"matcher": "*", "hooks": [{"type": "command", "command": hook, "timeout": 600}]}]}});
    let own = [("hooked", scenario())];
    let files = [("repo/.claude/settings.json", settings.to_string())];
    let files = files.each_ref().map(|(file, text)| (*file, text.as_str()));
    let mut bench = Bench::with_servers("claude-agent-acp", &own, "", &files);

    bench.prompt("hooked", "Allow it.");
    let (request, step) = bench.next_ask().expect("it asks");
    assert_eq!(inline(step.command.as_ref()), "echo allowed > allowed.txt");
    assert_eq!(
        (request.how.carries.edit, request.how.carries.reason),
        (Carrier::Agent, ReasonGoes::Answer),
        "by the hook"
    );
    assert!(!bench.has("allowed.txt"));
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none(), "asked once");
    assert_eq!((bench.stop(), bench.file("allowed.txt").as_str()), (Stop::EndTurn, "allowed\n"));
    assert_eq!(bench.step(&step).gate, Gate::Asked);

    bench.prompt("hooked", "Change it.");
    let (request, step) = bench.next_ask().expect("it asks");
    let args = json!({"command": "echo mine > mine.txt", "description": "Run it"}).to_string().into();
    bench.decide(&request, Decision::Edit { offer: Some("allow".into()), args, reason: None });
    assert!(bench.next_ask().is_none());
    assert_eq!(
        (bench.file("mine.txt").as_str(), bench.has("theirs.txt")),
        ("mine\n", false),
        "ACP alone can't do that"
    );
    assert_eq!(bench.request(request.id).stage(), Stage::TakenUp);
    assert!(bench.step(&step).diverged.is_none());

    bench.prompt("hooked", "Refuse it.");
    let (request, _) = bench.next_ask().expect("it asks");
    bench.deny(&request, "against the house style");
    assert!(bench.next_ask().is_none());
    assert!(
        !bench.has("no.txt") && bench.model_was_told("against the house style"),
        "and a reason goes with the answer"
    );

    bench.prompt("hooked", "Look.");
    assert!(bench.next_ask().is_none(), "what only looks passes");

    bench.prompt("hooked", "Write it.");
    let (request, _) = bench.next_ask().expect("it asks");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none(), "asked once");
    assert_eq!(bench.file("new.txt"), "new\n");
    let asked = bench.hub.records.iter().filter(|record| matches!(record.event, Event::Asked { .. })).count();
    assert_eq!(asked, 4, "a call is one request");
    let session = bench.session();
    assert_eq!((session.unrecognised, session.ungated), (0, 0), "{:?}", bench.notes());
    bench.leave();
}
