//! Sessions of other tools, found, kept byte for byte and read again: by the library, by commands, by a running hub.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod continuing;
mod elsewhere;
mod following;
mod forms;
mod keeping;
mod ours;
mod searching;

use std::path::{Path, PathBuf};

/// A prompt and its answer, as Claude Code writes them: the n-th turn of a session.
fn turn(session: &str, n: u32, prompt: &str) -> String {
    let time = |second: u32| format!("2026-01-02T03:{:02}:{second:02}Z", n % 60);
    format!(
        concat!(
            r#"{{"type":"user","uuid":"{s}-u{n}","parentUuid":null,"sessionId":"{s}","cwd":"/w/project","timestamp":"{t1}","message":{{"role":"user","content":"{p}"}}}}"#,
            "\n",
            r#"{{"type":"assistant","uuid":"{s}-a{n}","parentUuid":"{s}-u{n}","sessionId":"{s}","cwd":"/w/project","timestamp":"{t2}","message":{{"id":"m{n}","model":"claude-x","content":[{{"type":"text","text":"Answer {n}."}}],"stop_reason":"end_turn","usage":{{"input_tokens":5,"output_tokens":4}}}}}}"#,
            "\n"
        ),
        s = session,
        n = n,
        p = prompt,
        t1 = time(1),
        t2 = time(9)
    )
}

/// A session of so many turns in a file.
fn written(folder: &Path, session: &str, turns: u32) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(format!("{session}.jsonl"));
    let text: String = (1..=turns).map(|n| turn(session, n, &format!("prompt {n}"))).collect();
    std::fs::write(&path, text).unwrap();
    path
}
