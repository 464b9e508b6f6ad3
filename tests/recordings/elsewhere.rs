//! A console hears which sessions other tools run: what agents say of them, and that it is over.

use super::support::hub::Bench;
use super::support::place::{Place, until};
use super::{turn, written};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use taut::domain::{Answer, Doing, Elsewhere, Event, Query};

/// A process that is somebody's session, until it is killed.
struct Agent(Child);

impl Agent {
    fn new() -> Self {
        Self(Command::new("sleep").arg("600").spawn().unwrap())
    }

    /// What it says of its session, as Claude Code does.
    fn says(&self, folder: &Path, status: &str, waits: Option<&str>) {
        let pid = self.0.id();
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let began = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap();
        let said = json!({
            "pid": pid, "procStart": began, "sessionId": "aaaa-1", "cwd": "/w/project", "kind": "interactive",
            "status": status, "waitingFor": waits, "statusUpdatedAt": 1_800_000_000_000_u64, "peerProtocol": 1,
        });
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(format!("{pid}.json")), said.to_string()).unwrap();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn last(bench: &Bench) -> Option<&Elsewhere> {
    bench.elsewhere.iter().rev().find(|one| one.native == "aaaa-1")
}

fn asked(bench: &mut Bench) -> Vec<Elsewhere> {
    bench.answers.clear();
    bench.link.ask(Query::Elsewhere);
    bench.until("the list", |bench| !bench.answers.is_empty());
    match bench.answers.pop() {
        Some(Answer::Elsewhere { listed }) => listed,
        other => panic!("{other:?}"),
    }
}

/// Everything below a folder, with what stands in it.
fn all_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(all_below(&path)),
            false => all.push((path.to_string_lossy().into_owned(), fs::read(&path).unwrap())),
        }
    }
    all.sort();
    all
}

#[test]
fn a_console_hears_what_agents_say_of_their_sessions_until_they_die() {
    let place = Place::new();
    let path = written(&place.path().join(".claude/projects/p"), "aaaa-1", 1);
    let registry = place.path().join(".claude/sessions");
    let agent = Agent::new();
    agent.says(&registry, "busy", None);
    // What another one left that died with its machine.
    fs::write(registry.join("1.json"), r#"{"pid":999999999,"sessionId":"aaaa-1","status":"idle"}"#).unwrap();
    place.done(&["daemon", "start"]);
    until("it to be kept", || place.done(&["ls", "--recorded", "--json"]).contains("aaaa-1"));
    let mut bench = Bench::attached(&place.state().join("hub.sock"));
    let mut other = Bench::attached(&place.state().join("hub.sock"));
    let listed = asked(&mut bench);
    assert_eq!(listed.len(), 1);
    let one = &listed[0];
    assert_eq!((one.title.as_str(), one.agent.as_str(), one.cwd.as_str()), ("prompt 1", "claude", "/w/project"));
    assert!(matches!(one.doing, Doing::Busy { since: Some(_) }), "{:?}", one.doing);
    let before = all_below(&place.path().join(".claude"));

    agent.says(&registry, "waiting", Some("permission prompt"));
    let began = Instant::now();
    bench.until("that it waits", |bench| {
        last(bench).is_some_and(|one| matches!(&one.doing, Doing::Waits { what, .. } if what == "permission prompt"))
    });
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    let said: serde_json::Value = serde_json::from_str(&place.done(&["ls", "--recorded", "--json"])).unwrap();
    assert_eq!(
        (said["state"].as_str(), said["doing"]["what"].as_str()),
        (Some("elsewhere"), Some("permission prompt"))
    );

    agent.says(&registry, "busy", None);
    assert_eq!(all_below(&place.path().join(".claude")), before, "nothing of theirs is written");
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(turn("aaaa-1", 2, "more").as_bytes()).unwrap();
    bench.until("the next turn", |bench| last(bench).is_some_and(|one| one.turns == 2 && one.doing.goes_on()));

    // It is killed, and takes nothing with it: its file stays, and is not believed.
    drop(agent);
    bench.until("that it is over", |bench| last(bench).is_some_and(|one| one.doing == Doing::Past));
    other.listen(Duration::from_millis(50));
    assert!(other.elsewhere.is_empty(), "who did not ask is not told");
    place.done(&["daemon", "stop"]);
}

#[test]
fn a_hub_within_a_console_tells_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder.path().join(".claude/projects/p"), "aaaa-1", 2);
    let mut bench = Bench::new(folder.path());
    asked(&mut bench);
    let agent = Agent::new();
    agent.says(&folder.path().join(".claude/sessions"), "idle", None);
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(turn("aaaa-1", 3, "x").as_bytes()).unwrap();
    bench.until("the next turn", |bench| last(bench).is_some_and(|one| one.turns == 3));
    let listed = asked(&mut bench);
    assert!(matches!(listed[0].doing, Doing::Idle { .. }), "{:?}", listed[0].doing);
}

#[test]
fn numbers_are_counted_for_a_table() {
    let place = Place::new();
    written(&place.path().join(".claude/projects/p"), "aaaa-1", 3);
    place.demo();
    until("its prompt", || place.count(|event| matches!(event, Event::PromptSent { .. })) > 0);
    until("it to be kept", || place.done(&["ls", "--recorded", "--json"]).contains("aaaa-1"));
    let mut bench = Bench::attached(&place.state().join("hub.sock"));
    bench.link.ask(Query::Numbers);
    bench.until("the numbers", |bench| !bench.answers.is_empty());
    let Some(Answer::Numbers { tallies }) = bench.answers.pop() else { panic!("no numbers") };
    assert_eq!((tallies.all.sessions, tallies.sessions.len()), (2, 2));
    let of =
        |elsewhere| tallies.sessions.iter().find(|one| one.session.is_some_and(|(_, is)| is == elsewhere)).unwrap();
    let recorded = of(true);
    assert_eq!((recorded.turns, recorded.tokens.input, recorded.tokens.output), (3, Some(15), Some(12)));
    assert!(recorded.unknown && recorded.priced.is_empty(), "nobody knows what claude-x costs");
    let model = tallies.models.iter().find(|one| one.key == "claude-x").unwrap();
    assert_eq!((model.turns, model.sessions), (3, 1));
    assert_eq!(tallies.projects.iter().map(|one| one.sessions).sum::<u64>(), 2);
    assert!(tallies.days.iter().any(|one| one.key.starts_with("2026-01-0") && one.turns == 3), "{:?}", tallies.days);
    // The same as the command counts.
    let rows = place.done(&["stats", "--by", "model", "--json"]);
    let rows: Vec<serde_json::Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = rows.iter().find(|row| row["key"] == "claude-x").unwrap();
    assert_eq!((row["turns"].as_u64(), row["unknown_cost"].as_bool()), (Some(3), Some(true)));
    place.done(&["daemon", "stop"]);
}
