//! Real agents under a hub, against the scripted model: a denial that leaves a file as it was and whose reason goes with
//! the next prompt, an approval from the diff to the changed file, an interrupt and a prompt after it. And what only some
//! of them do: two questions at once, an *always* that covers more than it says.
//!
//! Needs `TAUT_AGENTS` (a folder made by `agents.py install`) and `TAUT_SHARED` (with `tools/` and `fakemodel/`): see
//! `.ci/run`. Without them each test says so in one line and passes. Loopback only; each run has a home of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod apart;
mod back;
mod bench;
mod claude;
mod codex;
mod codex_killed;
mod codex_patch;
mod codex_typed;
mod deciding;
mod hooked;
#[allow(dead_code, unreachable_pub, reason = "shared with other tests: each uses a part")]
#[path = "../support/hub.rs"]
mod hub;
mod onward;
mod recorded;
mod same;
mod seat;
mod undo;

#[allow(dead_code, unreachable_pub, clippy::pedantic, reason = "shared with other tests: each uses a part")]
#[path = "../support/place.rs"]
mod place;
#[allow(dead_code, unreachable_pub, clippy::pedantic, reason = "shared with other tests: each uses a part")]
#[path = "../support/pty.rs"]
mod pty;
#[allow(dead_code, unreachable_pub, clippy::pedantic, reason = "shared with other tests: each uses a part")]
#[path = "../support/tries.rs"]
mod tries;

use bench::Bench;
use hub::Turn;
use std::collections::BTreeSet;
use std::time::Duration;
use taut::domain::{
    CallStatus, Closing, Completeness, Event, Gate, Impact, OfferKind, Outcome, ReasonGoes, Reply, Risk, Stop, Text,
};
use taut::state::{Request, Stage, Step, What};

/// The lines that the script writes into the greeting.
const WRITTEN: &str = "Hello, {name}!";
const REASON: &str = "use the house style";

fn inline(text: Option<&Text>) -> &str {
    text.and_then(Text::inline).unwrap_or_default()
}

/// Whether a step would write the greeting, as far as its diff says.
fn writes_the_greeting(step: &Step) -> bool {
    step.changes.iter().any(|change| {
        change.path.ends_with("greet.py")
            && [&change.new, &change.patch].iter().any(|text| inline(text.as_ref()).contains(WRITTEN))
    })
}

/// A request has its verdict, with its reasons; every agent is in a mode that asks for what writes or runs.
fn is_judged(request: &Request, step: &Step) {
    let verdict = request.verdict.as_ref().expect("a request is judged when it is asked");
    assert_eq!((verdict.outcome, verdict.rule.source.as_str()), (Outcome::Ask, "built-in"), "{verdict:?}");
    let (impact, reason) = match step.impact {
        Impact::Edit => (Impact::Edit, "writes in src/"),
        _ => (Impact::Execute, "runs a command"),
    };
    assert_eq!(step.impact, impact);
    assert!(verdict.reasons.iter().any(|it| it == reason), "{verdict:?}");
    let doubted = request.payload == Completeness::TitleOnly;
    assert_eq!(verdict.risk, if doubted { Risk::High } else { Risk::Mid }, "{verdict:?}");
}

