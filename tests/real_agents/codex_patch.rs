//! Patches of codex: one call is one request, however it is given, and what can't be edited says so.

use super::bench::{self, Bench};
use serde_json::{Value, json};
use taut::domain::{Command as Wish, Decision, OfferKind, Reply};

fn scenario() -> Value {
    let patch = |file: &str| format!("*** Begin Patch\n*** Add File: {file}\n+one\n*** End Patch\n");
    let run = |line: String| json!({"calls": [{"tool": "exec_command", "args": {"cmd": line}}]});
    let prompt = |of: &str, turn: Value| json!({"match": of, "turns": [turn, {"text": "Done."}]});
    let heredoc = |file: &str| format!("apply_patch <<'EOF'\n{}EOF", patch(file));
    json!({"prompts": [
        prompt("Patch it", run(heredoc("made.txt"))),
        prompt("Refuse it", run(heredoc("no.txt"))),
        prompt("Do more", run(format!("{}\ntouch more.txt", heredoc("more.txt")))),
    ]})
}

#[test]
fn a_patch_on_a_command_line_is_one_request_of_codex() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with("codex", "", &[("patches", scenario())]);
    bench.prompt("patches", "Patch it.");
    let (request, step) = bench.next_ask().expect("it is asked about");
    assert!(step.changes.len() == 1 && step.changes[0].path.ends_with("made.txt"), "by what it writes: {step:?}");
    // Its arguments are not known, so nobody can run other ones.
    let args = json!({"command": "touch other.txt"}).to_string().into();
    let decision = Decision::Edit { offer: Some(request.offers[0].id.clone()), args, reason: None };
    let (id, digest) = (request.id, request.digest);
    let reply = bench.hub.command(Wish::Decide { request: id, digest, decision, overridden: false });
    assert!(matches!(&reply, Reply::Refused { why } if why.starts_with("it can't be edited, since ")), "{reply:?}");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none(), "asked once");
    assert!(bench.has("made.txt"));
    bench.prompt("patches", "Refuse it.");
    let (request, _) = bench.next_ask().expect("it is asked about");
    bench.deny(&request, "not that one");
    assert!(bench.next_ask().is_none() && !bench.has("no.txt"));
    // What does more than that is a command line, and held as one.
    bench.prompt("patches", "Do more.");
    let (request, step) = bench.next_ask().expect("it is asked about");
    assert!(super::inline(step.command.as_ref()).ends_with("touch more.txt"), "{step:?}");
    bench.deny(&request, "no");
    assert!(bench.next_ask().is_none() && !bench.has("more.txt"));
    assert_eq!(bench.session().ungated, 0);
    bench.leave();
}
