//! A session that an agent held alone goes on by taut: under the agent's own id, with what was said before, as one session.

use super::bench::{self, Bench};
use super::hub;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use taut::domain::{At, Command as Wish, Reply, SessionId, Stop};
use taut::recordings::{Recordings, places};
use taut::state::Life;

fn scenario() -> Value {
    let said = |text: &str| json!({"turns": [{"text": text}]});
    let prompts = ["One.", "Two.", "Three."].map(said);
    json!({"prompts": prompts})
}

/// The agent alone, without taut: its program and its environment, as `agents.py` has them.
fn alone(bench: &Bench, agent: &str) -> Command {
    let (agents, shared) = bench::folders().unwrap();
    let mut tool = Command::new("python3");
    tool.arg(shared.join("tools/agents.py")).args(["show", agent, "--port", &bench.port]);
    tool.arg("--dir").arg(&agents).arg("--home").arg(bench.folder().join("home"));
    let shown: Value = serde_json::from_slice(&tool.output().unwrap().stdout).unwrap();
    let mut command = Command::new(shown["cmd"][0].as_str().unwrap());
    let env = shown["env"].as_object().unwrap();
    command.envs(env.iter().map(|(key, value)| (key, value.as_str().unwrap())));
    command.current_dir(bench.folder().join("repo")).stdin(Stdio::null());
    command
}

/// The environment by which taut knows where the agent's transcripts lie.
fn env(bench: &Bench) -> Vec<(String, String)> {
    let home = bench.folder().join("home");
    let at = |key: &str, below: &str| (key.to_owned(), home.join(below).to_str().unwrap().to_owned());
    let own = [at("HOME", ""), at("CLAUDE_CONFIG_DIR", ".claude"), at("CODEX_HOME", ".codex")];
    std::env::vars().filter(|(key, _)| !own.iter().any(|(own, _)| own == key)).chain(own.clone()).collect()
}

/// What was recorded below a folder of the agent's, kept by taut.
fn kept(bench: &Bench, below: &str, known: &[PathBuf]) -> (SessionId, String, PathBuf) {
    let (found, _) = places::sessions(&bench.folder().join("home").join(below));
    let new: Vec<PathBuf> = found.into_iter().filter(|path| !known.contains(path)).collect();
    let [path] = new.as_slice() else { panic!("one new transcript: {new:?}") };
    let mut kept = Recordings::open(&bench.folder().join("state")).unwrap();
    let id = kept.keep(path, places::format_of(path).unwrap(), true, At(1)).unwrap().id;
    let one = kept.one(id).unwrap().unwrap();
    assert_eq!(one.session.turns.0, 1, "what it said alone");
    (id, one.native, one.path)
}

/// Goes on with the recording; what began is spoken with from here on.
fn goes_on(bench: &mut Bench, recording: SessionId, fork: bool) {
    let reply = bench.hub.command(Wish::Continue { recording, fork, cwd: None, env: env(bench) });
    let Reply::Started { session: new } = reply else { panic!("{reply:?}") };
    let fate = |hub: &hub::Bench| hub.state.session(new).is_some_and(|it| it.life == Life::Open || !it.is_live());
    bench.hub.until("it is open, or has failed", fate);
    bench.id = new;
    assert!(bench.session().is_live(), "{:?} {:?}", bench.session().life, bench.session().last_words);
}

fn says(bench: &mut Bench) -> String {
    let before = bench.said().len();
    bench.prompt("talk", "Go on.");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn, "{:?}", bench.notes());
    bench.said()[before..].to_owned()
}

/// How often sessions of a native id are listed, taut's own and those of other tools.
fn listed(bench: &Bench, native: &str) -> (usize, usize) {
    let ls = |more: &[&str]| {
        let mut command = Command::new(hub::program());
        command.args(["ls", "--json", "--state"]).arg(bench.folder().join("state")).args(more);
        let said = String::from_utf8(command.env("HOME", bench.folder()).output().unwrap().stdout).unwrap();
        said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let own = ls(&[]).iter().filter(|row| row["id"] == bench.id.to_string()).count();
    (own, ls(&["--recorded"]).iter().filter(|row| row["native"] == native).count())
}

fn whole(agent: &str, below: &str, words: &[&str]) {
    if bench::folders().is_none() {
        return println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with(agent, "", &[("talk", scenario())]);
    let known = places::sessions(&bench.folder().join("home").join(below)).0;
    let done = alone(&bench, agent).args(words).arg("[[fake scenario=talk]] Begin.").output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("One."), "{said} {}", String::from_utf8_lossy(&done.stderr));
    let (recording, native, path) = kept(&bench, below, &known);
    assert_eq!(listed(&bench, &native), (1, 1), "taut's own is another one so far");

    // Nobody has it any more: it goes on as itself.
    goes_on(&mut bench, recording, false);
    assert!(bench.notes().iter().any(|note| note.starts_with(&format!("Goes on from the recording {recording}"))));
    assert_eq!(says(&mut bench), "Two.", "it knows what was said before");
    let natives: Vec<&str> = bench.session().sources.iter().map(|source| source.native.as_str()).collect();
    assert!(!natives.is_empty() && natives.iter().all(|one| *one == native), "{natives:?} and {native}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("One.") && text.contains("Two."), "both stand in the agent's own transcript");
    assert_eq!(listed(&bench, &native), (1, 0), "from here on it is one session");
    let mut again = |fork| bench.hub.command(Wish::Continue { recording, fork, cwd: None, env: Vec::new() });
    let Reply::Refused { why } = again(false) else { panic!("it is not refused") };
    assert!(why.contains("goes on here already"), "{why}");

    // And as a copy beside it, which leaves it as it is.
    let first = bench.id;
    goes_on(&mut bench, recording, true);
    assert_eq!(says(&mut bench), "Three.", "it knows what was said before");
    let copy = bench.session().sources.last().unwrap().native.clone();
    assert_ne!(copy, native);
    bench.id = first;
    assert_eq!(says(&mut bench), "Three.", "the other one knows nothing of the copy");
    bench.leave();
}

#[test]
fn a_session_of_claude_alone_goes_on_as_one_of_tauts() {
    whole("claude", ".claude/projects", &["-p"]);
}

#[test]
fn a_session_of_codex_alone_goes_on_as_one_of_tauts() {
    whole("codex", ".codex/sessions", &["exec", "--skip-git-repo-check"]);
}
