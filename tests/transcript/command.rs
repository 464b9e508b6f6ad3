//! The commands: `taut import --dry-run`, `taut replay FILE --print`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FILE: &str = concat!(
    r#"{"type":"user","uuid":"u1","parentUuid":null,"sessionId":"5a5a5a5a-0000","cwd":"/w","timestamp":"2026-01-02T03:04:05Z","message":{"role":"user","content":"count the lines"}}"#,
    "\n",
    r#"{"type":"assistant","uuid":"a1","parentUuid":"u1","sessionId":"5a5a5a5a-0000","cwd":"/w","timestamp":"2026-01-02T03:04:07Z","message":{"id":"m1","content":[{"type":"text","text":"There are seven."}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":4}}}"#,
    "\n{torn\n",
    r#"{"type":"frame-link","sessionId":"5a5a5a5a-0000"}"#,
    "\n"
);

fn taut(home: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taut"));
    command.current_dir(home).env("HOME", home).env("TAUT_STATE", home.join("state"));
    command.env("XDG_CONFIG_HOME", home.join("config")).env("TZ", "UTC").args(words).output().unwrap()
}

fn words(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

#[test]
fn an_import_says_what_it_read_and_where_it_could_not() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("all/s/subagents")).unwrap();
    fs::write(home.path().join("all/s.jsonl"), FILE).unwrap();
    fs::write(home.path().join("all/s/subagents/agent-x.jsonl"), "{\"type\":\"odd\"}\n").unwrap();
    let (out, err, code) = words(&taut(home.path(), &["import", "all", "--dry-run"]));
    let said = "all/s.jsonl: claude, 2 files, 5 lines, 14 records, 2 unrecognised, 1 damaged: ";
    assert!(out.starts_with(said), "{out}");
    assert!(out.contains("line 3 damaged, it is no JSON, at column 2; "), "{out}");
    assert!(
        out.contains("line 4 unrecognised, frame-link; ") || out.ends_with("line 4 unrecognised, frame-link\n"),
        "{out}"
    );
    assert!(out.contains("agent-x.jsonl line 1 unrecognised, odd"), "{out}");
    assert_eq!((err.as_str(), code), ("", 0));
    assert!(!home.path().join("state").exists(), "nothing is kept");
}

#[test]
fn what_is_no_transcript_is_refused_in_one_sentence() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("rollout.jsonl"), "{\"type\":\"session_notes\",\"payload\":{}}\n").unwrap();
    fs::write(home.path().join("empty.jsonl"), "").unwrap();
    let (out, err, code) = words(&taut(home.path(), &["import", "rollout.jsonl", "empty.jsonl", "gone", "--dry-run"]));
    assert_eq!((out.as_str(), code), ("", 1));
    let lines: Vec<&str> = err.lines().collect();
    let tools = taut::transcript::FORMATS.map(taut::transcript::Format::tool).join(", ");
    assert_eq!(
        lines[0],
        format!(
            "taut: rollout.jsonl is no transcript that taut can read: its lines are JSON of another tool, such as \
             \"session_notes\"; it reads those of {tools}"
        )
    );
    assert_eq!(lines[1], "taut: empty.jsonl is empty: there is nothing to read");
    assert_eq!(lines[2], "taut: gone can't be read: no such file or directory");
    // Asked to be kept it is refused in the same words, and nothing of it is.
    let (out, err, code) = words(&taut(home.path(), &["import", "rollout.jsonl"]));
    assert_eq!((out.as_str(), err.lines().next(), code), ("", Some(lines[0]), 1));
}

#[test]
fn a_frame_of_a_file_is_printed_as_one_of_a_session_is() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("s.jsonl"), FILE).unwrap();
    let (out, err, code) = words(&taut(home.path(), &["replay", "s.jsonl", "--print"]));
    assert_eq!((err.as_str(), code), ("", 0));
    for said in ["REPLAY  claude-5a5a5a5a", "count the lines", "There are seven.", "5 in", "4 out", "line 3, damaged"] {
        assert!(out.contains(said), "{said}\n{out}");
    }
    let (early, _, _) = words(&taut(home.path(), &["replay", "s.jsonl", "--print", "--at", "5"]));
    assert!(early.contains("count the lines") && !early.contains("seven"), "{early}");
    let (_, err, code) = words(&taut(home.path(), &["replay", "s.jsonl", "--print", "--at", "99"]));
    assert!(err.starts_with("taut: s.jsonl has no record 99: give a number from 1 to ") && code == 1, "{err}");
}