/// All of one agent: one session, so that it starts once.
fn drive(agent: &str) {
    if bench::folders().is_none() {
        return println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::new(agent);
    leaves_what_was_denied(&mut bench);
    writes_what_was_approved(&mut bench);
    stops_when_interrupted(&mut bench);
    leaves_and_stops_at_a_denial_that_says_so(&mut bench);
    if matches!(agent, "codex-acp" | "copilot") {
        asks_two_things_at_once(&mut bench);
    }
    let session = bench.session();
    assert_eq!((session.unrecognised, session.ungated), (0, 0), "{:?}", bench.steps());
    assert!(session.open.is_empty(), "every request is over: {:?}", session.open);
    assert_eq!(session.meter.used.is_some(), agent != "gemini-cli", "gemini tells nobody what it carries");
    assert!(session.loosened.is_empty() && session.modes.iter().any(|mode| Some(&mode.id) == session.mode.as_ref()));
    if agent == "claude-agent-acp" {
        does_more_than_always_said(&mut bench);
    }
    if matches!(agent, "copilot" | "opencode") {
        recorded::is_read(&bench);
    }
    bench.leave();
}

fn leaves_what_was_denied(bench: &mut Bench) {
    let before = bench.greeting();
    bench.prompt("edit", "Fix the typo in the greeting.");
    let mut denied = vec![];
    while let Some((request, step)) = bench.next_ask() {
        is_judged(&request, &step);
        if writes_the_greeting(&step) {
            bench.deny(&request, REASON);
            denied.push((request, step));
        } else {
            bench.allow(&request, OfferKind::AllowOnce);
        }
    }
    // What a refusal does to the turn is the agent's own (acp.md, 19).
    assert!(matches!(bench.stop(), Stop::EndTurn | Stop::Cancelled));
    assert!(!denied.is_empty());
    for (request, step) in denied {
        assert_eq!(bench.request(request.id).stage(), Stage::TakenUp, "a denial that ended the turn was heard");
        assert_eq!(bench.step(&step).gate, Gate::Unknown, "it did not run");
        assert_ne!(bench.step(&step).status, CallStatus::Done);
    }
    assert_eq!(bench.greeting(), before);
}

fn writes_what_was_approved(bench: &mut Bench) {
    bench.prompt("edit", "Fix the typo in the greeting now.");
    let sent = bench.hub.records.iter().rev().find_map(|record| match &record.event {
        Event::PromptSent { text, .. } => text.inline(),
        _ => None,
    });
    assert!(sent.is_some_and(|text| text.ends_with("now.")), "{sent:?}");
    // A reason that can't go with the answer goes with the next prompt.
    let with_answer = bench.carries().reason != ReasonGoes::NextPrompt;
    assert_ne!(sent.is_some_and(|text| text.contains(REASON)), with_answer, "{sent:?}");
    // Codex asks twice about one command: whether it may run, and whether outside its sandbox.
    let (mut edits, mut commands) = (0, BTreeSet::new());
    while let Some((request, step)) = bench.next_ask() {
        is_judged(&request, &step);
        let edit = writes_the_greeting(&step);
        let before = step.changes.first().and_then(|change| change.old.as_ref().or(change.patch.as_ref()));
        assert!(!edit || inline(before).contains("Helo"), "{:?}", step.changes);
        edits += usize::from(edit);
        commands.extend(inline(step.command.as_ref()).contains("unittest").then(|| step.call.0.clone()));
        let before = bench.greeting();
        bench.allow(&request, OfferKind::AllowOnce);
        bench.hub.until("the answer to be taken up", |hub| {
            hub.state.request(request.id).is_some_and(|request| request.stage() == Stage::TakenUp)
        });
        assert_eq!(bench.step(&step).gate, Gate::Asked);
        assert!(edit || before == bench.greeting(), "nothing but the edit changes the file");
    }
    assert_eq!(
        (bench.stop(), edits, commands.len()),
        (Stop::EndTurn, 1, 1),
        "the diff was shown before it was written"
    );
    assert!(bench.greeting().contains(WRITTEN), "{}", bench.greeting());
    assert!(bench.model_was_told(REASON), "the reason reaches the model");
    for step in bench.steps().iter().filter(|step| step.requests.is_empty()) {
        // Codex has one tool for looking and doing: what its sandbox lets run is said to be that.
        let by_sandbox = matches!(step.gate, Gate::AgentMode(_)) && step.command.is_some();
        assert!(step.gate == Gate::ReadClass || by_sandbox, "{step:?}");
    }
}

fn stops_when_interrupted(bench: &mut Bench) {
    bench.prompt("slow", "Run the slow tool.");
    let (request, step) = bench.next_ask().expect("the slow command is asked about");
    assert!(inline(step.command.as_ref()).contains("tick"));
    bench.allow(&request, OfferKind::AllowOnce);
    bench.hub.listen(Duration::from_millis(1200));
    bench.interrupt();
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::Cancelled);
    let how = bench.request(request.id).closed.as_ref().map(|(how, _)| how);
    assert!(matches!(how, None | Some(Closing::Withdrawn(_))), "{how:?}");
    assert_eq!(bench.step(&step).gate, Gate::Asked, "whatever it did, it was allowed to");
    bench.prompt("slow", "A follow-up: still here?");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert!(bench.said().contains("Still here after the cancel."), "{}", bench.said());
}

fn leaves_and_stops_at_a_denial_that_says_so(bench: &mut Bench) {
    bench.prompt("shell_only", "Remove the build folder.");
    let (request, step) = bench.next_ask().expect("a command is asked about");
    assert!(inline(step.command.as_ref()).contains("rm -rf build"));
    assert_eq!(bench.hub.deny(request.id, "the build is needed", Turn::Ends), Reply::Done);
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::Cancelled);
    let request = bench.request(request.id);
    assert_eq!((request.stage(), &request.closed), (Stage::TakenUp, &None));
    assert_eq!(bench.step(&step).gate, Gate::Unknown, "it did not run");
    assert!(bench.has("build/out.txt") && !bench.has("removed.txt"));
}

