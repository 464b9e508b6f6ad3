//! What codex types into a command that runs in a terminal: asked about where codex asks, and loud where nothing could
//! hold it.

use super::bench::{self, Bench};
use super::inline;
use serde_json::{Value, json};
use taut::domain::{Command as Wish, Decision, Gate, OfferKind, Outcome, Reply};
use taut::state::Step;

const POLICY: &str = "[[rule]]\nthen = \"deny\"\nprefix = [\"rm\"]\n";

fn scenario() -> Value {
    let call = |tool: &str, args: Value| json!({"calls": [{"tool": tool, "args": args}]});
    let shell = |more: Value| {
        let mut args = json!({"cmd": "bash", "tty": true, "yield_time_ms": 500});
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call("exec_command", args)
    };
    let text =
        |text: &str| call("write_stdin", json!({"session_id": "$TERMINAL", "chars": text, "yield_time_ms": 500}));
    let escalated = json!({"sandbox_permissions": "require_escalated", "justification": "it is needed"});
    let turns = |shell: Value| json!([shell, text("touch typed.txt\n"), text("rm -r build\n"), text("exit\n"), {"text": "Done."}]);
    json!({"prompts": [
        {"match": "Outside", "turns": turns(shell(escalated))},
        {"match": "Inside", "turns": turns(shell(json!({})))},
    ]})
}

fn typing(bench: &Bench) -> Vec<Step> {
    let types = |step: &&Step| step.tool.as_deref() == Some("write_stdin");
    bench.steps().into_iter().filter(types).cloned().collect()
}

/// The shell itself is allowed, as often as codex asks; then comes the first text.
fn until_typed(bench: &mut Bench) -> (taut::state::Request, Step) {
    loop {
        let (request, step) = bench.next_ask().expect("it asks");
        if step.tool.as_deref() == Some("write_stdin") {
            return (request, step);
        }
        assert_eq!(inline(step.command.as_ref()), "bash");
        bench.allow(&request, OfferKind::AllowOnce);
    }
}

#[test]
fn what_codex_types_is_asked_about_or_loud() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with("codex", POLICY, &[("typed", scenario())]);
    bench.prompt("typed", "Outside.");
    let (request, step) = until_typed(&mut bench);
    assert_eq!(inline(step.command.as_ref()), "touch typed.txt");
    let reasons = &request.verdict.as_ref().unwrap().reasons;
    assert!(!reasons.iter().any(|reason| reason.contains("subagent")), "{reasons:?}");
    // It is no command line of taut's: an edit of it is refused, whatever it says, and it goes on waiting.
    for args in [json!({"command": "touch edited.txt"}), json!({"into": "bash", "typed": "touch edited.txt\n"})] {
        let offer = Some(request.offers[0].id.clone());
        let decision = Decision::Edit { offer, args: args.to_string().into(), reason: None };
        let (id, digest) = (request.id, request.digest);
        let reply = bench.hub.command(Wish::Decide { request: id, digest, decision, overridden: false });
        assert!(matches!(&reply, Reply::Refused { why } if why.contains("can't take an edited call")), "{reply:?}");
    }
    assert!(!bench.has("typed.txt") && !bench.has("edited.txt"));
    bench.allow(&request, OfferKind::AllowOnce);
    // What a rule denies is denied as any command line is, and nobody is asked.
    let (request, step) = bench.next_ask().expect("the last text is asked about");
    assert_eq!(inline(step.command.as_ref()), "exit");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert!(bench.has("typed.txt") && bench.has("build/out.txt"));
    let outcomes: Vec<_> =
        typing(&bench).iter().map(|it| it.request().unwrap().verdict.clone().unwrap().outcome).collect();
    assert_eq!(outcomes, [Outcome::Ask, Outcome::Deny, Outcome::Ask]);
    assert_eq!(bench.session().ungated, 0);

    // In its sandbox it asks about none of it, and tells of each when it has run.
    assert_eq!(bench.hub.command(Wish::SetMode { session: bench.id, mode: "auto".to_owned() }), Reply::Done);
    bench.prompt("typed", "Inside.");
    assert!(bench.next_ask().is_none());
    assert!(!bench.has("build/out.txt"), "it ran: this is what is loud");
    let inside = &typing(&bench)[3..];
    let seen: Vec<_> = inside
        .iter()
        .map(|it| (inline(it.command.as_ref()), it.gate.clone(), it.verdict.as_ref().map(|it| it.outcome)))
        .collect();
    let ungated = |line, outcome| (line, Gate::Ungated, Some(outcome));
    assert_eq!(
        seen,
        [
            ungated("touch typed.txt", Outcome::Ask),
            ungated("rm -r build", Outcome::Deny),
            ungated("exit", Outcome::Ask)
        ]
    );
    assert_eq!(bench.session().ungated, 3);
    bench.leave();
}
