//! What agents themselves say of their sessions that run: read, never written.
//!
//! Claude Code keeps a file for each process in `sessions/`: whose session it is, and whether it is busy, idle or waits for
//! its human. A process that died leaves its file behind, and its number may be another's by now: that is not believed.

use crate::domain::{At, Doing};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// No such file is longer.
const LONGEST: u64 = 64 << 10;
/// Files that are read.
const MOST: usize = 512;
/// Letters of what a session waits for.
const WORDS: usize = 80;

/// The folder in which Claude Code says which of its sessions run.
#[must_use]
pub fn folder(home: Option<&Path>, env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = env("CLAUDE_CONFIG_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    Some(set.or_else(|| Some(home?.join(".claude")))?.join("sessions"))
}

/// What a process says of its session.
struct Entry {
    at: At,
    pid: u64,
    native: String,
    doing: Doing,
}

fn entries(folder: &Path) -> Vec<Entry> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "json")).take(MOST);
    let mut all: Vec<Entry> = files.filter_map(|path| entry(&path)).collect();
    // Where two processes have the same session, what was said last holds.
    all.sort_by_key(|entry| entry.at);
    all
}

/// What the sessions do whose processes live, by their tool's own ids.
#[must_use]
pub fn read(folder: &Path) -> BTreeMap<String, Doing> {
    entries(folder).into_iter().map(|entry| (entry.native, entry.doing)).collect()
}

/// The process that has a session, where one says so.
#[must_use]
pub fn process(folder: &Path, native: &str) -> Option<u32> {
    let found = entries(folder).into_iter().rev().find(|entry| entry.native == native)?;
    u32::try_from(found.pid).ok()
}

fn entry(path: &Path) -> Option<Entry> {
    if !fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= LONGEST) {
        return None;
    }
    let said: Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let text = |key: &str| said.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let time = |key: &str| said.get(key).and_then(Value::as_i64).filter(|at| *at > 0).map(At);
    let named = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
    let pid = said.get("pid").and_then(Value::as_u64).or(named)?;
    // A number in some versions, a text in others; of what is neither nothing is known.
    let started =
        said.get("procStart").and_then(|start| start.as_u64().or_else(|| start.as_str()?.trim().parse().ok()));
    if !lives(pid, started) {
        return None;
    }
    let since = time("statusUpdatedAt");
    let doing = match text("status") {
        Some("busy") => Doing::Busy { since },
        Some("idle") => Doing::Idle { since },
        Some("waiting") => {
            let what = text("waitingFor").unwrap_or("its human").chars().take(WORDS).collect();
            Doing::Waits { what, since }
        }
        Some(_) | None => Doing::Runs,
    };
    let at = since.or_else(|| time("updatedAt")).unwrap_or_default();
    Some(Entry { at, pid, native: text("sessionId")?.to_owned(), doing })
}

/// Whether a process lives, and is the one that began then.
fn lives(pid: u64, started: Option<u64>) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        // Without such files, the system is asked by its number.
        let of = || rustix::process::Pid::from_raw(i32::try_from(pid).ok()?);
        let is_there = || of().is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok());
        return !Path::new("/proc/self/stat").exists() && is_there();
    };
    // Its name stands in brackets and may hold anything.
    let Some((_, rest)) = stat.rsplit_once(')') else { return false };
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let is_dead = fields.first().is_some_and(|state| matches!(*state, "Z" | "X"));
    let began = fields.get(19).and_then(|ticks| ticks.parse::<u64>().ok());
    !is_dead && (started.is_none() || started == began)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(entries: &[(&str, String)]) -> BTreeMap<String, Doing> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in entries {
            fs::write(folder.path().join(name), text).unwrap();
        }
        read(folder.path())
    }

    fn own_start() -> String {
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().to_owned()
    }

    #[test]
    fn what_a_process_that_lives_says_is_told_and_what_a_dead_one_left_is_not() {
        let (own, start) = (std::process::id(), own_start());
        let one = |session: &str, rest: &str| {
            format!(r#"{{"pid":{own},"procStart":"{start}","sessionId":"{session}","cwd":"/w"{rest}}}"#)
        };
        let told = written(&[
            ("1.json", one("busy", r#","status":"busy","statusUpdatedAt":7"#)),
            ("2.json", one("asks", r#","status":"waiting","waitingFor":"permission prompt""#)),
            ("3.json", one("quiet", "")),
            ("4.json", one("odd", r#","status":{"new":1},"statusUpdatedAt":"x""#)),
            ("5.json", format!(r#"{{"pid":{own},"procStart":"1","sessionId":"another's number"}}"#)),
            ("6.json", r#"{"pid":999999999,"sessionId":"dead","status":"busy"}"#.to_owned()),
            ("7.json", r#"{"pid":"#.to_owned()),
            ("8.json", "[]".to_owned()),
            ("9.txt", one("no entry", "")),
        ]);
        let waits = Doing::Waits { what: "permission prompt".to_owned(), since: None };
        let all = [
            ("asks", waits),
            ("busy", Doing::Busy { since: Some(At(7)) }),
            ("odd", Doing::Runs),
            ("quiet", Doing::Runs),
        ];
        assert_eq!(told, all.map(|(native, doing)| (native.to_owned(), doing)).into());
    }

    #[test]
    fn where_there_is_no_such_folder_nothing_is_told() {
        assert!(read(Path::new("/no/such/folder")).is_empty());
        let env = |set: &'static str| move |key: &str| (key == "CLAUDE_CONFIG_DIR").then(|| set.into());
        assert_eq!(folder(None, env("/c")), Some("/c/sessions".into()));
        assert_eq!(folder(Some(Path::new("/h")), env("")), Some("/h/.claude/sessions".into()));
        assert_eq!(folder(None, |_| None), None);
    }
}
