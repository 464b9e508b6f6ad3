//! `taut verify`, `taut agents`, `taut doctor`, `taut replay --print`.

use super::support::cli::{command, documented, fields, json, ran, taut};
use super::{finished, help};

#[test]
fn verify_finds_what_is_not_as_it_was_written() {
    let (folder, id, _) = finished();
    let state = folder.path().join("state");
    let said = taut(folder.path(), &["verify"]).well();
    let head = said.lines().find_map(|line| line.strip_prefix("head      ")).unwrap().to_owned();
    assert_eq!(std::fs::read_to_string(state.join("head")).unwrap().trim(), head);
    assert!(
        taut(folder.path(), &["verify", &id.to_string(), "--head", &head])
            .well()
            .contains("the head you kept is in it")
    );
    let other = "ab".repeat(32);
    let out = taut(folder.path(), &["verify", "--head", &other]).fails(&["not as it was written", "1 fault"]);
    assert!(out.contains(&format!("fault     no record has the hash {other}")), "{out}");
    taut(folder.path(), &["verify", "--head", "x"]).misused(&["64 hex digits", "taut verify --help"]);

    let database = rusqlite::Connection::open(state.join("taut.db")).unwrap();
    database
        .execute("UPDATE record SET stored = replace(stored, 'Mend', 'Bend') WHERE kind = 'prompt_sent'", [])
        .unwrap();
    drop(database);
    let out =
        taut(folder.path(), &["verify"]).fails(&["not as it was written", state.to_str().unwrap(), "keep a copy"]);
    assert!(out.contains("fault     "), "{out}");
    let out = taut(folder.path(), &["doctor"]).fails(&["1 thing", "(log)"]);
    assert!(out.contains("broken  log ") && out.contains("taut verify"), "{out}");
}

#[test]
fn agents_tell_whether_they_are_here_and_what_a_decision_can_do() {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    for (name, script) in [
        ("gemini", "echo 1.2.3"),
        ("goose", "printf '\\033[31m'; yes goose 7 | head -n 100000"),
        ("opencode", "exit 1"),
    ] {
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let run = |args: &[&str]| {
        let path = format!("{}:/usr/bin:/bin", bin.display());
        ran(command(folder.path(), args).env("PATH", path))
    };
    let rows = json(&run(&["agents", "--json"]).well());
    let names = documented(&help("agents"), "--json: one object a line");
    assert!(rows.iter().all(|row| fields(row) == names), "{rows:?}");
    let of = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!((&of("gemini")["found"], &of("gemini")["version"]), (&true.into(), &"1.2.3".into()));
    assert_eq!(of("gemini")["command"][0], bin.join("gemini").to_str().unwrap());
    assert_eq!(of("gemini")["decisions"]["edit_then_run"]["can"], true);
    assert_eq!((&of("claude")["driver"], &of("claude-agent-acp")["driver"]), (&"claude".into(), &"acp".into()));
    assert_eq!(of("claude")["decisions"]["edit_then_run"]["can"], true);
    assert!(of("opencode")["version"].is_null() && of("opencode")["found"] == true);
    assert!(
        of("qwen")["found"] == false && of("qwen")["missing"].as_str().unwrap().contains("npm install"),
        "{:?}",
        of("qwen")
    );
    assert_eq!(of("demo")["version"], format!("taut {}", env!("CARGO_PKG_VERSION")));
    let said = run(&["agents"]).well();
    for part in [
        "gemini\n  title ",
        "version                  1.2.3\n",
        "goose 7",
        "allow once               yes: ",
        "\nnot found\n",
        "  qwen              not installed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn doctor_says_what_is_there_and_how_to_mend_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let said = taut(folder.path(), &["doctor"]).well();
    assert!(!folder.path().join("state").exists(), "looking makes nothing");
    for name in [
        "terminal",
        "colours",
        "state folder",
        "free space",
        "log",
        "configuration",
        "git",
        "processes",
        "boundary",
        "agents",
    ] {
        assert!(said.lines().any(|line| line[8..].starts_with(name)), "{name}: {said}");
    }
    std::fs::write(folder.path().join("file"), "").unwrap();
    let out = taut(folder.path(), &["doctor", "--state", "file/state"]).fails(&["broken", "state folder"]);
    assert!(out.contains("--state"), "{out}");
}

#[test]
fn a_replay_prints_frames_without_a_terminal() {
    let (folder, id, _) = finished();
    let print = |more: &[&str]| {
        let mut args = vec!["replay", "--print"];
        let name = id.to_string();
        args.push(&name);
        args.extend(more);
        taut(folder.path(), &args)
    };
    let end = print(&["--at", "end"]).well();
    assert_eq!(print(&[]).well().lines().count(), 36);
    assert_eq!(end.lines().count(), 36);
    assert_ne!(print(&["--at", "8"]).well(), end);
    assert_eq!(print(&["--size", "80x24"]).well().lines().count(), 24);
    print(&["--at", "0"]).fails(&["has no record 0", "from 1 to "]);
    print(&["--at", "99999"]).fails(&["has no record 99999"]);
    print(&["--at", "soon"]).misused(&["soon", "taut replay --help"]);
    for size in ["0x0", "80", "80x", "5000x5000", "-1x3"] {
        print(&[&format!("--size={size}")]).misused(&["like 120x36"]);
    }
}