/// Codex and copilot ask about calls of one message side by side (acp.md, 20).
fn asks_two_things_at_once(bench: &mut Bench) {
    bench.prompt("multi", "Rename it.");
    let (first, _) = bench.next_ask().expect("an edit is asked about");
    bench.hub.until("a second question", |hub| hub.state.waiting() == 2);
    let second = bench.session().waiting().map(|(request, _, _)| request.clone()).find(|it| it.id != first.id).unwrap();
    bench.allow(&second, OfferKind::AllowOnce);
    bench.hub.until("the second alone", |hub| {
        hub.state.request(second.id).is_some_and(|request| request.stage() == Stage::TakenUp)
    });
    assert!(bench.request(first.id).waits(), "each has its own answer");
    bench.allow(&first, OfferKind::AllowOnce);
    while let Some((request, _)) = bench.next_ask() {
        bench.allow(&request, OfferKind::AllowOnce);
    }
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert!(bench.greeting().contains("def welcome") && bench.has("CHANGELOG.md"));
}

/// Claude takes *all edits* to cover commands that remove files (acp.md, 21): that is seen, and not taken for granted.
fn does_more_than_always_said(bench: &mut Bench) {
    bench.prompt("multi", "Rename it.");
    let (request, _) = bench.next_ask().expect("an edit is asked about");
    bench.allow(&request, OfferKind::AllowAlways);
    assert!(bench.next_ask().is_none(), "nothing more is asked");
    bench.prompt("shell_only", "Remove the build folder.");
    assert!(bench.next_ask().is_none(), "not even this");
    assert!(bench.has("removed.txt"));
    let session = bench.session();
    assert_eq!((session.loosened.len(), session.grants.len(), session.ungated), (1, 1, 1));
    let steps = bench.steps();
    let last = steps.last().unwrap();
    assert_eq!((inline(last.command.as_ref()).contains("rm -rf"), &last.gate), (true, &Gate::Ungated));
    assert!(last.verdict.is_some(), "what policy says of it is on record");
    let granted = steps.iter().filter(|step| matches!(step.gate, Gate::Granted(_))).count();
    assert_eq!(granted, 3, "the edits after the first");
}

/// How a session comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Back {
    /// With its conversation.
    Whole,
    /// Mostly with none: the agent says that it can load one, and finds it only where it has written it in time.
    AsItMay,
}

/// An ended session is opened again: the agent brings its own conversation along, taut says what it could not bring, and
/// the next prompt is answered.
pub(crate) fn comes_back(agent: &str, how: Back) {
    if bench::folders().is_none() {
        return println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::new(agent);
    bench.prompt("edit", "Fix the typo in the greeting.");
    while let Some((request, _)) = bench.next_ask() {
        bench.allow(&request, OfferKind::AllowOnce);
    }
    let old = bench.reopen();
    let (was, is) = (bench.other(old).clone(), bench.session().clone());
    let notes = bench.notes();
    println!("{agent}: load {}, resume {}; {notes:#?}", was.can.load, was.can.resume);
    assert!(is.is_live(), "{:?} {:?}", is.life, is.last_words);
    assert_eq!((&is.name, &is.cwd, &is.agent), (&was.name, &was.cwd, &was.agent));
    let said = notes.iter().find(|note| note.starts_with("Reopened from")).expect("it says what came back");
    let same = is.sources.last().map(|source| &source.native) == was.sources.last().map(|source| &source.native);
    assert!(same || how == Back::AsItMay, "{:?} {:?}; {notes:?}", was.sources, is.sources);
    assert_eq!(notes.iter().any(|note| note.contains("knows nothing of it")), !same, "{notes:?}");
    if same && was.can.load {
        assert!(!said.contains("Not brought back: the conversation"), "{said}");
        let spoken = is.timeline.entries.values().filter(|entry| matches!(entry.what, What::Said { .. })).count();
        assert!(spoken > 0, "what was said is shown again");
    }
    assert_eq!((is.turns.0, is.asked), (0, 0), "nothing runs or is asked by itself");
    bench.prompt("edit", "And once more.");
    while let Some((request, _)) = bench.next_ask() {
        bench.allow(&request, OfferKind::AllowOnce);
    }
    assert_eq!(bench.stop(), Stop::EndTurn);
    bench.leave();
}

#[test]
fn gemini_cli_comes_back() {
    comes_back("gemini-cli", Back::AsItMay);
}

#[test]
fn opencode_comes_back() {
    comes_back("opencode", Back::Whole);
}

#[test]
fn claude_agent_acp_comes_back() {
    comes_back("claude-agent-acp", Back::Whole);
}

#[test]
fn gemini_cli() {
    drive("gemini-cli");
}

#[test]
fn goose() {
    drive("goose");
}

#[test]
fn copilot() {
    drive("copilot");
}

#[test]
fn opencode() {
    drive("opencode");
}

#[test]
fn claude_agent_acp() {
    drive("claude-agent-acp");
}

#[test]
fn codex_acp() {
    drive("codex-acp");
}

#[test]
fn codex_natively() {
    drive("codex");
}
