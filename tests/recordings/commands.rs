//! The commands, and a running hub that follows what others write.

use super::support::cli::taut;
use super::support::place::{Place, until};
use super::{turn, written};
use std::fs;
use std::io::Write;

#[test]
fn what_is_imported_is_listed_filtered_and_forgotten() {
    let home = tempfile::tempdir().unwrap();
    written(&home.path().join("old"), "aaaa-1", 2);
    written(&home.path().join("old"), "bbbb-2", 1);
    let said = taut(home.path(), &["import", "old"]).well();
    assert!(said.contains("old/aaaa-1.jsonl: kept: claude, 4 lines, ") && said.contains("in all: 2 files, "), "{said}");
    let said = taut(home.path(), &["import", "old"]).well();
    assert!(said.ends_with("in all: 2 sessions; 2 of 2 are as they were\n"), "{said}");
    let said = taut(home.path(), &["ls"]).well();
    assert!(said.contains("2 sessions of other tools: `taut ls --recorded` lists them"), "{said}");
    let said = taut(home.path(), &["ls", "--recorded"]).well();
    assert!(said.contains("prompt 1  /w/project") && said.lines().count() == 3, "{said}");
    let lines = taut(home.path(), &["ls", "--agent", "claude", "--project", "/w", "--json"]).well();
    let natives: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["native"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(natives, ["aaaa-1", "bbbb-2"]);
    for none in [["--agent", "codex"], ["--project", "/elsewhere"], ["--since", "2026-02-01"]] {
        let said = taut(home.path(), &[&["ls"][..], &none].concat()).well();
        assert!(said.starts_with("No such session"), "{said}");
    }
    assert!(taut(home.path(), &["ls", "--since", "2026-01-01"]).well().contains("prompt 1"));
    taut(home.path(), &["ls", "--since", "yesterday"]).misused(&["--since", "7d", "2026-11-01"]);

    let said = taut(home.path(), &["delete", "aaaa"]).well();
    assert!(said.contains("is a copy of") && said.contains("--yes"), "{said}");
    taut(home.path(), &["delete", "aaaa", "--yes"]).well();
    assert!(home.path().join("old/aaaa-1.jsonl").exists());
    assert_eq!(taut(home.path(), &["ls", "--recorded", "--json"]).well().lines().count(), 1);
}

#[test]
fn folders_are_named_and_named_no_more() {
    let home = tempfile::tempdir().unwrap();
    assert!(taut(home.path(), &["sources"]).well().starts_with("No known tool has sessions on this machine"));
    written(&home.path().join(".claude/projects/p"), "aaaa-1", 1);
    written(&home.path().join("more"), "bbbb-2", 1);
    taut(home.path(), &["sources", "add", "more"]).well();
    taut(home.path(), &["sources", "add", "more"]).fails(&["more", "already"]);
    taut(home.path(), &["sources", "add", "nowhere"]).fails(&["nowhere", "no folder"]);
    taut(home.path(), &["import", ".claude", "more"]).well();
    let said = taut(home.path(), &["sources"]).well();
    assert!(said.contains(".claude/projects  Claude Code: 1 session kept, "), "{said}");
    assert!(said.contains("more  named by you: 1 session kept, "), "{said}");
    assert!(said.contains("in all, with what was imported from elsewhere: 2 sessions kept"), "{said}");
    taut(home.path(), &["sources", "remove", "more"]).well();
    taut(home.path(), &["sources", "remove", "more"]).fails(&["more", "none of the folders"]);
    let config = fs::read_to_string(home.path().join("xdg/taut/config.toml")).unwrap();
    assert!(!config.contains("more"), "{config}");
}

#[test]
fn a_running_hub_keeps_what_is_there_and_follows_what_is_written() {
    let place = Place::new();
    let projects = place.path().join(".claude/projects/p");
    let path = written(&projects, "aaaa-1", 1);
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    place.done(&["daemon", "start"]);
    let turns = |native: &str| {
        let said = place.done(&["ls", "--recorded", "--json"]);
        let rows = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        rows.filter(|row| row["native"] == native).map(|row| row["turns"].as_u64().unwrap()).next()
    };
    until("the session that was there", || turns("aaaa-1") == Some(1));
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before, "nothing of theirs is written");
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    for n in 2..=4 {
        file.write_all(turn("aaaa-1", n, "more").as_bytes()).unwrap();
        until("the next turn", || turns("aaaa-1") == Some(u64::from(n)));
    }
    // A new session in a new folder, and one that takes the place of another.
    written(&place.path().join(".claude/projects/q"), "bbbb-2", 1);
    until("the new session", || turns("bbbb-2") == Some(1));
    let beside = projects.join("aaaa-1.tmp");
    fs::write(&beside, turn("aaaa-1", 1, "another")).unwrap();
    fs::rename(&beside, &path).unwrap();
    until("the one in its place", || turns("aaaa-1") == Some(1));
    // Nothing is kept any more once that is turned off, and again once it is turned on.
    let config = place.path().join(".config/taut");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), "[recordings]\nkeep = false\n").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    written(&projects, "cccc-3", 1);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(turns("cccc-3"), None);
    fs::write(config.join("config.toml"), "[recordings]\nkeep = true\n").unwrap();
    until("what was written meanwhile", || turns("cccc-3") == Some(1));
    place.done(&["daemon", "stop"]);
}

