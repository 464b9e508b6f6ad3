//! Steps are taken back, and the conversation with them: the scripted model answers by how many prompts it is given, so it
//! shows what the agent still knows.

use super::bench::{self, Bench};
use serde_json::{Value, json};
use taut::domain::{Answer, Command as Wish, Event, OfferKind, Query, Reply, Stop, Talk, TurnNo, Undo, UndoPlan};
use taut::state::{Request, Step};

fn scenario(shell: &Value) -> Value {
    let said = |text: &str| json!({"turns": [{"text": text}]});
    let acts = json!({"turns": [{"text": "I act.", "calls": [shell]}, {"text": "Acted."}]});
    json!({"side_text": "A title", "prompts": [said("One."), acts, said("Three."), said("Four.")]})
}

fn plan(bench: &mut Bench) -> UndoPlan {
    bench.hub.answers.clear();
    bench.hub.link.ask(Query::UndoPlan { session: bench.id, undo: Undo::Last });
    bench.hub.until("a plan", |hub| !hub.answers.is_empty());
    match bench.hub.answers.remove(0) {
        Answer::UndoPlan { plan } => *plan,
        other => panic!("{other:?}"),
    }
}

fn says(bench: &mut Bench) -> String {
    let before = bench.said().len();
    bench.prompt("undo", "Go on.");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn, "{:?}", bench.notes());
    bench.said()[before..].to_owned()
}

/// Allows a call, which is asked about once.
fn allow(bench: &mut Bench, request: &Request, step: &Step) {
    bench.allow(request, OfferKind::AllowOnce);
    let again = bench.next_ask();
    assert!(again.is_none(), "{:?} after {:?}", again, step.title);
}

/// The agent makes a file, which is taken back with the turn in which it did.
fn whole(agent: &str, shell: &Value) {
    if bench::folders().is_none() {
        return println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with(agent, "", &[("undo", scenario(shell))]);
    assert_eq!(says(&mut bench), "One.");
    bench.prompt("undo", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    allow(&mut bench, &request, &step);
    let number = bench.step(&step).number;
    let kept = |hub: &super::hub::Bench| {
        let steps = hub.state.sessions.values().flat_map(|session| session.timeline.entries.values());
        steps
            .filter_map(|entry| entry.step())
            .any(|step| step.number == number && step.worked.as_ref().is_some_and(|worked| worked.after.is_some()))
    };
    bench.hub.until("the checkpoint after it", kept);
    assert!(bench.has("made.txt"));
    let shown = plan(&mut bench);
    assert_eq!(shown.talk, Talk::Back { to: TurnNo(1), turns: 1, stand: 0 });
    let session = bench.id;
    let undo = |talk| Wish::Undo { session, undo: Undo::Last, digest: shown.digest, sides: vec![], talk };
    assert!(matches!(bench.hub.command(undo(Some(TurnNo(7)))), Reply::Refused { .. }), "not to where nobody was shown");
    assert!(bench.has("made.txt"));
    assert_eq!(bench.hub.command(undo(Some(TurnNo(1)))), Reply::Done);
    assert!(!bench.has("made.txt"));
    let at = |what: &str| bench.hub.records.iter().position(|record| record.event.kind() == what).unwrap();
    assert!(at("undone") < at("rewound"), "files first: they can be had again");
    assert!(bench.hub.records.iter().any(|record| record.event == Event::Rewound { to: TurnNo(1) }));
    // It is as if it had never acted: it is asked to once more, and was told of nothing.
    bench.prompt("undo", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    allow(&mut bench, &request, &step);
    assert!(bench.has("made.txt") && !bench.model_was_told("has taken back what these steps"));
    bench.leave();
}

#[test]
fn claude_forgets_what_was_undone() {
    whole("claude", &json!({"tool": "Bash", "args": {"command": "echo x > made.txt", "description": "Make it"}}));
}

#[test]
fn codex_forgets_what_was_undone() {
    let args = json!({"cmd": "echo x > made.txt", "sandbox_permissions": "require_escalated",
        "justification": "it is needed", "yield_time_ms": 30000});
    whole("codex", &json!({"tool": "exec_command", "args": args}));
}
