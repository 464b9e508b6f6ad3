//! The same scenario over ACP, Claude's and Codex's own protocols: whoever carries a decision, the same comes of it, and
//! the same is on record.

use crate::bench::{self, Bench};
use crate::inline;
use serde_json::{Value, json};
use taut::domain::fields::{self, Meaning};
use taut::domain::{Command as Wish, Decision, Event, Gate, Matcher, OfferKind, Reply, RequestId, Stop, TakenHunk};
use taut::state::{Request, Stage, Step};

/// One agent of each protocol.
const AGENTS: [&str; 3] = ["opencode", "claude", "codex"];

/// The lines of a file of which three places change.
fn file(lines: [&str; 3]) -> String {
    let pad: Vec<String> = (0..12).map(|n| format!("line {n}")).collect();
    lines.iter().map(|line| [*line, &pad.join("\n"), ""].join("\n")).collect()
}

fn scenario() -> Value {
    let run = |command: &str| json!({"calls": [{"do": "shell", "command": command, "description": "Run it", "escalate": true}]});
    let edit =
        |old: String, new: String| json!({"calls": [{"do": "edit", "path": "three.txt", "old": old, "new": new}]});
    let done = || json!({"text": "Done."});
    let prompt = |of: &str, turns: &[Value]| json!({"match": of, "turns": turns});
    json!({"about": "own", "side_text": "A title", "prompts": [
        prompt("was not run as", &[done()]),
        prompt("Allow this", &[run("echo one > one.txt"), done()]),
        prompt("Deny this", &[run("echo two > two.txt"), done()]),
        prompt("Edit this", &[run("echo theirs > theirs.txt"), done()]),
        prompt("Take a part", &[json!({"calls": [{"do": "read", "path": "three.txt"}]}),
            edit(file(["a", "b", "c"]), file(["A", "B", "C"])), done()]),
        prompt("Grant this", &[run("echo four > four.txt"), done()]),
        prompt("And again", &[run("echo four > four.txt"), done()]),
        prompt("Once more", &[run("echo four > four.txt"), done()]),
    ]})
}

/// What is on record of a request, in the words that no adapter changes.
fn life(bench: &Bench, id: RequestId, step: &Step) -> Vec<String> {
    let of = |other: &RequestId| *other == id;
    let own = bench.hub.records.iter().filter(|record| record.session == id.session);
    let word = own.filter_map(|record| match &record.event {
        Event::Asked { .. } if record.seq == id.seq => Some("asked".to_owned()),
        Event::Judged { request: Some(request), verdict, .. } if of(request) => {
            Some(format!("judged {:?}", verdict.outcome))
        }
        Event::CallEdited { request, .. } if of(request) => Some("edited".to_owned()),
        Event::Decided { request, decision, .. } if of(request) => Some(format!("decided: {}", decision.word())),
        Event::Sent { request } if of(request) => Some("sent".to_owned()),
        Event::TakenUp { request } if of(request) => Some("taken up".to_owned()),
        Event::RequestClosed { request, how } if of(request) => Some(format!("closed {how:?}")),
        Event::Diverged { call, how } if *call == step.call => Some(format!("DIVERGED {how:?}")),
        _ => None,
    });
    word.collect()
}

/// Goes through a turn: the one request that is not a read is answered, and all that follows on it.
fn turn(bench: &mut Bench, prompt: &str, decide: impl Fn(&Request, &Step) -> Decision) -> (Vec<String>, Step) {
    bench.prompt("own", prompt);
    let mut asked = bench.next_ask().unwrap_or_else(|| panic!("{prompt}: nothing was asked"));
    // Codex reads a file by a command, and its hook asks about every one.
    while prompt.starts_with("Take") && asked.1.changes.is_empty() {
        bench.allow(&asked.0, OfferKind::AllowOnce);
        asked = bench.next_ask().unwrap_or_else(|| panic!("{prompt}: nothing but a read was asked"));
    }
    let (request, step) = asked;
    let digest = request.digest;
    let wish = Wish::Decide { request: request.id, digest, decision: decide(&request, &step), overridden: false };
    assert_eq!(bench.hub.command(wish), Reply::Done, "{prompt}");
    // Where taut did the work, the agent hears of it in a turn of its own.
    bench.hub.until("the end of all turns", |hub| {
        let session = hub.state.session(request.id.session).unwrap();
        let heard = session.request(request.id.seq).is_none_or(|request| request.stage() > Stage::Decided);
        hub.state.waiting() > 0 || (heard && session.turn.is_none() && session.queue.is_empty())
    });
    assert!(bench.session().waiting().next().is_none(), "{prompt}: asked once");
    assert!(matches!(bench.stop(), Stop::EndTurn | Stop::Cancelled), "{prompt}: {:?}", bench.stop());
    let now = bench.session().step_of(&step.call).cloned().unwrap_or(step);
    (life(bench, request.id, &now), now)
}