#[test]
fn sessions_are_counted_and_priced_and_what_is_not_known_is_not_guessed() {
    let home = tempfile::tempdir().unwrap();
    let text = |session: &str, model: &str| {
        (1..=3).map(|n| turn(session, n, "x").replace("claude-x", model)).collect::<String>()
    };
    fs::create_dir(home.path().join("old")).unwrap();
    fs::write(home.path().join("old/a.jsonl"), text("aaaa", "claude-sonnet-4-5")).unwrap();
    fs::write(home.path().join("old/b.jsonl"), text("bbbb", "nobody-1")).unwrap();
    assert!(taut(home.path(), &["stats"]).well().starts_with("No session to count"));
    taut(home.path(), &["import", "old"]).well();
    let rows = |args: &[&str]| super::support::cli::json(&taut(home.path(), args).well());
    let rows_by_model = rows(&["stats", "--by", "model", "--json"]);
    let of = |model: &str| rows_by_model.iter().find(|row| row["key"] == model).unwrap();
    let known = of("claude-sonnet-4-5");
    // Three turns of 5 tokens in and 4 out, at 3 and 15 dollars for a million.
    assert_eq!(
        (known["turns"].as_u64(), known["input"].as_u64(), known["output"].as_u64()),
        (Some(3), Some(15), Some(12))
    );
    assert_eq!(known["cost"], serde_json::json!([{ "micros": 45 + 180, "currency": "USD", "told": false }]));
    assert_eq!((known["unknown_cost"].as_bool(), of("nobody-1")["unknown_cost"].as_bool()), (Some(false), Some(true)));
    assert_eq!(of("nobody-1")["cost"], serde_json::json!([]));
    assert_eq!(rows(&["stats", "--by", "project", "--json"])[0]["sessions"], 2);
    assert_eq!(rows(&["stats", "--by", "day", "--json"])[0]["key"], "2026-01-02");
    assert!(rows(&["stats", "--by", "session", "--since", "2026-02-01", "--json"]).is_empty());
    let said = taut(home.path(), &["stats"]).well();
    assert!(said.contains("all sessions") && said.contains("prices as of 20"), "{said}");

    fs::create_dir_all(home.path().join("xdg/taut")).unwrap();
    let own = home.path().join("xdg/taut/prices.toml");
    let list = "as_of = \"today\"\ncurrency = \"EUR\"\n[[price]]\nmodel = \"nobody*\"\ninput = 1.0\noutput = 1.0\n";
    fs::write(&own, list).unwrap();
    let said = taut(home.path(), &["stats", "--by", "model"]).well();
    assert!(said.contains("prices as of today") && said.contains("claude-sonnet-4-5"), "{said}");
    fs::write(&own, "nonsense").unwrap();
    taut(home.path(), &["stats"]).fails(&["prices.toml", "no list of prices"]);
}

#[test]
fn a_kept_session_is_replayed_by_its_id_also_when_its_file_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let path = written(&home.path().join("old"), "aaaa-1", 2);
    taut(home.path(), &["import", "old"]).well();
    fs::remove_file(&path).unwrap();
    let rows = super::support::cli::json(&taut(home.path(), &["ls", "--recorded", "--json"]).well());
    let id = rows[0]["id"].as_str().unwrap().to_owned();
    for name in [id.as_str(), &id[..4], "aaaa-1", "aaaa"] {
        let said = taut(home.path(), &["replay", name, "--print", "--size", "80x24"]).well();
        assert!(said.contains("REPLAY") && said.contains("Answer 2."), "{name}: {said}");
    }
    let said = taut(home.path(), &["replay", &id, "--at", "8", "--print"]).well();
    assert!(said.contains("prompt 1") && !said.contains("Answer 2."), "{said}");
    taut(home.path(), &["replay", &id, "--at", "9999", "--print"]).fails(&["9999"]);
    taut(home.path(), &["replay", "cccc", "--print"]).fails(&["cccc"]);
}
