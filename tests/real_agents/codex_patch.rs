//! Patches of codex: one call is one request, however it is given, and what can't be edited says so.

use super::bench::{self, Bench};
use serde_json::{Value, json};
use taut::domain::{Command as Wish, Decision, OfferKind, Reply, TakenHunk};

/// A patch that makes a file, moves one that it changes, and deletes one.
fn moving() -> String {
    "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: secret.txt\n+x\n*** Update File: m.txt\n*** Move to: deep/m2.txt\n@@\n one\n-two\n+2\n*** Delete File: old.txt\n*** End Patch\nEOF".to_owned()
}

fn scenario() -> Value {
    let patch = |file: &str| format!("*** Begin Patch\n*** Add File: {file}\n+one\n*** End Patch\n");
    let run = |line: String| json!({"calls": [{"tool": "exec_command", "args": {"cmd": line}}]});
    let prompt = |of: &str, turn: Value| json!({"match": of, "turns": [turn, {"text": "Done."}]});
    let heredoc = |file: &str| format!("apply_patch <<'EOF'\n{}EOF", patch(file));
    json!({"prompts": [
        prompt("Patch it", run(heredoc("made.txt"))),
        prompt("Refuse it", run(heredoc("no.txt"))),
        prompt("Move in part", run(moving())),
        prompt("Move all", run(moving())),
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

#[test]
fn a_file_that_a_patch_of_codex_moves_is_moved_whole_or_not_at_all() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with("codex", "", &[("patches", scenario())]);
    let put = |bench: &Bench| {
        bench.write("m.txt", "one\ntwo\nthree\n");
        bench.write("old.txt", "old\n");
    };
    put(&bench);
    bench.prompt("patches", "Move in part.");
    let (request, step) = bench.next_ask().expect("it is asked about");
    let moved = step.changes.iter().find(|change| change.moved_to.is_some()).expect("it says that one moves");
    assert!(
        moved.path.ends_with("/m.txt") && moved.moved_to.as_deref().unwrap().ends_with("/deep/m2.txt"),
        "{moved:?}"
    );
    let reasons = &request.verdict.as_ref().unwrap().reasons;
    for reason in ["deletes 1 file", "moves 1 file"] {
        assert!(reasons.iter().any(|it| it == reason), "{reason}: {reasons:?}");
    }
    assert!(step.target().ends_with("old.txt"), "what it does worst is done to that one: {}", step.target());
    // Hunks are numbered in the order of the changes.
    let number =
        |of: &str| 1 + u32::try_from(step.changes.iter().position(|it| it.path.ends_with(of)).unwrap()).unwrap();
    let take = |hunks: &[u32]| {
        let hunks = hunks.iter().map(|&hunk| TakenHunk { hunk, edited: None }).collect();
        Wish::Decide {
            request: request.id,
            digest: request.digest,
            decision: Decision::Take { hunks, reason: None },
            overridden: false,
        }
    };
    let reply = bench.hub.command(take(&[number("m.txt")]));
    assert!(matches!(&reply, Reply::Refused { why } if why.contains("m.txt would move to")), "{reply:?}");
    assert!(bench.has("m.txt") && bench.file("m.txt").contains("two"), "nothing was done");
    assert_eq!(bench.hub.command(take(&[number("secret.txt")])), Reply::Done);
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.file("secret.txt").as_str(), bench.file("m.txt").as_str()), ("x\n", "one\ntwo\nthree\n"));
    assert!(bench.has("old.txt") && !bench.has("deep/m2.txt"));
    assert!(bench.model_was_told("was not moved to"), "and the agent knows it");
    std::fs::remove_file(bench.folder().join("repo/secret.txt")).unwrap();
    bench.prompt("patches", "Move all.");
    let (request, step) = bench.next_ask().expect("it is asked about");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert_eq!(
        (bench.file("deep/m2.txt").as_str(), bench.has("m.txt"), bench.has("old.txt")),
        ("one\n2\nthree\n", false, false)
    );
    let step = bench.step(&step);
    let compared = step.compared(&bench.session().cwd).expect("it has checkpoints");
    assert!(step.diverged.is_none() && !compared.differs(), "it did what it said: {compared:?}, {:?}", step.diverged);
    bench.leave();
}
