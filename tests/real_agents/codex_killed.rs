//! Codex whose hook is killed while its call waits: it runs such a call at once, which nothing of taut's can forbid. It is
//! called what it is, and the turn is interrupted.

use super::bench::{self, Bench};
use super::inline;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use taut::domain::{By, Closing, Command as Wish, Event, Gate, Reply, Stop};

/// Policy asks about all that begins so, in every mode.
const POLICY: &str = "[[rule]]\nthen = \"ask\"\nprefix = \"mkdir\"\n";

fn scenario() -> Value {
    let run =
        |command: &str| json!({"calls": [{"tool": "exec_command", "args": {"cmd": command, "yield_time_ms": 30000}}]});
    let prompt =
        |of: &str, command: &str| json!({"match": of, "turns": [run(command), {"text": "Done."}, {"text": "Done."}]});
    json!({"prompts": [
        prompt("Make it", "mkdir made"),
        prompt("Make it long", "mkdir long; sleep 61.7342; mkdir late"),
        prompt("Fail", "mkdir made; exit 3"),
    ]})
}

/// The one process that holds a call of a session back.
fn hook_of(session: &str) -> Option<Pid> {
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let words: Vec<&str> =
            line.split(|byte| *byte == 0).filter_map(|word| std::str::from_utf8(word).ok()).collect();
        let ours = words.get(1..3) == Some(&["hook", "codex"]) && words.contains(&session);
        ours.then(|| Pid::from_raw(pid)).flatten()
    })
}

#[test]
fn what_codex_runs_when_its_hook_was_killed_is_ungated_and_interrupted() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with("codex", POLICY, &[("killed", scenario())]);
    for (mode, text) in [("auto", "Make it."), ("auto", "Fail."), ("read-only", "Fail."), ("auto", "Make it long.")] {
        let before = bench.session().ungated;
        assert_eq!(bench.hub.command(Wish::SetMode { session: bench.id, mode: mode.to_owned() }), Reply::Done);
        bench.prompt("killed", text);
        let (request, step) = bench.next_ask().expect("policy asks");
        assert!(inline(step.command.as_ref()).starts_with("mkdir"));
        kill_process(hook_of(&bench.id.to_string()).expect("its hook waits"), Signal::KILL).unwrap();
        bench.hub.until("it to be missed", |hub| hub.state.waiting() == 0);
        assert!(bench.next_ask().is_none(), "{mode}, {text}: nobody is asked any more");
        let (how, _) = bench.request(request.id).closed.clone().expect("it is over");
        assert_eq!(how, Closing::HookGone, "{mode}, {text}");
        let step = bench.step(&step);
        let ran = bench.has("made") || bench.has("long");
        println!("codex, {mode}, {text}: {:?}, {:?}, made: {ran}", step.gate, step.output.inline());
        assert_eq!(bench.stop(), Stop::Cancelled, "{mode}, {text}");
        let known = bench.session().ungated > before;
        assert_eq!(known, ran, "{mode}, {text}: what ran is UNGATED, and nothing else, {step:?}");
        for made in ["made", "long"] {
            drop(std::fs::remove_dir(bench.folder().join("repo").join(made)));
        }
    }
    assert!(!bench.has("late"));
    let braked = |event: &Event| matches!(event, Event::InterruptAsked { by: By::Hub(_) });
    assert_eq!(bench.hub.records.iter().filter(|record| braked(&record.event)).count(), 4);
    assert!(bench.steps().iter().all(|step| !matches!(step.gate, Gate::AgentMode(_))));
    bench.leave();
}
