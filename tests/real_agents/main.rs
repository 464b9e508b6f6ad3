//! Real agents against the scripted model: from a prompt through the diff and an approval to a changed file, a denial
//! that leaves it as it was, an interrupt.
//!
//! Needs `TAUT_AGENTS` (a folder made by `agents.py install`) and `TAUT_SHARED` (with `tools/` and `fakemodel/`): see
//! `.ci/run`. Without them each test says so in one line and passes. Loopback only; each run has a home of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bench;

use bench::Bench;
use taut::domain::{CallPatch, OfferKind, Stop, Text};

/// The lines that the script writes into the greeting.
const WRITTEN: &str = "Hello, {name}!";

fn inline(text: Option<&Text>) -> &str {
    text.and_then(Text::inline).unwrap_or_default()
}

/// Whether a call would write the greeting, as far as its diff says.
fn writes_the_greeting(call: &CallPatch) -> bool {
    let changes = call.changes.iter().flatten();
    changes.into_iter().any(|change| {
        change.path.ends_with("greet.py")
            && [&change.new, &change.patch].iter().any(|text| inline(text.as_ref()).contains(WRITTEN))
    })
}

fn approves(agent: &str) {
    let mut bench = Bench::new(agent, "edit");
    bench.prompt("Fix the typo in the greeting.");
    let mut diffs = 0;
    while let Some(ask) = bench.next_ask() {
        diffs += usize::from(writes_the_greeting(&bench.call(&ask.call)));
        bench.answer(&ask, OfferKind::AllowOnce);
    }
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert_eq!(diffs, 1, "the diff was shown before it was written");
    assert!(bench.greeting().contains(WRITTEN), "{}", bench.greeting());
    bench.prompt("A follow-up: is anything left?");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert!(bench.said().contains("Nothing else needs a change."), "{}", bench.said());
}

fn denies(agent: &str) {
    let mut bench = Bench::new(agent, "edit");
    let before = bench.greeting();
    bench.prompt("Fix the typo in the greeting.");
    let mut denied = 0;
    while let Some(ask) = bench.next_ask() {
        let edit = writes_the_greeting(&bench.call(&ask.call));
        denied += usize::from(edit);
        bench.answer(&ask, if edit { OfferKind::RejectOnce } else { OfferKind::AllowOnce });
    }
    // What a refusal does to the turn is the agent's own (acp.md, 19).
    assert!(matches!(bench.stop(), Stop::EndTurn | Stop::Cancelled));
    assert!(denied >= 1);
    assert_eq!(bench.greeting(), before);
}

fn is_interrupted(agent: &str) {
    let mut bench = Bench::new(agent, "slow");
    bench.prompt("Run the slow tool.");
    let ask = bench.next_ask().expect("the slow command is asked about");
    assert!(inline(bench.call(&ask.call).command.as_ref()).contains("tick"));
    bench.answer(&ask, OfferKind::AllowOnce);
    bench.listen_for(2);
    bench.interrupt();
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::Cancelled);
    bench.prompt("A follow-up: still here?");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert!(bench.said().contains("Still here after the cancel."), "{}", bench.said());
}

/// Three tests an agent, or one line that says why not.
fn drive(agent: &str, test: fn(&str)) {
    if bench::folders().is_some() {
        test(agent);
    } else {
        println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
}

macro_rules! agents {
    ($($name:ident: $agent:literal,)*) => {$(
        mod $name {
            #[test]
            fn writes_what_was_approved() {
                super::drive($agent, super::approves);
            }

            #[test]
            fn leaves_what_was_denied() {
                super::drive($agent, super::denies);
            }

            #[test]
            fn stops_when_interrupted() {
                super::drive($agent, super::is_interrupted);
            }
        }
    )*};
}

agents! {
    goose: "goose",
    gemini_cli: "gemini-cli",
    copilot: "copilot",
    opencode: "opencode",
    claude_agent_acp: "claude-agent-acp",
    codex_acp: "codex-acp",
}
