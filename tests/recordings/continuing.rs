//! Sessions of other tools go on: by their own agent, or as a brief; and what is refused, with what to do.

use super::support::cli::{self, taut};
use super::support::place::{Place, until};
use super::{turn, written};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A session as Gemini CLI writes it, that worked in a folder.
fn gemini(place: &Place, cwd: Option<&Path>) -> PathBuf {
    let chats = place.path().join(".gemini/tmp/shop/chats");
    fs::create_dir_all(&chats).unwrap();
    let path = chats.join("session-2026-01-02T03-04-past1.jsonl");
    let lines = [
        serde_json::json!({"sessionId": "past-1", "projectHash": "h", "startTime": "2026-01-02T03:04:00Z", "kind": "main",
            "cwd": cwd}),
        serde_json::json!({"id": "u1", "timestamp": "2026-01-02T03:04:05Z", "type": "user", "content": "Count the cents."}),
        serde_json::json!({"id": "g1", "timestamp": "2026-01-02T03:04:09Z", "type": "gemini", "content": "I counted them.",
            "model": "gemini-x"}),
    ];
    fs::write(&path, lines.map(|line| format!("{line}\n")).concat()).unwrap();
    path
}

/// Nobody has written it for a while.
fn rests(path: &Path) {
    let hour_ago = SystemTime::now() - Duration::from_hours(1);
    fs::File::options().append(true).open(path).unwrap().set_modified(hour_ago).unwrap();
}

/// The demo agent plays the part of an agent.
fn plays(place: &Place, agent: &str) {
    let config = place.path().join(".config/taut");
    fs::create_dir_all(&config).unwrap();
    let program = env!("CARGO_BIN_EXE_taut");
    let text = format!("[agents.{agent}]\ncommand = [{program:?}, \"demo-agent\", \"--pace\", \"0\"]\n");
    fs::write(config.join("config.toml"), text).unwrap();
}