fn once(request: &Request) -> String {
    request.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).expect("a single allowance").id.clone()
}

/// The arguments with another command, as a human edits them.
fn with_command(step: &Step, command: &str) -> String {
    let args = inline(step.args.as_ref());
    let mut known = fields::fields(args);
    let field = known.iter_mut().find(|field| field.meaning == Meaning::Command);
    command.clone_into(&mut field.unwrap_or_else(|| panic!("no command among {args}")).text);
    fields::with_fields(args, &known)
}

/// Every decision with one agent: what is on record of each.
fn all_decisions(agent: &str) -> Vec<(&'static str, Vec<String>)> {
    let mut bench = Bench::with(agent, "", &[("own", scenario())]);
    bench.write("three.txt", &file(["a", "b", "c"]));
    let allow = |request: &Request, _: &Step| Decision::Allow { offer: once(request) };
    let mut lives = Vec::new();

    let (life, step) = turn(&mut bench, "Allow this.", allow);
    assert_eq!((bench.file("one.txt").as_str(), &step.gate), ("one\n", &Gate::Asked), "{agent}");
    lives.push(("allow", life));

    let (life, step) = turn(&mut bench, "Deny this.", |request, _| {
        let offer = request.offers.iter().find(|offer| offer.kind == OfferKind::RejectOnce);
        let offer = offer.map(|offer| offer.id.clone());
        Decision::Deny { offer, reason: Some("not like this".into()), interrupt: false }
    });
    assert_eq!((bench.has("two.txt"), &step.gate), (false, &Gate::Unknown), "{agent}");
    lives.push(("deny", life));

    let (life, step) = turn(&mut bench, "Edit this.", |request, step| {
        let args = with_command(step, "echo mine > mine.txt");
        Decision::Edit { offer: Some(once(request)), args: args.into(), reason: None }
    });
    assert_eq!((bench.file("mine.txt").as_str(), bench.has("theirs.txt")), ("mine\n", false), "{agent}");
    assert!(inline(step.command.as_ref()).contains("theirs.txt"), "{agent}: what was proposed stays on record");
    assert!(bench.model_was_told("echo mine > mine.txt"), "{agent}: the model is told what ran");
    lives.push(("edit", life));

    let (life, step) = turn(&mut bench, "Take a part.", |_, _| Decision::Take {
        hunks: vec![TakenHunk { hunk: 2, edited: None }],
        reason: Some("only the second".into()),
    });
    assert_eq!(bench.file("three.txt"), file(["a", "B", "c"]), "{agent}");
    assert!(step.edited.is_some() && bench.model_was_told("only the second"), "{agent}");
    lives.push(("a part", life));

    let (life, _) = turn(&mut bench, "Grant this.", |request, _| {
        let exact = request.how.scopes.iter().find(|scope| matches!(scope, Matcher::Exact { .. }));
        let matcher = exact.unwrap_or_else(|| panic!("{agent}: {:?}", request.how.scopes)).clone();
        Decision::AllowFor { offer: once(request), matcher, until: None }
    });
    lives.push(("grant", life));
    bench.write("four.txt", "");
    bench.prompt("own", "And again.");
    let asked = bench.next_ask();
    assert!(asked.is_none(), "{agent}: the same call runs by the grant, and was asked: {asked:?}");
    assert_eq!(bench.file("four.txt"), "four\n", "{agent}");
    let grant = *bench.session().grants.keys().next().unwrap();
    assert_eq!(bench.hub.command(Wish::Revoke { grant }), Reply::Done);
    let (life, _) = turn(&mut bench, "Once more.", allow);
    lives.push(("asked again", life));
    assert_eq!((bench.session().unrecognised, bench.session().ungated), (0, 0), "{agent}: {:?}", bench.steps());
    bench.leave();
    lives
}

#[test]
fn the_same_comes_of_the_same_decisions_whoever_carries_them() {
    if bench::folders().is_none() {
        return println!("the same over three protocols: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let all = AGENTS.map(|agent| (agent, all_decisions(agent)));
    let (first, expected) = &all[0];
    println!("{expected:#?}");
    for (agent, lives) in &all[1..] {
        assert_eq!(lives, expected, "{agent} beside {first}");
    }
}
