//! Claude Code by its own protocol: what only that can do.

use crate::bench::{self, Bench};
use crate::{drive, inline};
use serde_json::json;
use taut::domain::{Decision, Gate, OfferKind, Stop, Text};
use taut::state::Stage;

/// A call of the shell.
fn sh(command: &str) -> serde_json::Value {
    json!({"tool": "Bash", "args": {"command": command, "description": "Run it"}})
}

/// A turn of the model.
fn turn(text: &str, calls: &[serde_json::Value]) -> serde_json::Value {
    json!({"text": text, "calls": calls})
}

fn scenario(turns: &[serde_json::Value]) -> serde_json::Value {
    json!({"about": "own", "side_text": "A title", "prompts": [{"turns": turns}]})
}

fn claude(own: &[(&str, serde_json::Value)]) -> Option<Bench> {
    if bench::folders().is_none() {
        println!("claude: left out, TAUT_AGENTS and TAUT_SHARED are not set");
        return None;
    }
    Some(Bench::with("claude", "", own))
}

#[test]
fn claude_does_what_all_do() {
    drive("claude");
}

/// The command that a human wrote runs, and not the one that the model wrote.
#[test]
fn claude_runs_the_edited_command() {
    let calls = [turn("I make a file.", &[sh("echo theirs > theirs.txt")]), turn("Done.", &[])];
    let Some(mut bench) = claude(&[("own", scenario(&calls))]) else { return };
    bench.prompt("own", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    assert_eq!(inline(step.command.as_ref()), "echo theirs > theirs.txt");
    let args = Text::from(json!({"command": "echo mine > mine.txt", "description": "Run it"}).to_string());
    let offer = request.offers.iter().find(|it| it.kind == OfferKind::AllowOnce).map(|it| it.id.clone());
    bench.decide(&request, Decision::Edit { offer, args });
    assert!(bench.next_ask().is_none(), "asked once");
    assert_eq!((bench.stop(), bench.request(request.id).stage()), (Stop::EndTurn, Stage::TakenUp));
    assert_eq!((bench.file("mine.txt").as_str(), bench.has("theirs.txt")), ("mine\n", false));
    assert_eq!(bench.step(&step).gate, Gate::Asked);
    bench.leave();
}
