//! A real agent behind the socket: its hub is a process of its own, consoles come, are killed and come again, and the
//! agent notices nothing of it. One of them answers, and the others see that.

use super::WRITTEN;
use super::bench::{folders, model_of};
use super::hub::Bench;
use super::place::{Place, lives, until_within};
use super::pty::Terminal;
use rustix::process::Signal;
use std::process::Command;
use std::time::Duration;
use taut::domain::{By, Event, OfferKind, Reply};

/// Longer than any agent needs for a start or a turn, on a very busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

/// A console is killed, as a crash does it.
fn killed(mut console: Terminal) {
    console.signal(Signal::KILL);
    console.ends();
}

fn works_on_while_consoles_come_and_go(agent: &str) {
    let Some((agents, shared)) = folders() else {
        return println!("{agent} apart: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    };
    let place = Place::new();
    let repo = place.path().join("repo");
    let tools = shared.join("tools/agents.py");
    assert!(Command::new("python3").arg(&tools).arg("repo").arg(&repo).status().unwrap().success());
    let (_model, port) = model_of(&shared, &shared.join("fakemodel/scenarios"), "edit", &repo);
    let home = place.path().join("home");
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let words =
        ["python3", &text(&tools), "exec", agent, "--port", &port, "--dir", &text(&agents), "--home", &text(&home)];
    let config = place.path().join(".config/taut");
    std::fs::create_dir_all(&config).unwrap();
    let command = serde_json::to_string(&words).unwrap();
    let config_text = format!("start_within = \"4m\"\n[agents.{agent}]\ncommand = {command}\n");
    std::fs::write(config.join("config.toml"), config_text).unwrap();
    place.done(&["daemon", "start"]);
    let hub = place.hub();
    // Two are there before it begins.
    let first = Terminal::apart(place.path(), &[]);
    let mut other = Bench::attached(&place.state().join("hub.sock"));
    other.patience = PATIENCE;
    let mut start = place.command(&["run", "--detach", "--agent", agent, "--name", "real", "Fix the typo."]);
    // The interpreter may be found through the human's own home.
    start.current_dir(&repo).env("XDG_CONFIG_HOME", place.path().join(".config"));
    start.envs(std::env::vars().filter(|(key, _)| key == "HOME" || key.starts_with("PYENV")));
    let said = place.said(&mut start);
    assert_eq!(said.code, Some(0), "{said:?}");
    let asked = other.waiting();
    first.shows("1 waiting");
    killed(first);
    // It waits on; who comes now sees it, and answers with a key.
    let second = Terminal::apart(place.path(), &[]);
    second.shows("1 waiting");
    second.keys("w");
    second.shows("REVIEW 1 of 1");
    std::thread::sleep(Duration::from_millis(900));
    // To the end of what it would do, however long.
    second.keys("G");
    std::thread::sleep(Duration::from_millis(900));
    second.keys("a");
    let is_by_it = |event: &Event| matches!(event, Event::Decided { request, by: By::Console { .. }, decision, .. } if *request == asked && decision.allows());
    other.until("what the other console decided", |bench| bench.position(is_by_it).is_some());
    other.until("the agent to act on it", |bench| bench.state.request(asked).unwrap().taken_up.is_some());
    killed(second);
    assert!(lives(hub) && place.hub() == hub, "the hub that was there");
    // The rest of the turn is answered over a link; a third console comes in the middle.
    let third = Terminal::apart(place.path(), &[]);
    let session = asked.session;
    let is_idle =
        |bench: &Bench| bench.state.session(session).is_some_and(|it| it.turn.is_none() && it.stopped.is_some());
    loop {
        other.until("a question or the end", |bench| bench.state.waiting() > 0 || is_idle(bench));
        let Some(next) = other.state.queue().first().map(|waiting| waiting.request.id) else { break };
        match other.answer(next, OfferKind::AllowOnce) {
            Reply::Done => {}
            // The agent may be quicker: what it no longer asks needs no answer.
            Reply::Refused { why } if why.contains("the agent took it back") => {}
            reply => panic!("{reply:?}"),
        }
    }
    let greeting = std::fs::read_to_string(repo.join("src/greet.py")).unwrap();
    assert!(greeting.contains(WRITTEN), "{greeting}");
    third.shows("1 live").hides("waiting");
    killed(third);
    until_within(PATIENCE, "a hub that wants nothing", || place.done(&["queue"]).contains("Nothing waits"));
    assert_eq!(place.count(|event| matches!(event, Event::Ended { .. })), 0, "it runs on");
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn gemini_cli_works_on_while_consoles_come_and_go() {
    works_on_while_consoles_come_and_go("gemini-cli");
}

#[test]
fn opencode_works_on_while_consoles_come_and_go() {
    works_on_while_consoles_come_and_go("opencode");
}
