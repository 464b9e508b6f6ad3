//! Searching all sessions, and taking one out: of taut itself and of other tools.

use super::support::cli::{json, taut};
use super::support::hub::obeying;
use super::support::place::Place;
use super::written;
use std::fs;
use std::path::Path;

const KEY: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

/// A kept session of Claude Code, in which a command failed and a key was printed.
fn kept(home: &Path) {
    let folder = home.join("old");
    written(&folder, "aaaa-1", 2);
    let line = |time: &str, kind: &str, content: &str| {
        format!(
            "{{\"type\":\"{kind}\",\"uuid\":\"{time}{kind}\",\"sessionId\":\"bbbb-2\",\"cwd\":\"/w/other\",\"timestamp\":\
             \"2026-03-0{time}T03:04:05Z\",\"message\":{{\"id\":\"{time}\",\"role\":\"{kind}\",\"model\":\"claude-sonnet-4-5\",\
             \"content\":{content}}}}}\n"
        )
    };
    let call = r#"[{"type":"tool_use","id":"c1","name":"Bash","input":{"command":"cargo test --lib"}}]"#;
    let result = format!(
        r#"[{{"type":"tool_result","tool_use_id":"c1","is_error":true,"content":"the zebra fell\nTOKEN={KEY}"}}]"#
    );
    let text = [
        line("1", "user", "\"look for the heron\""),
        line("2", "assistant", call),
        line("3", "user", &result),
        line("4", "assistant", r#"[{"type":"text","text":"A heron is no zebra. ```odd```"}]"#),
    ];
    fs::write(folder.join("bbbb-2.jsonl"), text.concat()).unwrap();
    taut(home, &["import", "old"]).well();
}

#[test]
fn words_and_facets_find_what_stands_in_any_session() {
    let home = tempfile::tempdir().unwrap();
    kept(home.path());
    let hits = |query: &[&str]| {
        let said = taut(home.path(), &[&["search", "--json"][..], query].concat());
        assert!(matches!(said.code, Some(0 | 11)), "{said:?}");
        json(&said.out).iter().map(|hit| hit["part"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(hits(&["heron"]), ["prompt", "message"]);
    assert_eq!(hits(&["heron", "zebra"]), ["message"], "all words stand in one entry");
    assert_eq!(hits(&["\"no zebra\""]), ["message"]);
    assert_eq!(hits(&["zebra", "tool:bash"]), ["output"]);
    assert_eq!(hits(&["cmd:cargo", "error:"]), ["command"]);
    assert_eq!(hits(&["error:zebra"]), ["output"]);
    assert_eq!(hits(&["tool:Read"]), [""; 0]);
    assert_eq!(hits(&["prompt", "project:/w/project"]), ["prompt", "prompt"]);
    assert_eq!(hits(&["heron", "model:opus"]), [""; 0]);
    assert_eq!(hits(&["heron", "model:sonnet", "agent:claude", "since:2026-03-02"]), ["message"]);
    assert_eq!(hits(&["heron", "--limit", "1"]), ["prompt"]);
    taut(home.path(), &["search", "since:soon"]).fails(&["since:", "7d"]);
    taut(home.path(), &["search", "agent:claude"]).fails(&["no word"]);
    // A hit leads to a frame in which it stands.
    let said = taut(home.path(), &["search", "zebra", "tool:bash", "--json"]).well();
    let hit = &json(&said)[0];
    let (id, at) = (hit["session"].as_str().unwrap(), hit["at"].to_string());
    assert!(taut(home.path(), &["replay", id, "--at", &at, "--print"]).well().contains("zebra"));
    let said = taut(home.path(), &["search", "heron"]).well();
    assert!(said.contains("look for the heron  /w/other") && said.contains("  prompt: look for the heron"), "{said}");
}

#[test]
fn an_export_is_read_by_people_and_by_programs_and_has_no_secrets() {
    let home = tempfile::tempdir().unwrap();
    kept(home.path());
    let said = taut(home.path(), &["export", "bbbb"]);
    assert!(said.err.starts_with("taut: 1 secret left out: 1 ") && said.err.lines().count() == 1, "{}", said.err);
    let text = said.out;
    assert!(text.starts_with("# look for the heron\n") && text.contains("- folder: /w/other\n"), "{text}");
    assert!(text.contains("## you · ") && text.contains("```sh\ncargo test --lib\n```"), "{text}");
    assert!(text.contains("the zebra fell\n") && text.contains("[redacted: ") && !text.contains(KEY), "{text}");
    let raw = taut(home.path(), &["export", "bbbb", "--raw"]).well();
    assert!(raw.contains(KEY));

    let lines = json(&taut(home.path(), &["export", "bbbb", "--format", "jsonl"]).out);
    assert_eq!((lines[0]["taut_export"].as_u64(), lines[0]["redacted"].as_bool()), (Some(1), Some(true)));
    assert!(lines[1..].iter().zip(1..).all(|(record, seq)| record["seq"] == seq));
    let file = home.path().join("out.md");
    let to = file.to_str().unwrap();
    assert_eq!(taut(home.path(), &["export", "aaaa", "-o", to]).code, Some(0));
    taut(home.path(), &["export", "aaaa", "-o", to]).fails(&["out.md", "--force"]);
    assert_eq!(taut(home.path(), &["export", "aaaa", "-o", to, "--force"]).code, Some(0));
    assert!(fs::read_to_string(&file).unwrap().contains("Answer 2."));
    taut(home.path(), &["export", "nobody"]).fails(&["nobody"]);
}

#[test]
fn sessions_of_taut_itself_are_searched_and_exported_too() {
    let place = Place::new();
    let cwd = place.path().join("work");
    fs::create_dir_all(&cwd).unwrap();
    let mut run = place.command(&["run", "--detach", "--name", "maker", "go", "--"]);
    assert!(run.args(obeying("echo heron > bird")).current_dir(&cwd).output().unwrap().status.success());
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    place.done(&["wait", "maker", "--for", "idle", "--timeout", "60"]);
    let found = place.done(&["search", "decision:allow", "cmd:heron"]);
    assert!(found.contains("command: echo heron > bird"), "{found}");
    assert_eq!(place.taut(&["search", "decision:deny"]).code, Some(11));
    let text = place.done(&["export", "maker"]);
    assert!(text.contains("echo heron > bird") && text.contains("allowed by a script"), "{text}");
    let cast = place.done(&["export", "maker", "--format", "cast"]);
    let frame = place.done(&["replay", "maker", "--print", "--size", "80x24"]);
    let frame: Vec<&str> = frame.lines().map(str::trim_end).collect();
    assert_eq!(super::exporting::last_screen(&cast).join("\n").trim(), frame.join("\n"));
    place.done(&["daemon", "stop"]);
}