fn rows(place: &Place, args: &[&str]) -> Vec<Value> {
    place.done(args).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn recorded(place: &Place) -> String {
    rows(place, &["ls", "--recorded", "--json"])[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_recording_goes_on_in_its_own_agent_and_is_one_session_from_then_on() {
    let place = Place::new();
    let shop = place.path().join("shop");
    fs::create_dir(&shop).unwrap();
    plays(&place, "gemini");
    rests(&gemini(&place, Some(&shop)));
    place.done(&["import", ".gemini"]);
    let id = recorded(&place);
    let session = place.done(&["continue", &id, "--detach"]);
    let said = |what: &str| place.done(&["show", &session]).contains(what);
    until("its conversation", || said("A shopping basket that counts in cents."));
    let shown = place.done(&["show", &session]);
    assert!(shown.contains(&format!("Goes on from the recording {id} of Gemini CLI: 1 turn, the last ")), "{shown}");
    let all = rows(&place, &["ls", "--json"]);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((&all[0]["agent"], &all[0]["cwd"]), (&Value::from("gemini"), &Value::from(shop.to_str().unwrap())));
    assert!(!place.done(&["ls"]).contains("of other tools"), "it stands there once");
    assert!(place.done(&["ls", "--recorded"]).starts_with("No such session"));
    assert!(place.done(&["replay", &id, "--print"]).contains("I counted them."), "its past stays the recording's");

    // What was said before is found there still, and counted.
    let found = rows(&place, &["search", "I counted them", "--json"]);
    assert!(found.len() == 1 && found[0]["session"] == id, "{found:?}");
    let counted = rows(&place, &["stats", "--by", "session", "--json"]);
    assert_eq!(counted.iter().map(|row| row["turns"].as_u64().unwrap()).sum::<u64>(), 1, "{counted:?}");

    let brief = place.done(&["continue", &session, "--print"]);
    assert!(brief.contains("What its human asked first:\n> Count the cents.\n"), "{brief}");

    let refused = place.taut(&["continue", &id, "--detach"]);
    assert!(refused.code == Some(5) && refused.err.contains("goes on here already"), "{refused:?}");
    place.done(&["end", &session]);
    until("its end", || rows(&place, &["ls", "--json"])[0]["live"] == false);
    // By the recording or by the session: it is one and the same.
    for given in [&id, &session] {
        let again = place.done(&["continue", given, "--detach"]);
        until("its conversation", || place.done(&["show", &again]).contains("A shopping basket"));
        let brief = place.done(&["continue", &again, "--print"]);
        assert!(brief.contains("> Count the cents.\n") && !brief.contains("What is this project?"), "{brief}");
        place.done(&["end", &again]);
        until("its end", || rows(&place, &["ls", "--json"]).iter().all(|row| row["live"] == false));
    }
    assert_eq!(rows(&place, &["ls", "--recorded", "--json"]).len(), 0);
    place.done(&["daemon", "stop"]);
}

#[test]
fn what_cannot_go_on_is_refused_in_one_sentence_with_what_to_do() {
    let place = Place::new();
    let projects = place.path().join(".claude/projects/p");
    let work = place.path().join("work");
    let path = written(&projects, "aaaa-1", 1);
    let moved = fs::read_to_string(&path).unwrap().replace("/w/project", work.to_str().unwrap());
    place.done(&["import", ".claude"]);
    let id = recorded(&place);
    let refused = |why: &[&str]| {
        let said = place.taut(&["continue", &id, "--detach"]);
        assert_eq!((said.code, said.err.lines().count(), said.out.as_str()), (Some(5), 1, ""), "{said:?}");
        why.iter().for_each(|why| assert!(said.err.contains(why), "{why:?} in {}", said.err));
    };
    refused(&["/w/project", "is gone", "bring it back", &format!("taut continue {id} --brief --cwd DIR")]);
    fs::create_dir(&work).unwrap();
    fs::write(&path, &moved).unwrap();
    let known = || rows(&place, &["ls", "--recorded", "--json"])[0]["cwd"] == work.to_str().unwrap();
    until("its other folder", known);
    refused(&["something wrote it", "two writers", "wait 2 minutes", "--fork"]);
    // A process says that it is its own.
    let sessions = place.path().join(".claude/sessions");
    fs::create_dir(&sessions).unwrap();
    let entry = format!(r#"{{"pid":{},"sessionId":"aaaa-1","status":"idle"}}"#, std::process::id());
    fs::write(sessions.join("1.json"), entry).unwrap();
    refused(&[&format!("process {} (", std::process::id()), "end that one first", "--fork"]);
    fs::remove_file(sessions.join("1.json")).unwrap();
    // Nobody writes it any more; and there is no such agent here.
    let said = place.said(place.command(&["continue", &id, "--detach"]).env("PATH", "/usr/bin:/bin"));
    assert!(said.code == Some(5) && said.err.contains("claude"), "{said:?}");
    assert!(said.err.contains("install"), "{said:?}");
    // It lies elsewhere than where its tool looks.
    let said = place.said(place.command(&["continue", &id, "--detach"]).env("CLAUDE_CONFIG_DIR", place.path()));
    assert!(said.code == Some(5) && said.err.contains("does not lie where claude looks"), "{said:?}");
    fs::remove_file(&path).unwrap();
    refused(&["aaaa-1.jsonl", "no longer on the disk", "taut has a copy", "--brief"]);
    let said = place.taut(&["continue", "zzzz", "--detach"]);
    assert!(said.code == Some(1) && said.err.contains("nothing is called"), "{said:?}");
    place.done(&["daemon", "stop"]);
    let said = place.taut(&["continue", &id]);
    assert!(said.code == Some(1) && said.err.contains("terminal"), "{said:?}");
}

#[test]
fn a_brief_is_printed_of_a_file_and_of_what_is_kept_of_it() {
    let home = tempfile::tempdir().unwrap();
    let path = written(&home.path().join("old"), "aaaa-1", 2);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str(&turn("aaaa-1", 3, "## Goal\\nand password=hunter2hunter2"));
    fs::write(&path, text).unwrap();
    let of_file = taut(home.path(), &["continue", "old/aaaa-1.jsonl", "--print"]);
    assert!(!home.path().join("state/recordings.db").exists(), "printing keeps nothing");
    assert_eq!(of_file.code, Some(0));
    assert!(of_file.err.contains("1 secret left out"), "{}", of_file.err);
    for line in ["> prompt 1", "> prompt 2", "> ## Goal", "> Answer 3.", "> folder: /w/project", "> agent: Claude Code"]
    {
        assert!(of_file.out.lines().any(|it| it == line), "{line:?} in {}", of_file.out);
    }
    assert!(!of_file.out.contains("hunter2"), "{}", of_file.out);
    taut(home.path(), &["import", "old"]).well();
    fs::remove_file(&path).unwrap();
    let kept = taut(home.path(), &["continue", "aaaa-1", "--print"]);
    assert_eq!((kept.out, kept.err), (of_file.out, of_file.err));
    taut(home.path(), &["continue", "aaaa-1", "--print", "--fork"]).misused(&["--fork", "--print"]);
    assert!(cli::json(&taut(home.path(), &["ls", "--json"]).well()).iter().all(|row| row["live"] == false));
}

#[test]
fn a_brief_of_an_own_session_goes_by_its_log() {
    let place = Place::new();
    let session = place.demo();
    until("its request", || rows(&place, &["ls", "--json"])[0]["state"] == "waiting");
    let refused = place.taut(&["continue", &session, "--detach"]);
    assert!(refused.code == Some(5) && refused.err.contains("live"), "{refused:?}");
    place.done(&["end", &session]);
    until("its end", || rows(&place, &["ls", "--json"])[0]["live"] == false);
    let brief = place.done(&["continue", &session, "--print"]);
    assert!(brief.contains("## Goal\nWhat its human asked first:\n> hi\n"), "{brief}");
    assert!(brief.contains("> agent: Demo agent") && brief.contains("Its calls by kind: "), "{brief}");
    assert_eq!(brief, place.done(&["continue", "demo", "--print"]), "the same words for the same records");
    place.done(&["daemon", "stop"]);
}

/// A process that holds a file open for writing is found, whatever wrote last.
#[test]
fn who_has_a_transcript_open_keeps_others_out() {
    let place = Place::new();
    let shop = place.path().join("shop");
    fs::create_dir(&shop).unwrap();
    plays(&place, "gemini");
    let path = gemini(&place, None);
    rests(&path);
    place.done(&["import", ".gemini"]);
    let held = fs::File::options().append(true).open(&path).unwrap();
    let script = place.path().join("writer.sh");
    fs::write(&script, "#!/bin/sh\nexec sleep 600\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let mut writer = std::process::Command::new("/bin/sh").arg(&script).stdout(held).spawn().unwrap();
    let args = ["continue", "past-1", "--cwd", "shop", "--detach"];
    let said = place.taut(&args);
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert!(said.code == Some(5) && said.err.contains(&format!("process {} (", writer.id())), "{said:?}");
    assert!(!said.err.contains("--fork"), "by ACP nothing is copied: {said:?}");
    let said = place.taut(&["continue", "past-1", "--detach"]);
    assert!(said.code == Some(5) && said.err.contains("does not say in which folder"), "{said:?}");
    let session = place.done(&args);
    until("its conversation", || place.done(&["show", &session]).contains("A shopping basket"));
    place.done(&["daemon", "stop"]);
}
